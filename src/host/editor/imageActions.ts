import * as vscode from 'vscode';
import type { ImageMention } from '../../api.ts';
import { nameEdit, pinEdit, tagEdit, unpinEdit } from '../../core/mentions/editMention.ts';
import { newerTags, type UpdateStep, updateSteps } from '../../core/oci/newerTags.ts';
import { withSignal } from '../cancellation.ts';
import { commandIds } from '../ids.ts';
import { checkOf } from './checks/checkDiagnostics.ts';
import { isMendedByUnpinning } from './checks/checkFixes.ts';
import type { DocumentMentions } from './documentMentions.ts';
import type { ImageLookups } from './imageLookups.ts';
import { pinImagesKind, rewriteImageKind } from './languages.ts';
import { type MentionEdits, type MentionPlace, placeOf } from './mentionEdits.ts';

/** Offers to pin, unpin, update and correct the names of images. What needs a registry asks it only when asked to. */
export class ImageActions implements vscode.CodeActionProvider {
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
    range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    if (context.only !== undefined && context.only.value !== '' && context.only.contains(pinImagesKind()))
      return this.#pinAll(document, token);
    const mention = await this.#mentions.at(document, document.offsetAt(range.start));
    if (mention === undefined || token.isCancellationRequested) return [];
    // The light bulb asks at every move of the cursor.
    const isInvoked = context.triggerKind === vscode.CodeActionTriggerKind.Invoke;
    const updates = await this.#updates(document, mention, isInvoked, token);
    const isUnpinOffered = context.only === undefined && context.diagnostics.some(isMendedByUnpinning);
    const pins = isUnpinOffered ? [] : this.#pins(document, mention);
    return [...corrections(document, mention, context), ...updates, ...pins];
  }

  async #updates(
    document: vscode.TextDocument,
    mention: ImageMention,
    isInvoked: boolean,
    token: vscode.CancellationToken,
  ): Promise<readonly vscode.CodeAction[]> {
    const { reference } = mention;
    if (reference?.tag === undefined) return [];
    const known = this.#lookups.knownTags(reference);
    const names =
      known ?? (isInvoked && this.#edits.mayAsk(reference) ? await this.#tagsOf(mention, token) : undefined);
    if (names === undefined) return [];
    const newer = newerTags(reference.tag, names);
    const titles: Readonly<Record<UpdateStep, string>> = {
      patch: vscode.l10n.t('Update to {0} (newest patch)', newer.patch ?? ''),
      minor: vscode.l10n.t('Update to {0} (newest minor version)', newer.minor ?? ''),
      major: vscode.l10n.t('Update to {0} (newest version)', newer.major ?? ''),
    };
    return updateSteps.flatMap((step) => {
      const tag = newer[step];
      if (tag === undefined || tagEdit(document.getText(), mention, tag) === undefined) return [];
      return [
        commandAction(titles[step], rewriteImageKind('update'), commandIds.updateTag, {
          ...placeOf(document, mention),
          tag,
        }),
      ];
    });
  }

  /** What the registry does not tell is not offered; the hover says why. */
  async #tagsOf({ reference }: ImageMention, token: vscode.CancellationToken): Promise<readonly string[] | undefined> {
    if (reference === undefined) return undefined;
    try {
      return await withSignal(token, (signal) => this.#lookups.tags(reference, signal));
    } catch {
      return undefined;
    }
  }

  #pins(document: vscode.TextDocument, mention: ImageMention): readonly vscode.CodeAction[] {
    const { reference } = mention;
    const place = placeOf(document, mention);
    if (unpinEdit(mention) !== undefined)
      return [
        commandAction(vscode.l10n.t('Remove the digest'), rewriteImageKind('unpin'), commandIds.unpinDigest, place),
      ];
    if (reference === undefined || reference.digest !== undefined || !this.#edits.mayAsk(reference)) return [];
    if (pinEdit(mention, '') === undefined) return [];
    return [
      commandAction(
        vscode.l10n.t('Pin {0} to its digest', reference.familiar),
        rewriteImageKind('pin'),
        commandIds.pinDigest,
        place,
      ),
    ];
  }

  async #pinAll(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeAction[]> {
    const edits = await withSignal(token, (signal) => this.#edits.pinAll(document, signal));
    if (edits.length === 0) return [];
    const action = new vscode.CodeAction(vscode.l10n.t('Pin all images to their digests'), pinImagesKind());
    action.edit = new vscode.WorkspaceEdit();
    action.edit.set(document.uri, [...edits]);
    return [action];
  }
}

function corrections(
  document: vscode.TextDocument,
  mention: ImageMention,
  { diagnostics }: vscode.CodeActionContext,
): readonly vscode.CodeAction[] {
  const edit = nameEdit(mention);
  if (edit === undefined) return [];
  const title = vscode.l10n.t('Write it as {0}', edit.newText);
  const action = commandAction(
    title,
    vscode.CodeActionKind.QuickFix,
    commandIds.correctName,
    placeOf(document, mention),
  );
  action.isPreferred = true;
  action.diagnostics = diagnostics.filter((diagnostic) => checkOf(diagnostic) === 'invalid');
  return [action];
}

function commandAction(
  title: string,
  kind: vscode.CodeActionKind,
  command: string,
  place: MentionPlace,
): vscode.CodeAction {
  const action = new vscode.CodeAction(title, kind);
  action.command = { title, command, arguments: [place] };
  return action;
}
