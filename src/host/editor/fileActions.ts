import * as vscode from 'vscode';
import { nameEdit, tagEdit } from '../../core/mentions/editMention.ts';
import { newerTags, newestWithin, type UpdateStep, updateSteps } from '../../core/oci/newerTags.ts';
import type { DocumentMentions } from './documentMentions.ts';
import type { ImageLookups } from './imageLookups.ts';
import { fixAllImagesKind, updateImagesKind } from './languages.ts';
import { LazyAction } from './lazyAction.ts';
import type { MentionEdits } from './mentionEdits.ts';

/** Changes all images of a file, by the menu for sources and on save. */
export class FileActions implements vscode.CodeActionProvider {
  readonly #mentions: DocumentMentions;
  readonly #lookups: ImageLookups;
  readonly #edits: MentionEdits;

  constructor(mentions: DocumentMentions, lookups: ImageLookups, edits: MentionEdits) {
    this.#mentions = mentions;
    this.#lookups = lookups;
    this.#edits = edits;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { only }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    if (only === undefined || (await this.#mentions.of(document)).length === 0) return [];
    const titles: Readonly<Record<UpdateStep, string>> = {
      patch: vscode.l10n.t('Update all images to their newest patches'),
      minor: vscode.l10n.t('Update all images to their newest minor versions'),
      major: vscode.l10n.t('Update all images to their newest versions'),
    };
    const updates = updateSteps
      .filter((step) => only.intersects(updateImagesKind(step)))
      .map((step) => {
        const find = (signal: AbortSignal): Promise<readonly vscode.TextEdit[]> =>
          this.#updates(document, step, signal);
        return new LazyAction(titles[step], updateImagesKind(step), document.uri, find);
      });
    return [...(only.intersects(fixAllImagesKind()) ? await this.#corrections(document) : []), ...updates];
  }

  resolveCodeAction(
    action: vscode.CodeAction,
    token: vscode.CancellationToken,
  ): vscode.ProviderResult<vscode.CodeAction> {
    return action instanceof LazyAction ? action.resolve(token) : action;
  }

  /** The only mistake whose correction is never a matter of opinion. */
  async #corrections(document: vscode.TextDocument): Promise<readonly vscode.CodeAction[]> {
    const edits = (await this.#mentions.of(document)).flatMap((mention) => nameEdit(mention) ?? []);
    if (edits.length === 0) return [];
    const action = new vscode.CodeAction(vscode.l10n.t('Write all names of images in lower case'), fixAllImagesKind());
    action.edit = new vscode.WorkspaceEdit();
    action.edit.set(
      document.uri,
      edits.map((edit) => this.#edits.inDocument(document, edit)),
    );
    return [action];
  }

  /** To the newest within a step. What fails stays as it is. */
  async #updates(
    document: vscode.TextDocument,
    step: UpdateStep,
    signal: AbortSignal,
  ): Promise<readonly vscode.TextEdit[]> {
    const reached = new Set<string>();
    const edits = (await this.#mentions.of(document)).map(async (mention) => {
      const { reference } = mention;
      if (reference?.tag === undefined || !this.#edits.mayAsk(reference)) return undefined;
      const tag = newestWithin(newerTags(reference.tag, await this.#lookups.tags(reference, signal)), step);
      const place = tag && tagEdit(document.getText(), mention, tag);
      if (tag === undefined || !place || reached.has(`${place.start}`)) return undefined;
      // Lines that take their version from the same place change it once.
      reached.add(`${place.start}`);
      return this.#edits.edit(document, mention, { kind: 'update', tag }, signal);
    });
    const settled = await Promise.all(edits.map((edit) => edit.catch(() => undefined)));
    return settled.filter((edit) => edit !== undefined);
  }
}
