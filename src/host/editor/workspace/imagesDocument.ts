import * as vscode from 'vscode';
import { commandIds, schemes } from '../../ids.ts';
import { imagesText, type LinkedText, type LookedUpImages } from './imagesText.ts';

const uri = vscode.Uri.from({ scheme: schemes.images, path: '/Images in This Workspace.md' });

/** The images of the workspace as a read-only document, with links to their places. */
export class ImagesDocument implements vscode.DocumentLinkProvider, vscode.CodeLensProvider {
  readonly #changed: vscode.EventEmitter<vscode.Uri>;
  #shown: LinkedText | undefined;

  /** `changed` is told when the text is another one. */
  constructor(changed: vscode.EventEmitter<vscode.Uri>) {
    this.#changed = changed;
  }

  /** A window that is opened anew has the editor, and not yet what it showed. */
  text(): string {
    return this.#shown?.text ?? `# ${vscode.l10n.t('Images in This Workspace')}\n`;
  }

  async show(found: LookedUpImages): Promise<void> {
    this.#shown = imagesText(found);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await hasText(document, this.#shown.text);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] | undefined {
    // Between a change and its arrival in the editor the places are others.
    if (this.#shown?.text !== document.getText()) return undefined;
    return this.#shown.links.map(
      ({ line, start, end, target }) => new vscode.DocumentLink(new vscode.Range(line, start, line, end), target),
    );
  }

  provideCodeLenses(): vscode.CodeLens[] {
    const commands = [
      { title: vscode.l10n.t('$(refresh) Look again'), command: commandIds.findImages },
      { title: vscode.l10n.t('$(arrow-up) Update…'), command: commandIds.updateImages },
      { title: vscode.l10n.t('$(pinned) Pin…'), command: commandIds.pinImages },
    ];
    return commands.map((command) => new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command));
  }
}

/** Milliseconds after which what is there is shown: then somebody else has changed it again. */
const patience = 2000;

/** A document that is open already is changed a moment after it was told to. */
async function hasText(document: vscode.TextDocument, text: string): Promise<void> {
  if (document.getText() === text) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(end, patience);
    const listener = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document && document.getText() === text) end();
    });
  });
}
