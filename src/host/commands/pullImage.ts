import * as vscode from 'vscode';
import type { PullOptions, PullResult } from '../../api.ts';
import { isRegistryError } from '../../core/errors.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { errorMessage, formatSize } from '../present.ts';
import { percent, progressText, withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import type { ImageTarget } from './targets.ts';

/** What callers of the command may say. */
export interface PullArguments {
  readonly platform?: string;
  /** The container engine unless told; else the folder of an OCI image layout. */
  readonly destination?: 'engine' | vscode.Uri;
}

/** Pulls with a progress in bytes that can be cancelled. What is at the destination stays whole. */
export function pullImage(services: Services, image: ImageTarget, options: PullArguments = {}): Promise<PullResult> {
  const { familiar } = parseReference(image.reference);
  const { destination = 'engine' } = options;
  const platform = options.platform ?? image.platform;
  const pull: PullOptions = {
    destination: destination === 'engine' ? destination : { folder: destination.fsPath },
    ...(platform !== undefined && { platform }),
    ...(image.connectionId !== undefined && { connectionId: image.connectionId }),
  };
  return withProgress(vscode.l10n.t('Pulling {0}', familiar), (signal, report) =>
    services.gantry.pull(image.reference, {
      ...pull,
      signal,
      onProgress: (progress) => report(progressText(progress), percent(progress)),
    }),
  );
}

/** From the tree or the palette: into the engine, or into a folder where there is none and the user wants that. */
export async function pullAndTell(services: Services, image: ImageTarget): Promise<PullResult | undefined> {
  try {
    return tell(await pullImage(services, image));
  } catch (error) {
    // Without a host it is about the engine, which a folder is an answer to; what a registry refuses, it refuses again.
    if (!isRegistryError(error) || error.code === 'cancelled' || error.host !== undefined) throw error;
    const choose = vscode.l10n.t('Pull into a Folder…');
    if ((await vscode.window.showWarningMessage(errorMessage(error), choose)) !== choose) return undefined;
  }
  const [folder] = (await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Folder for the OCI Image Layout'),
    openLabel: vscode.l10n.t('Pull'),
    canSelectFiles: false,
    canSelectFolders: true,
  })) ?? [undefined];
  return folder === undefined ? undefined : tell(await pullImage(services, image, { destination: folder }));
}

function tell(result: PullResult): PullResult {
  const { reference, destination } = result;
  const { familiar } = parseReference(reference);
  void vscode.window.showInformationMessage(
    destination.kind === 'engine'
      ? vscode.l10n.t('{0} is in {1} now.', familiar, destination.engine)
      : vscode.l10n.t(
          '{0} is in {1} now, {2} fetched.',
          familiar,
          destination.folder,
          formatSize(destination.bytesFetched),
        ),
  );
  return result;
}
