import * as vscode from 'vscode';
import type { ImageMention } from '../../api.ts';
import { replaceEdit } from '../../core/mentions/editMention.ts';
import { referenceOf } from '../../core/mentions/mention.ts';
import { withSignal } from '../cancellation.ts';
import type { DocumentMentions } from './documentMentions.ts';
import type { MentionEdits } from './mentionEdits.ts';

/** Of what is dropped: an image in the place of another. */
export const replaceImageKind = (): vscode.DocumentDropOrPasteEditKind =>
  vscode.DocumentDropOrPasteEditKind.Empty.append('gantry', 'replaceImage');

/** Puts a tag that is dropped on a line into the place of the image there, and leaves the rest of the line as it is. */
export class ImageDrops implements vscode.DocumentDropEditProvider {
  readonly #mentions: DocumentMentions;
  readonly #edits: MentionEdits;

  constructor(mentions: DocumentMentions, edits: MentionEdits) {
    this.#mentions = mentions;
    this.#edits = edits;
  }

  async provideDocumentDropEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    dataTransfer: vscode.DataTransfer,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentDropEdit | undefined> {
    const dropped = (await dataTransfer.get('text/plain')?.asString())?.trim() ?? '';
    const { reference } = referenceOf(dropped);
    // A word of a sentence could be an image too.
    if (reference === undefined || (reference.tag === undefined && reference.digest === undefined)) return undefined;
    const mention = await this.#mentionAt(document, position);
    if (mention === undefined || token.isCancellationRequested) return undefined;
    const edit = await withSignal(token, (signal) => this.#edit(document, mention, dropped, signal));
    if (edit === undefined) return undefined;
    const drop = new vscode.DocumentDropEdit(
      '',
      vscode.l10n.t('Put {0} in the place of {1}', reference.familiar, mention.raw),
      replaceImageKind(),
    );
    drop.additionalEdit = new vscode.WorkspaceEdit();
    drop.additionalEdit.set(document.uri, [edit]);
    return drop;
  }

  /** The only one of a line, wherever in it the pointer is. */
  async #mentionAt(document: vscode.TextDocument, position: vscode.Position): Promise<ImageMention | undefined> {
    const mentions = await this.#mentions.of(document);
    const offset = document.offsetAt(position);
    const inLine = mentions.filter(({ start }) => document.positionAt(start).line === position.line);
    return (
      inLine.find(({ start, end }) => start <= offset && offset <= end) ?? (inLine.length === 1 ? inLine[0] : undefined)
    );
  }

  /** Another tag of the same image goes where its tag is written; what was pinned stays pinned. */
  async #edit(
    document: vscode.TextDocument,
    mention: ImageMention,
    dropped: string,
    signal: AbortSignal,
  ): Promise<vscode.TextEdit | undefined> {
    const { reference } = referenceOf(dropped);
    const old = mention.reference;
    const isSame = old?.registry === reference?.registry && old?.repository === reference?.repository;
    if (isSame && reference?.tag !== undefined && reference.digest === undefined) {
      const edit = await this.#edits
        .edit(document, mention, { kind: 'update', tag: reference.tag }, signal)
        .catch(() => undefined);
      if (edit !== undefined) return edit;
    }
    const edit = replaceEdit(mention, dropped);
    return edit && this.#edits.inDocument(document, edit);
  }
}
