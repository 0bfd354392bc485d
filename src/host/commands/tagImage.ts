import * as vscode from 'vscode';
import type { Descriptor, TagOptions } from '../../api.ts';
import { isRegistryError } from '../../core/errors.ts';
import { shortDigest } from '../../core/oci/digest.ts';
import { isTag, parseReference } from '../../core/oci/reference.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { confirmProtected } from './askTwice.ts';
import { tellChange } from './offerUndo.ts';
import { assertChangeable } from './refusal.ts';
import type { ImageTarget } from './targets.ts';

/** Asks for a tag and gives it to an image. A tag that names another image is moved only after a question. */
export async function tagImage(
  services: Services,
  image: ImageTarget,
  undone: () => void = () => {},
): Promise<Descriptor | undefined> {
  assertChangeable(services, image);
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
  return tag === undefined || tag === '' ? undefined : moveTag(services, image, tag, undone);
}

/** Gives an image a tag of its repository. One that names another image is moved only after a question, and can go back. */
export async function moveTag(
  services: Services,
  image: ImageTarget,
  tag: string,
  undone: () => void = () => {},
): Promise<Descriptor | undefined> {
  const { familiar, registry, repository } = parseReference(image.reference);
  const connection = image.connectionId === undefined ? {} : { connectionId: image.connectionId };
  const run = (options: TagOptions): Promise<Descriptor> =>
    withProgress(vscode.l10n.t('Tagging {0}…', familiar), (signal) =>
      services.gantry.tag(image.reference, tag, { ...options, ...connection, signal }),
    );
  const reference = `${registry}/${repository}:${tag}`;
  const [before] = await services.gantry.undoables();
  const tagged = await movingTag(services, { reference, label: tag, ...connection }, familiar, run);
  const [moved] = await services.gantry.undoables();
  if (tagged === undefined) return undefined;
  const hasMoved = moved !== undefined && moved.id !== before?.id;
  void tellChange(services, {
    message: hasMoved
      ? vscode.l10n.t('{0} names another image now.', moved.reference)
      : vscode.l10n.t('{0} is there now.', parseReference(reference).familiar),
    undoables: hasMoved ? [moved] : [],
    action: { kind: 'tag', source: image.reference, target: tag },
    undone,
  });
  return tagged;
}

/**
 * Runs what gives a tag to an image. One that names another image is moved only after a question, and only from what the
 * question showed.
 */
export async function movingTag<T>(
  services: Services,
  target: { readonly reference: string; readonly label: string; readonly connectionId?: string },
  image: string,
  run: (options: TagOptions) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await run({});
  } catch (error) {
    if (!isRegistryError(error, 'conflict')) throw error;
  }
  const { reference, label, connectionId } = target;
  const current = await services.gantry.resolve(reference, connectionId === undefined ? {} : { connectionId });
  const move = vscode.l10n.t('Move Tag');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} already names another image. Move it?', label),
    {
      modal: true,
      detail: vscode.l10n.t(
        'It names {0} now, and would name {1}. The other image stays, but is found by this tag no more.',
        shortDigest(current.digest),
        image,
      ),
    },
    move,
  );
  if (chosen !== move) return undefined;
  const isConfirmed = await confirmProtected([reference], {
    question: (tags) => vscode.l10n.t('{0} is protected. Move it all the same?', tags),
    confirm: vscode.l10n.t('Move Protected Tag'),
  });
  return isConfirmed ? run({ expected: current.digest }) : undefined;
}
