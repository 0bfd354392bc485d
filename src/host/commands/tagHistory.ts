import * as vscode from 'vscode';
import type { Descriptor, TagChange } from '../../api.ts';
import { RegistryError } from '../../core/errors.ts';
import { shortDigest } from '../../core/oci/digest.ts';
import { formatDateTime } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { copyLines } from './copy.ts';
import { changeProblem } from './refusal.ts';
import { moveTag } from './tagImage.ts';
import type { ImageTarget } from './targets.ts';

/** Changes of a tag that are shown: who looks for older ones uses the registry's own page. */
const mostChanges = 500;

/**
 * Shows what a tag has named, newest first, and what can be done with each of them. Resolves with what the tag names where
 * it was moved back.
 */
export async function showTagHistory(
  services: Services,
  image: ImageTarget,
  show: (image: ImageTarget) => Promise<void>,
): Promise<Descriptor | undefined> {
  const { registry, repository, tag, familiar } = services.gantry.parseReference(image.reference);
  if (tag === undefined) throw new RegistryError('invalid', `${familiar} has no tag whose history could be shown.`);
  const connection = image.connectionId === undefined ? {} : { connectionId: image.connectionId };
  const { items: changes, cursor } = await withProgress(
    vscode.l10n.t('Reading the history of {0}…', familiar),
    (signal) => services.gantry.tagHistory(image.reference, { ...connection, signal, limit: mostChanges }),
  );
  if (changes.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('The registry has kept no history of {0}.', familiar));
    return undefined;
  }
  const change = await chooseChange(familiar, changes, cursor !== undefined);
  if (change === undefined) return undefined;
  const then: ImageTarget = { reference: `${registry}/${repository}@${change.digest}`, ...connection };
  const canRestore = changeProblem(services, then) === undefined;
  switch (await chooseAction(familiar, change, canRestore)) {
    case 'show':
      await show(then);
      return undefined;
    case 'copy':
      await copyLines([change.digest]);
      return undefined;
    case 'restore':
      return moveTag(services, then, tag);
    case undefined:
      return undefined;
  }
}

async function chooseChange(
  name: string,
  changes: readonly TagChange[],
  isCut: boolean,
): Promise<TagChange | undefined> {
  const items = changes.map((change) => ({
    label: shortDigest(change.digest),
    description:
      change.until === undefined
        ? vscode.l10n.t('now, since {0}', formatDateTime(change.from))
        : vscode.l10n.t('{0} to {1}', formatDateTime(change.from), formatDateTime(change.until)),
    ...(change.until === undefined && { iconPath: new vscode.ThemeIcon('tag') }),
    change,
  }));
  const title = vscode.l10n.t('History of {0}', name);
  const placeHolder = isCut
    ? vscode.l10n.t('The latest {0} images that it named. Choose one.', changes.length)
    : vscode.l10n.t('Images that it named. Choose one.');
  return (await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true }))?.change;
}

type Action = 'show' | 'copy' | 'restore';

async function chooseAction(
  name: string,
  { digest, until }: TagChange,
  canRestore: boolean,
): Promise<Action | undefined> {
  const items: (vscode.QuickPickItem & { readonly action: Action })[] = [
    { label: vscode.l10n.t('Show Image'), iconPath: new vscode.ThemeIcon('package'), action: 'show' },
    { label: vscode.l10n.t('Copy Digest'), iconPath: new vscode.ThemeIcon('copy'), action: 'copy' },
  ];
  if (until !== undefined && canRestore) {
    const label = vscode.l10n.t('Restore: Move the Tag Back to It…');
    items.push({ label, iconPath: new vscode.ThemeIcon('history'), action: 'restore' });
  }
  const title = `${name} · ${shortDigest(digest)}`;
  return (await vscode.window.showQuickPick(items, { title }))?.action;
}
