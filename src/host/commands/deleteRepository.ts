import * as vscode from 'vscode';
import { RegistryError } from '../../core/errors.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { assertChangeable } from './refusal.ts';
import type { ImageTarget } from './targets.ts';

export interface DeleteRepositoryOptions {
  /** The name of the repository once more: then it is deleted without a question. */
  readonly confirmed?: string;
}

/**
 * Deletes a repository with everything in it, once the user has typed its name. Resolves with whether it was deleted.
 *
 * Errors: `unconfirmed` when `confirmed` is another name.
 */
export async function deleteRepository(
  services: Services,
  { reference, connectionId }: ImageTarget,
  { confirmed }: DeleteRepositoryOptions = {},
): Promise<boolean> {
  const { gantry } = services;
  const connection = connectionId === undefined ? {} : { connectionId };
  const { registry, repository: name } = gantry.parseReference(reference);
  assertChangeable(services, { reference, ...connection });
  if (confirmed === undefined) {
    const { tags, isTruncated } = await withProgress(vscode.l10n.t('Counting the tags of {0}…', name), (signal) =>
      gantry.tagNames(reference, { ...connection, signal }),
    );
    if (!(await ask(registry, name, tags.length, isTruncated))) return false;
  } else if (confirmed !== name) {
    throw new RegistryError('unconfirmed', `"${confirmed}" is not ${name}. Nothing was deleted.`);
  }
  await withProgress(vscode.l10n.t('Deleting {0}…', name), (signal) =>
    gantry.deleteRepository(reference, { ...connection, signal }),
  );
  return true;
}

/** Nobody types a name by a slip of the finger. */
async function ask(registry: string, name: string, tags: number, isTruncated: boolean): Promise<boolean> {
  const count = tags.toLocaleString(vscode.env.language);
  const lost =
    tags === 0
      ? vscode.l10n.t('It has no tags, but may have untagged images.')
      : tags === 1
        ? vscode.l10n.t('Its only tag, and its image, will be lost.')
        : isTruncated
          ? vscode.l10n.t('More than {0} tags, and all of their images, will be lost.', count)
          : vscode.l10n.t('All {0} tags, and all of their images, will be lost.', count);
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Delete the Repository {0} of {1}', name, registry),
    prompt: [lost, vscode.l10n.t('This cannot be undone. Type {0} to delete it.', name)].join(' '),
    placeHolder: name,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === '' || text === name ? undefined : vscode.l10n.t('Type {0}, or press Escape to keep it.', name),
  });
  return typed === name;
}
