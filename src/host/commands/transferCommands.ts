import * as vscode from 'vscode';
import { RegistryError } from '../../core/errors.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { Transfer, TransferJobs } from '../../core/transferJobs.ts';
import { copyOptionsOf, sourcesOf } from '../../core/transferRequests.ts';
import { type CommandId, commandIds } from '../ids.ts';
import type { Services } from '../services.ts';
import type { TransferRow } from '../transfers/transfersView.ts';
import { assembleInto } from './assembleIndex.ts';
import type { Command, Views } from './commands.ts';
import { copyTo } from './copyImage.ts';
import { type PullArguments, type PullForm, pullImage } from './pullImage.ts';
import { showPlace } from './showPlace.ts';
import type { ImageTarget } from './targets.ts';

type TransferCommand = 'cancelTransfer' | 'retryTransfer' | 'openTransfer' | 'clearTransfers';

/** A row of the view, or the id of a transfer. */
type Target = TransferRow | string;

/** Commands of the view of transfers. */
export function createTransferCommands(
  services: Services,
  { imagePanels }: Pick<Views, 'imagePanels'>,
): Readonly<Record<(typeof commandIds)[TransferCommand] & CommandId, Command>> {
  async function found(target: Target): Promise<{ readonly jobs: TransferJobs; readonly transfer: Transfer }> {
    const jobs = await services.transfers();
    const transfer = jobs.get(typeof target === 'string' ? target : target.transferId);
    if (transfer === undefined) throw new RegistryError('not-found', 'This transfer is not on the list any more.');
    return { jobs, transfer };
  }

  return {
    [commandIds.cancelTransfer]: async (target: Target) => {
      const { jobs, transfer } = await found(target);
      jobs.cancel(transfer.id);
    },
    [commandIds.retryTransfer]: async (target: Target) => {
      const { jobs, transfer } = await found(target);
      if (!(await isStillTheSame(services, transfer))) return undefined;
      jobs.remove(transfer.id);
      const { request } = transfer;
      const { kind, target: to = '' } = request;
      if (kind === 'pull') return pullImage(services, imageOf(transfer), pullArguments(transfer));
      const options = copyOptionsOf(request);
      return kind === 'assemble'
        ? assembleInto(services, imagePanels, sourcesOf(request), to, options)
        : copyTo(services, imagePanels, imageOf(transfer), to, options);
    },
    [commandIds.openTransfer]: async (target: Target) => {
      const { outcome } = (await found(target)).transfer;
      if (outcome?.kind === 'path') {
        await showPlace(outcome.path);
      } else if (outcome !== undefined) {
        const { reference, connectionId } = outcome;
        (await imagePanels()).show({ reference, ...(connectionId !== undefined && { connectionId }) });
      }
    },
    [commandIds.clearTransfers]: async () => (await services.transfers()).clear(),
  };
}

/** A tag may have moved since: then the rest of another image would come, and that is asked. */
async function isStillTheSame({ gantry }: Services, transfer: Transfer): Promise<boolean> {
  const { digest, request } = transfer;
  if (digest === undefined || parseReference(request.source).digest !== undefined) return true;
  const { connectionId } = imageOf(transfer);
  const current = await gantry.resolve(request.source, connectionId === undefined ? {} : { connectionId });
  if (current.digest === digest) return true;
  const goOn = vscode.l10n.t('Go On with the New One');
  const question = vscode.l10n.t('{0} names another image by now. Go on with that one?', request.source);
  const detail = vscode.l10n.t('It named {0} when it was begun.', digest);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, goOn)) === goOn;
}

function imageOf({ request: { source, options = {} } }: Transfer): ImageTarget {
  const { connectionId, platform } = options;
  return {
    reference: source,
    ...(typeof connectionId === 'string' && { connectionId }),
    ...(typeof platform === 'string' && { platform }),
  };
}

/** As {@link pullImage} has written them down. */
function pullArguments({ request: { options = {} } }: Transfer): PullArguments {
  const { destination, path, as: form, overwrite } = options;
  const isForm = (text: unknown): text is PullForm =>
    text === 'layout' || text === 'oci-archive' || text === 'docker-archive' || text === 'files';
  return {
    ...(destination === 'load' && { destination }),
    ...(typeof path === 'string' && { destination: vscode.Uri.file(path) }),
    ...(isForm(form) && { as: form }),
    ...(typeof overwrite === 'boolean' && { overwrite }),
  };
}
