import * as vscode from 'vscode';
import type { CopyOptions, TransferResult } from '../../api.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { ImageAction } from '../../core/oci/shellCommand.ts';
import type { Undoable } from '../../core/transfer/undo.ts';
import { copyRequest, type KeptCopyOptions } from '../../core/transferRequests.ts';
import type { ImagePanels } from '../panels/imagePanels.ts';
import { formatSize } from '../present.ts';
import type { Services } from '../services.ts';
import { digestFinder, runTransfer } from '../transfers/runTransfer.ts';
import { copySummary } from '../transfers/summaries.ts';
import { copyLines } from './copy.ts';
import { copyShellCommand } from './copyShellCommand.ts';
import { undoAll } from './offerUndo.ts';
import { targetProblem } from './refusal.ts';
import { movingTag } from './tagImage.ts';
import { askReference, type ImageTarget } from './targets.ts';

/** Copies with a progress in bytes that can be cancelled. What is at the target then is whole, and the next copy goes on. */
export function copyImage(
  services: Services,
  image: ImageTarget,
  target: string,
  options: CopyOptions = {},
): Promise<TransferResult> {
  const from = parseReference(image.reference);
  const to = parseReference(target);
  const { signal, onProgress, ...rest } = options;
  const copy = optionsOf(image, rest);
  return runTransfer(
    services,
    copyRequest(image.reference, target, copy),
    {
      title: vscode.l10n.t('Copying {0}', from.familiar),
      hosts: [...new Set([from.registry, to.registry])],
      signal,
      outcomeOf: ({ digest }) => ({
        kind: 'image',
        reference: `${joined(to.registry, to.repository)}@${digest}`,
        ...(copy.targetConnectionId !== undefined && { connectionId: copy.targetConnectionId }),
      }),
      summaryOf: copySummary,
      findDigest: digestFinder(services, { ...image, ...copy }),
    },
    (run) =>
      services.gantry.copy(image.reference, target, {
        ...copy,
        signal: run.signal,
        onProgress: (progress) => {
          run.onProgress(progress);
          onProgress?.(progress);
        },
      }),
  );
}

function optionsOf({ connectionId, platform }: ImageTarget, options: KeptCopyOptions): KeptCopyOptions {
  return {
    ...(connectionId !== undefined && { connectionId }),
    ...(platform !== undefined && { platform }),
    ...options,
  };
}

/** Asks where to, and goes on as {@link copyTo}. */
export async function copyAndTell(
  services: Services,
  imagePanels: () => Promise<ImagePanels>,
  image: ImageTarget,
): Promise<TransferResult | undefined> {
  const source = parseReference(image.reference);
  const target = await askReference(
    {
      title: vscode.l10n.t('Copy {0}', source.familiar),
      prompt: vscode.l10n.t(
        'Where to: a repository of any registry, oci: and the path of a folder, or docker-archive: and that of a new file. Without a tag it gets the same.',
      ),
    },
    (reference) => targetProblem(services, reference),
  );
  return target === undefined ? undefined : copyTo(services, imagePanels, image, target);
}

/** Asks before a tag that names another image is moved; offers what can be done with the copy, and the way back. */
export async function copyTo(
  services: Services,
  imagePanels: () => Promise<ImagePanels>,
  image: ImageTarget,
  target: string,
  options: KeptCopyOptions = {},
): Promise<TransferResult | undefined> {
  const done = await copyInto(services, image, target, options);
  if (done !== undefined) void tellCopied(services, imagePanels, done);
  return done?.result;
}

export interface CopyDone {
  readonly result: TransferResult;
  readonly reference: string;
  /** Of the tag that was moved for it. */
  readonly undoable: Undoable | undefined;
  readonly action: ImageAction;
}

/** Copies, and asks before a tag that names another image is moved; `undefined` when that is not wanted. */
export async function copyInto(
  services: Services,
  image: ImageTarget,
  target: string,
  options: KeptCopyOptions = {},
): Promise<CopyDone | undefined> {
  const { targetConnectionId } = options;
  const source = parseReference(image.reference);
  const { familiar, tag, digest, registry, repository } = parseReference(target);
  const named = tag ?? source.tag ?? 'latest';
  const tagged = `${joined(registry, repository)}:${named}`;
  const [before] = await services.gantry.undoables();
  const result = await movingTag(
    services,
    {
      reference: digest === undefined ? tagged : target,
      label: tag === undefined ? parseReference(tagged).familiar : familiar,
      ...(targetConnectionId !== undefined && { connectionId: targetConnectionId }),
    },
    source.familiar,
    (moving) => copyImage(services, image, target, { ...options, ...moving }),
  );
  if (result === undefined) {
    // Whoever leaves the tag where it is has seen why, and needs no row that says it again.
    (await services.transfers()).forget(copyRequest(image.reference, target, optionsOf(image, options)));
    return undefined;
  }
  const isByDigest = tag === undefined && source.tag === undefined && source.digest !== undefined;
  const copied = isByDigest ? `${joined(registry, repository)}@${result.digest}` : tagged;
  const [moved] = await services.gantry.undoables();
  return {
    result,
    reference: parseReference(copied).familiar,
    undoable: moved?.id === before?.id ? undefined : moved,
    action: { kind: 'copy', source: image.reference, target: copied, platform: image.platform },
  };
}

/** Tells what a copy has taken, and offers what can be done with it. */
export async function tellCopied(
  services: Services,
  imagePanels: () => Promise<ImagePanels>,
  { result, reference, undoable, action }: CopyDone,
): Promise<void> {
  const { bytesSent, bytesMounted, omittedLayers, keptTags } = result;
  const sentences = [
    vscode.l10n.t(
      '{0} is there now: {1} sent, {2} were there already.',
      reference,
      formatSize(bytesSent),
      formatSize(bytesMounted),
    ),
    ...(omittedLayers.length === 0
      ? []
      : [vscode.l10n.t('{0} layers may not be distributed and were left out.', omittedLayers.length)]),
    ...(keptTags.length === 0
      ? []
      : [vscode.l10n.t('It had signatures there, which were left as they are: {0}', keptTags.join(', '))]),
  ];
  const show = vscode.l10n.t('Show');
  const copyReference = vscode.l10n.t('Copy Reference');
  const copyCommand = vscode.l10n.t('Copy Command');
  const undo = vscode.l10n.t('Undo');
  const buttons = [show, copyReference, copyCommand, ...(undoable === undefined ? [] : [undo])];
  const chosen = await vscode.window.showInformationMessage(sentences.join(' '), ...buttons);
  if (chosen === show) (await imagePanels()).show({ reference }, { preserveFocus: false });
  if (chosen === copyReference) await copyLines([reference]);
  if (chosen === copyCommand) await copyShellCommand(action);
  if (chosen === undo && undoable !== undefined) await undoAll(services, [undoable]);
}

function joined(registry: string, repository: string): string {
  return registry.endsWith(':') ? `${registry}${repository}` : `${registry}/${repository}`;
}
