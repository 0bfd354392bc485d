import * as vscode from 'vscode';
import type { CopyOptions, Descriptor } from '../../api.ts';
import { isLocalRegistry } from '../../core/oci/localReference.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { Undoable } from '../../core/transfer/undo.ts';
import { assembleRequest, type KeptCopyOptions } from '../../core/transferRequests.ts';
import type { ImagePanels } from '../panels/imagePanels.ts';
import type { Services } from '../services.ts';
import { runTransfer } from '../transfers/runTransfer.ts';
import { copyLines } from './copy.ts';
import { copyShellCommand } from './copyShellCommand.ts';
import { undoAll } from './offerUndo.ts';
import { targetProblem } from './refusal.ts';
import { movingTag } from './tagImage.ts';
import { askReference, type ImageTarget } from './targets.ts';

/** Makes one multi-platform image of several, as a transfer: what of them is elsewhere is copied for it. */
export function assembleIndex(
  services: Services,
  sources: readonly string[],
  target: string,
  options: CopyOptions = {},
): Promise<Descriptor> {
  const { signal, onProgress, ...kept } = options;
  const to = parseReference(target);
  const { targetConnectionId: connectionId } = kept;
  return runTransfer(
    services,
    assembleRequest(sources, target, kept),
    {
      title: vscode.l10n.t('Combining {0}', target),
      hosts: [...new Set([...sources.map((source) => parseReference(source).registry), to.registry])],
      signal,
      summaryOf: () => vscode.l10n.t('{0} images', sources.length),
      outcomeOf: ({ digest }) => ({
        kind: 'image',
        reference: `${to.registry}/${to.repository}@${digest}`,
        ...(connectionId !== undefined && { connectionId }),
      }),
    },
    (run) =>
      services.gantry.assembleIndex(sources, target, {
        ...kept,
        signal: run.signal,
        onProgress: (progress) => {
          run.onProgress(progress);
          onProgress?.(progress);
        },
      }),
  );
}

/** Asks for the tag that the images get together; one that names something else is moved only after a question. */
export async function assembleAndTell(
  services: Services,
  imagePanels: () => Promise<ImagePanels>,
  images: readonly ImageTarget[],
): Promise<Descriptor | undefined> {
  const [first] = images;
  if (first === undefined) return undefined;
  const target = await askReference(
    {
      title: vscode.l10n.t('Combine {0} Images', images.length),
      prompt: vscode.l10n.t(
        'Name and tag of the multi-platform image. What is in other repositories is copied there first.',
      ),
      value: await proposedTarget(services, first),
    },
    (reference) => targetProblem(services, reference),
  );
  if (target === undefined) return undefined;
  const sources = images.map(({ reference }) => reference);
  return assembleInto(services, imagePanels, sources, target);
}

/** One that names something else is moved only after a question. */
export async function assembleInto(
  services: Services,
  imagePanels: () => Promise<ImagePanels>,
  sources: readonly string[],
  target: string,
  options: KeptCopyOptions = {},
): Promise<Descriptor | undefined> {
  const { familiar } = parseReference(target);
  const { targetConnectionId } = options;
  const [before] = await services.gantry.undoables();
  const made = await movingTag(
    services,
    {
      reference: target,
      label: familiar,
      ...(targetConnectionId !== undefined && { connectionId: targetConnectionId }),
    },
    sources.join(', '),
    (moving) => assembleIndex(services, sources, target, { ...options, ...moving }),
  );
  if (made === undefined) {
    (await services.transfers()).forget(assembleRequest(sources, target, options));
    return undefined;
  }
  const [moved] = await services.gantry.undoables();
  void tell(services, imagePanels, {
    reference: familiar,
    sources,
    undoable: moved?.id === before?.id ? undefined : moved,
  });
  return made;
}

/** The repository of the first, where it can be written to. */
async function proposedTarget({ gantry }: Services, { reference, connectionId }: ImageTarget): Promise<string> {
  const connection = connectionId === undefined ? {} : { connectionId };
  const { registry, repository } = parseReference(reference);
  const canWrite = (await gantry.repositoryAbilities(reference, connection)).has('write');
  return canWrite && !isLocalRegistry(registry) ? `${registry}/${repository}:` : '';
}

async function tell(
  services: Services,
  imagePanels: () => Promise<ImagePanels>,
  {
    reference,
    sources,
    undoable,
  }: { readonly reference: string; readonly sources: readonly string[]; readonly undoable: Undoable | undefined },
): Promise<void> {
  const show = vscode.l10n.t('Show');
  const copyReference = vscode.l10n.t('Copy Reference');
  const copyCommand = vscode.l10n.t('Copy Command');
  const message = vscode.l10n.t('{0} is there now, with {1} images.', reference, sources.length);
  const undo = vscode.l10n.t('Undo');
  const buttons = [show, copyReference, copyCommand, ...(undoable === undefined ? [] : [undo])];
  const chosen = await vscode.window.showInformationMessage(message, ...buttons);
  if (chosen === show) (await imagePanels()).show({ reference }, { preserveFocus: false });
  if (chosen === copyReference) await copyLines([reference]);
  if (chosen === copyCommand) await copyShellCommand({ kind: 'assemble', sources, target: reference });
  if (chosen === undo && undoable !== undefined) await undoAll(services, [undoable]);
}
