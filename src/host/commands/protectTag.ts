import * as vscode from 'vscode';
import type { Protection } from '../../api.ts';
import { RegistryError } from '../../core/errors.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { assertChangeable } from './refusal.ts';
import type { ImageTarget } from './targets.ts';

/** Protects a tag from what is given, else from what the user chooses. Resolves with whether it was done. */
export async function protectTag(
  services: Services,
  image: ImageTarget,
  from?: readonly Protection[],
): Promise<boolean> {
  const { familiar } = tagOf(services, image);
  assertChangeable(services, image);
  const chosen = from ?? (await chooseProtection(familiar));
  if (chosen === undefined) return false;
  await protect(services, image, chosen, vscode.l10n.t('Locking {0}…', familiar));
  return true;
}

export async function unprotectTag(services: Services, image: ImageTarget): Promise<boolean> {
  const { familiar } = tagOf(services, image);
  await protect(services, image, [], vscode.l10n.t('Unlocking {0}…', familiar));
  return true;
}

async function protect(
  { gantry }: Services,
  { reference, connectionId }: ImageTarget,
  from: readonly Protection[],
  title: string,
): Promise<void> {
  const connection = connectionId === undefined ? {} : { connectionId };
  await withProgress(title, (signal) => gantry.protectTag(reference, from, { ...connection, signal }));
}

async function chooseProtection(name: string): Promise<readonly Protection[] | undefined> {
  const items: (vscode.QuickPickItem & { readonly from: readonly Protection[] })[] = [
    {
      label: vscode.l10n.t('Neither moved nor deleted'),
      description: vscode.l10n.t('The tag names this image until it is unlocked'),
      from: ['move', 'delete'],
    },
    {
      label: vscode.l10n.t('Not moved'),
      description: vscode.l10n.t('A push of another image under this tag is refused'),
      from: ['move'],
    },
    {
      label: vscode.l10n.t('Not deleted'),
      description: vscode.l10n.t('The tag may be moved to another image'),
      from: ['delete'],
    },
  ];
  const title = vscode.l10n.t('Lock {0}', name);
  return (await vscode.window.showQuickPick(items, { title }))?.from;
}

function tagOf({ gantry }: Services, { reference }: ImageTarget): { readonly familiar: string } {
  const image = gantry.parseReference(reference);
  if (image.tag === undefined || image.digest !== undefined)
    throw new RegistryError('invalid', `${image.familiar} is no tag: only tags can be locked.`);
  return image;
}
