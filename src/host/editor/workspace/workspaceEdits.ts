import * as vscode from 'vscode';
import type { ImageReference } from '../../../api.ts';
import { runAtOnce } from '../../../core/transfer/runAtOnce.ts';
import type { DocumentMentions } from '../documentMentions.ts';
import type { MentionChange, MentionEdits } from '../mentionEdits.ts';
import type { WorkspaceImage } from './workspaceImages.ts';

/** What becomes of an image wherever it is named. */
export interface ImageChange {
  readonly image: WorkspaceImage;
  readonly change: MentionChange;
  /** For the preview. */
  readonly label: string;
}

export interface PlannedEdits {
  readonly edit: vscode.WorkspaceEdit;
  readonly count: number;
}

/** Digests that are asked for at once. */
const digestsAtOnce = 6;

/**
 * The edits that change images in all of their files. Where they have to be confirmed, VS Code shows them in its preview of
 * refactorings, by their labels. Left out are places where a variable decides, files that have become others meanwhile, and images
 * whose registry does not answer. A digest is asked for once, however many places name the image.
 */
export async function planEdits(
  parts: { readonly mentions: DocumentMentions; readonly edits: MentionEdits },
  changes: readonly ImageChange[],
  { needsConfirmation, signal }: { readonly needsConfirmation: boolean; readonly signal: AbortSignal },
): Promise<PlannedEdits> {
  const planned = new Map<string, { readonly uri: vscode.Uri; readonly edits: LabelledEdit[] }>();
  for (const { image, change, label } of await withDigests(parts.edits, changes, signal)) {
    for (const { uri, offset } of image.places) {
      signal.throwIfAborted();
      const document = await vscode.workspace.openTextDocument(uri);
      const mention = (await parts.mentions.of(document)).find(({ start }) => start === offset);
      const isSame = mention?.reference !== undefined && isSameImage(mention.reference, image.reference);
      const edit = isSame ? await parts.edits.edit(document, mention, change, signal) : undefined;
      const file = planned.get(uri.toString()) ?? { uri, edits: [] };
      planned.set(uri.toString(), file);
      if (edit !== undefined && isNew(file.edits, edit)) file.edits.push([edit, { label, needsConfirmation }]);
    }
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, edits } of planned.values()) if (edits.length > 0) edit.set(uri, edits);
  const count = [...planned.values()].reduce((sum, { edits }) => sum + edits.length, 0);
  return { edit, count };
}

async function withDigests(
  edits: MentionEdits,
  changes: readonly ImageChange[],
  signal: AbortSignal,
): Promise<readonly ImageChange[]> {
  const resolved = new Map<ImageChange, ImageChange>();
  await runAtOnce(changes, { atOnce: digestsAtOnce, signal }, async (planned, stop) => {
    const { image, change } = planned;
    try {
      const digest = await edits.neededDigest(image.reference, change, stop);
      const isWritten = change.kind === 'pin' || change.kind === 'update';
      resolved.set(
        planned,
        isWritten && digest !== undefined ? { ...planned, change: { ...change, digest } } : planned,
      );
    } catch (error) {
      if (stop.aborted) throw error;
    }
  });
  return changes.flatMap((change) => resolved.get(change) ?? []);
}

type LabelledEdit = [vscode.TextEdit, vscode.WorkspaceEditEntryMetadata];

/** Several lines can take their version from the same place; what is changed there once is changed for all. */
function isNew(edits: readonly LabelledEdit[], edit: vscode.TextEdit): boolean {
  return !edits.some(([other]) => other.range.intersection(edit.range) !== undefined);
}

function isSameImage(a: ImageReference, b: ImageReference): boolean {
  return a.canonical === b.canonical && a.tag === b.tag;
}
