import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { DocumentMentions } from './documentMentions.ts';

/** Makes a link of each name of an image, which opens the image. Asks no registry before it is followed. */
export class ImageLinks implements vscode.DocumentLinkProvider {
  readonly #mentions: DocumentMentions;

  constructor(mentions: DocumentMentions) {
    this.#mentions = mentions;
  }

  async provideDocumentLinks(document: vscode.TextDocument): Promise<vscode.DocumentLink[]> {
    const mentions = await this.#mentions.of(document);
    return mentions.flatMap(({ start, end, reference }) => {
      if (reference === undefined) return [];
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      const query = encodeURIComponent(JSON.stringify([reference.familiar]));
      const link = new vscode.DocumentLink(range, vscode.Uri.parse(`command:${commandIds.showImage}?${query}`));
      // The hover has "Show image" already.
      link.tooltip = vscode.l10n.t('Open image');
      return [link];
    });
  }
}
