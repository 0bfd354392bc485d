import * as vscode from 'vscode';
import type { ImageMention, ImageReference } from '../../api.ts';
import { nameEdit, pinEdit, type TextEdit, tagEdit, unpinEdit } from '../../core/mentions/editMention.ts';
import { dockerHub } from '../../core/oci/reference.ts';
import type { Services } from '../services.ts';
import type { DocumentMentions } from './documentMentions.ts';

/** Where a mention is, as links and commands pass it. */
export interface MentionPlace {
  readonly uri: string;
  /** In UTF-16 units. */
  readonly offset: number;
  readonly tag?: string;
}

/** What becomes of a mention in a document. A digest that is not given is asked for when it is needed. */
export type MentionChange =
  | { readonly kind: 'pin'; readonly digest?: string }
  | { readonly kind: 'unpin' }
  | { readonly kind: 'correct' }
  | { readonly kind: 'update'; readonly tag: string; readonly digest?: string };

/** Changes of the names of images in documents. Digests are asked of the registry at the time of the change. */
export class MentionEdits {
  readonly #services: Services;
  readonly #mentions: DocumentMentions;

  constructor(services: Services, mentions: DocumentMentions) {
    this.#services = services;
    this.#mentions = mentions;
  }

  /** Whether the registry of an image may be asked without having been named by the user. */
  mayAsk(reference: ImageReference): boolean {
    return reference.registry === dockerHub || this.#services.gantry.isConnected(reference);
  }

  /** `undefined` where the file does not tell what to replace. */
  async edit(
    document: vscode.TextDocument,
    mention: ImageMention,
    change: MentionChange,
    signal: AbortSignal,
  ): Promise<vscode.TextEdit | undefined> {
    const edit = await this.#textEdit(document, mention, change, signal);
    return edit && this.inDocument(document, edit);
  }

  inDocument(document: vscode.TextDocument, edit: TextEdit): vscode.TextEdit {
    return new vscode.TextEdit(rangeOf(document, edit), edit.newText);
  }

  /** The same change of a mention as a command, by its place; saves nothing. */
  async apply(
    document: vscode.TextDocument,
    mention: ImageMention,
    change: MentionChange,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { version } = document;
    const edit = await this.edit(document, mention, change, signal);
    // While the registry was asked, somebody may have typed.
    if (edit === undefined || document.version !== version) return false;
    const workspaceEdit = new vscode.WorkspaceEdit();
    workspaceEdit.set(document.uri, [edit]);
    return vscode.workspace.applyEdit(workspaceEdit);
  }

  /** Pins every image of a document that has no digest and whose registry may be asked. What fails is left as it is. */
  async pinAll(document: vscode.TextDocument, signal: AbortSignal): Promise<readonly vscode.TextEdit[]> {
    const mentions = (await this.#mentions.of(document)).filter((mention) => this.#canPin(mention));
    return this.editAll(document, mentions, { kind: 'pin' }, signal);
  }

  /** The same change of several mentions. What fails is left as it is. */
  async editAll(
    document: vscode.TextDocument,
    mentions: readonly ImageMention[],
    change: MentionChange,
    signal: AbortSignal,
  ): Promise<readonly vscode.TextEdit[]> {
    const edits = await Promise.all(
      mentions.map((mention) => this.edit(document, mention, change, signal).catch(() => undefined)),
    );
    return edits.filter((edit) => edit !== undefined);
  }

  #canPin(mention: ImageMention): boolean {
    const { reference } = mention;
    return (
      reference !== undefined &&
      reference.digest === undefined &&
      this.mayAsk(reference) &&
      pinEdit(mention, '') !== undefined
    );
  }

  async #textEdit(
    document: vscode.TextDocument,
    mention: ImageMention,
    change: MentionChange,
    signal: AbortSignal,
  ): Promise<TextEdit | undefined> {
    const { reference } = mention;
    if (change.kind === 'correct') return nameEdit(mention);
    if (reference === undefined) return undefined;
    if (change.kind === 'unpin') return unpinEdit(mention);
    if (change.kind === 'pin') {
      if (pinEdit(mention, '') === undefined) return undefined;
      return pinEdit(mention, change.digest ?? (await this.neededDigest(reference, change, signal)) ?? '');
    }
    const digest = change.digest ?? (await this.neededDigest(reference, change, signal));
    return tagEdit(document.getText(), mention, change.tag, digest);
  }

  /** The digest that a change writes, as the registry has it now. */
  async neededDigest(
    { registry, repository, tag = 'latest', digest }: ImageReference,
    change: MentionChange,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    // What was pinned stays pinned.
    const isNeeded = change.kind === 'pin' || (change.kind === 'update' && digest !== undefined);
    if (!isNeeded) return undefined;
    const named = change.kind === 'update' ? change.tag : tag;
    return (await this.#services.gantry.resolve(`${registry}/${repository}:${named}`, { signal })).digest;
  }
}

export function placeOf({ uri }: vscode.TextDocument, { start }: ImageMention): MentionPlace {
  return { uri: uri.toString(), offset: start };
}

function rangeOf(document: vscode.TextDocument, { start, end }: { start: number; end: number }): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
