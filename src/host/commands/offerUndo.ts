import * as vscode from 'vscode';
import type { ImageAction } from '../../core/oci/shellCommand.ts';
import type { Undoable } from '../../core/transfer/undo.ts';
import { formatDateTime, showError } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { copyShellCommand } from './copyShellCommand.ts';

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
  const all = await services.gantry.undoables();
  const chosen = id ?? (await chooseChange(all));
  if (chosen === undefined) return undefined;
  const undone = await withProgress(vscode.l10n.t('Undoing…'), (signal) => services.gantry.undo(chosen, { signal }));
  vscode.window.setStatusBarMessage(vscode.l10n.t('{0} is as it was', undone.reference), 5000);
  return undone;
}

async function chooseChange(all: readonly Undoable[]): Promise<string | undefined> {
  if (all.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'There is nothing to undo. Deletions and moved tags can be undone for an hour, until the window closes.',
      ),
    );
    return undefined;
  }
  const items = all.map((change) => ({
    label: change.reference,
    description: wordsOf(change),
    detail: formatDateTime(new Date(change.at).toISOString()),
    id: change.id,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Undo'),
    placeHolder: vscode.l10n.t('Which change?'),
  });
  return chosen?.id;
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
