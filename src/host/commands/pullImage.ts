import * as vscode from 'vscode';
import type { PullOptions, PullResult, PullTarget } from '../../api.ts';
import { RegistryError } from '../../core/errors.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { TransferRequest } from '../../core/transferJobs.ts';
import type { Services } from '../services.ts';
import { pullOutcome } from '../transfers/pullOutcome.ts';
import { digestFinder, runTransfer } from '../transfers/runTransfer.ts';
import { pullSummary } from '../transfers/summaries.ts';
import type { ImageTarget } from './targets.ts';

/** What of an image is written to a place of this machine. */
export type PullForm = 'layout' | 'oci-archive' | 'docker-archive' | 'files';

/** What callers of the command may say. */
export interface PullArguments {
  readonly platform?: string;
  /**
   * The container engine unless told: it fetches by itself. With `load` Gantry fetches, for an engine that cannot reach the
   * registry. Else a folder or a file.
   */
  readonly destination?: 'engine' | 'load' | vscode.Uri;
  /** What the folder or the file becomes: an OCI image layout unless told. */
  readonly as?: PullForm;
  /** Whether an archive that is there may be replaced. */
  readonly overwrite?: boolean;
}

/** Pulls with a progress in bytes that can be cancelled. What is at the destination stays whole. */
export function pullImage(services: Services, image: ImageTarget, options: PullArguments = {}): Promise<PullResult> {
  const { familiar, registry } = parseReference(image.reference);
  const { overwrite } = options;
  const platform = options.platform ?? image.platform;
  const pull: PullOptions = {
    destination: targetOf(options),
    ...(platform !== undefined && { platform }),
    ...(overwrite !== undefined && { overwrite }),
    ...(image.connectionId !== undefined && { connectionId: image.connectionId }),
  };
  return runTransfer(
    services,
    requestOf(image, options, platform),
    {
      title: vscode.l10n.t('Pulling {0}', familiar),
      hosts: [registry],
      outcomeOf: ({ destination, digest }) => pullOutcome(destination, digest),
      summaryOf: ({ destination }) => pullSummary(destination),
      findDigest: digestFinder(services, image),
    },
    (run) => services.gantry.pull(image.reference, { ...pull, ...run }),
  );
}

/** What it takes to pull it again, after the window was closed too. */
function requestOf(image: ImageTarget, options: PullArguments, platform: string | undefined): TransferRequest {
  const { destination = 'engine', as: form, overwrite } = options;
  const isPlace = destination !== 'engine' && destination !== 'load';
  return {
    kind: 'pull',
    source: parseReference(image.reference).familiar,
    target: isPlace ? destination.fsPath : vscode.l10n.t('the container engine'),
    options: {
      ...(isPlace ? { path: destination.fsPath } : { destination }),
      ...(form !== undefined && { as: form }),
      ...(overwrite !== undefined && { overwrite }),
      ...(platform !== undefined && { platform }),
      ...(image.connectionId !== undefined && { connectionId: image.connectionId }),
    },
  };
}

/** What the arguments of the command say, as the core takes it. */
export function targetOf({ destination = 'engine', as: form = 'layout' }: PullArguments): PullTarget {
  if (destination === 'engine' || destination === 'load') return destination;
  switch (form) {
    case 'layout':
      return { folder: destination.fsPath };
    case 'files':
      return { files: destination.fsPath };
    case 'oci-archive':
      return { archive: destination.fsPath, format: 'oci' };
    case 'docker-archive':
      return { archive: destination.fsPath, format: 'docker' };
    default:
      throw new RegistryError('invalid', `Images are not pulled as "${String(form)}".`);
  }
}
