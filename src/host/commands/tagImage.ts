import * as vscode from 'vscode';
import type { Descriptor, TagOptions } from '../../api.ts';
import { isRegistryError } from '../../core/errors.ts';
import { shortDigest } from '../../core/oci/digest.ts';
import { isTag, parseReference } from '../../core/oci/reference.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import type { ImageTarget } from './targets.ts';

/** Asks for a tag and gives it to an image. A tag that names another image is moved only after a question. */
export async function tagImage(services: Services, image: ImageTarget): Promise<Descriptor | undefined> {
  const { familiar } = parseReference(image.reference);
  const tag = await vscode.window.showInputBox({
    title: vscode.l10n.t('Add a Tag to {0}', familiar),
    prompt: vscode.l10n.t('New tag in the same repository'),
    validateInput: (value) =>
      value === '' || isTag(value)
        ? undefined
        : vscode.l10n.t(
            'A tag has at most 128 letters, digits, "_", "." and "-", and begins with none of the last two.',
          ),
  });
  return tag === undefined || tag === '' ? undefined : moveTag(services, image, tag);
}

/** Gives an image a tag of its repository. One that names another image is moved only after a question. */
export async function moveTag(services: Services, image: ImageTarget, tag: string): Promise<Descriptor | undefined> {
  const { familiar, registry, repository } = parseReference(image.reference);
  const connection = image.connectionId === undefined ? {} : { connectionId: image.connectionId };
  const run = (options: TagOptions): Promise<Descriptor> =>
    withProgress(vscode.l10n.t('Tagging {0}…', familiar), (signal) =>
      services.gantry.tag(image.reference, tag, { ...options, ...connection, signal }),
    );
  try {
    return await run({});
  } catch (error) {
    if (!isRegistryError(error, 'conflict')) throw error;
  }
  const current = await services.gantry.resolve(`${registry}/${repository}:${tag}`, connection);
  const move = vscode.l10n.t('Move Tag');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} already names another image. Move it?', tag),
    {
      modal: true,
      detail: vscode.l10n.t(
        'It names {0} now, and would name {1}. The other image stays, but is found by this tag no more.',
        shortDigest(current.digest),
        familiar,
      ),
    },
    move,
  );
  // Only what was shown is overwritten: if the tag moves meanwhile, it is refused again.
  return chosen === move ? run({ expected: current.digest }) : undefined;
}
