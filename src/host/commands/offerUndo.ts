import * as vscode from 'vscode';
import { shortDigest } from '../../core/oci/digest.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { ImageAction } from '../../core/oci/shellCommand.ts';
import type { Undoable } from '../../core/transfer/undo.ts';
import { formatAge, formatDateTime, showError } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { copyShellCommand } from './copyShellCommand.ts';

/** Of a change, in the list of those that can be undone. */
const tagsShown = 6;

export interface ChangeDone {
  /** What was done, in a sentence. */
  readonly message: string;
  readonly undoables: readonly Undoable[];
  /** The same for other programs. */
  readonly action: ImageAction;
  /** Called when the user has undone it. */
  readonly undone: () => void;
}

/** Says what was done, with the way back. Not waited for: what was done is done. */
export async function tellChange(
  services: Services,
  { message, undoables, action, undone }: ChangeDone,
): Promise<void> {
  const [undo, copyCommand] = [vscode.l10n.t('Undo'), vscode.l10n.t('Copy Command')];
  const buttons = [...(undoables.length === 0 ? [] : [undo]), copyCommand];
  const chosen = await vscode.window.showInformationMessage(message, ...buttons);
  if (chosen === copyCommand) await copyShellCommand(action);
  if (chosen !== undo) return;
  await undoAll(services, undoables);
  undone();
}

/** Tells what cannot be undone any more. */
export async function undoAll(services: Services, undoables: readonly Undoable[]): Promise<void> {
  try {
    for (const { id } of undoables) await undoChange(services, id);
  } catch (error) {
    await showError(services.log, 'undo', error);
  }
}

/** Undoes a change; asks which where it is not told. Resolves with what was undone. */
export async function undoChange(services: Services, id?: string): Promise<Undoable | undefined> {
  const { gantry } = services;
  const chosen: Choice | undefined = id === undefined ? await chooseChange(services) : { id, isKept: false };
  if (chosen === undefined) return undefined;
  const undone = await withProgress(vscode.l10n.t('Undoing…'), (signal) =>
    chosen.isKept ? gantry.restorePrune(chosen.id, { signal }) : gantry.undo(chosen.id, { signal }),
  );
  vscode.window.setStatusBarMessage(vscode.l10n.t('{0} is as it was', undone.reference), 5000);
  return undone;
}

interface Choice {
  readonly id: string;
  /** Whether it is one of which the record alone is there, as of a prune of an earlier session. */
  readonly isKept: boolean;
}

async function chooseChange({ gantry }: Services): Promise<Choice | undefined> {
  const [all, prunes] = await Promise.all([gantry.undoables(), gantry.keptPrunes()]);
  const kept = prunes.filter(({ id }) => !all.some(({ recordId }) => recordId === id));
  if (all.length + kept.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'There is nothing to undo. Deletions and moved tags can be undone for an hour, until the window closes; of prunes a record is kept.',
      ),
    );
    return undefined;
  }
  const items = [
    ...all.map((change) => ({ ...itemOf(change), isKept: false })),
    ...kept.map((prune) => ({
      ...itemOf(prune),
      description: vscode.l10n.t('pruned: {0} tags, as far as the registry has their layers', prune.tags),
      isKept: true,
    })),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Undo'),
    placeHolder: vscode.l10n.t('Which change?'),
  });
  return chosen;
}

function itemOf(change: Undoable): vscode.QuickPickItem & Pick<Choice, 'id'> {
  const { id, reference, at } = change;
  const { digest, tag, registry, repository } = parseReference(reference);
  return {
    // All of a digest would take the room of what was done.
    label: digest === undefined ? reference : `${registry}/${repository}@${shortDigest(digest)}…`,
    description: wordsOf(change),
    detail: [...tagsOf(change, tag), formatAge(at), formatDateTime(new Date(at).toISOString())].join(' · '),
    id,
  };
}

/** Those that went with an image: by these people know it. */
function tagsOf({ tagNames = [] }: Undoable, named: string | undefined): readonly string[] {
  const others = tagNames.filter((tag) => tag !== named);
  if (others.length === 0) return [];
  const shown = others.slice(0, tagsShown).join(', ');
  return [others.length > tagsShown ? vscode.l10n.t('{0} and {1} more', shown, others.length - tagsShown) : shown];
}

function wordsOf({ kind }: Undoable): string {
  switch (kind) {
    case 'tag-deleted':
      return vscode.l10n.t('tag deleted');
    case 'image-deleted':
      return vscode.l10n.t('image deleted with its tags');
    case 'tag-moved':
      return vscode.l10n.t('tag moved');
    case 'pruned':
      return vscode.l10n.t('pruned');
  }
}
