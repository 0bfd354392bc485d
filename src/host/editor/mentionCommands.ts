import * as vscode from 'vscode';
import type { ImageMention } from '../../api.ts';
import { newerTags } from '../../core/oci/newerTags.ts';
import { withProgress } from '../progress.ts';
import type { DocumentMentions } from './documentMentions.ts';
import type { ImageLookups } from './imageLookups.ts';
import type { MentionChange, MentionEdits, MentionPlace } from './mentionEdits.ts';

interface Place {
  readonly document: vscode.TextDocument;
  readonly mention: ImageMention;
}

/** Changes of the image at a place, or at the cursor. They resolve with whether the file was changed. */
export class MentionCommands {
  readonly #mentions: DocumentMentions;
  readonly #lookups: ImageLookups;
  readonly #edits: MentionEdits;

  constructor(mentions: DocumentMentions, lookups: ImageLookups, edits: MentionEdits) {
    this.#mentions = mentions;
    this.#lookups = lookups;
    this.#edits = edits;
  }

  async change(kind: 'pin' | 'unpin' | 'correct', at: MentionPlace | undefined): Promise<boolean> {
    const place = await this.#find(at);
    return place !== undefined && this.#apply(place, { kind });
  }

  /** Asks for the tag when none is given. */
  async update(at: MentionPlace | undefined): Promise<boolean> {
    const place = await this.#find(at);
    const tag = place && (at?.tag ?? (await this.#chooseTag(place)));
    return place !== undefined && tag !== undefined && this.#apply(place, { kind: 'update', tag });
  }

  async #find(at: MentionPlace | undefined): Promise<Place | undefined> {
    const editor = vscode.window.activeTextEditor;
    const document =
      at === undefined ? editor?.document : await vscode.workspace.openTextDocument(vscode.Uri.parse(at.uri));
    const offset = at?.offset ?? (editor === undefined ? 0 : editor.document.offsetAt(editor.selection.active));
    const mention = document && (await this.#mentions.at(document, offset));
    if (document !== undefined && mention !== undefined) return { document, mention };
    void vscode.window.showInformationMessage(vscode.l10n.t('Put the cursor on the name of an image first.'));
    return undefined;
  }

  async #apply({ document, mention }: Place, change: MentionChange): Promise<boolean> {
    const isChanged = await withProgress(vscode.l10n.t('Asking what the tag names…'), (signal) =>
      this.#edits.apply(document, mention, change, signal),
    );
    if (!isChanged) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0} was left as it is: the file does not tell what to replace.', mention.raw),
      );
    }
    return isChanged;
  }

  async #chooseTag({ mention: { reference } }: Place): Promise<string | undefined> {
    if (reference === undefined) return undefined;
    const names = await withProgress(vscode.l10n.t('Reading tags…'), (signal) => this.#lookups.tags(reference, signal));
    const newer = new Set(Object.values(newerTags(reference.tag ?? '', names)));
    const items = [...newer, ...names.filter((name) => !newer.has(name))].map((label) => ({
      label,
      ...(newer.has(label) && { description: vscode.l10n.t('newer') }),
      ...(label === reference.tag && { description: vscode.l10n.t('now') }),
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: reference.familiar,
      placeHolder: vscode.l10n.t('Which tag?'),
    });
    return chosen?.label;
  }
}
