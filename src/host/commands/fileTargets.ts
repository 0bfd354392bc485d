import * as vscode from 'vscode';
import { type FilePlace, filePlace, type ImagePlace, imagePlace } from '../files/imageUris.ts';
import { schemes } from '../ids.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import type { TreeNode } from '../tree/nodes.ts';
import { chooseImage, type ImageLink, type ImageTarget } from './targets.ts';

/** What a command about files was called with: a row, the address of a file, a reference, or nothing. */
export type FileTarget = TreeNode | ImageLink | vscode.Uri | string | undefined;

/** The file or folder of a target; without one that of the active editor. */
export function fileOf(target: FileTarget): FilePlace | undefined {
  if (target === undefined) return isFileUri(activeUri()) ? filePlace(activeUri() as vscode.Uri) : undefined;
  if (typeof target === 'string') return undefined;
  if (target instanceof vscode.Uri) return isFileUri(target) ? filePlace(target) : undefined;
  if (target.kind === 'file') return target.place;
  if (target.kind === 'files') return { ...target.place, path: '' };
  return target.kind === 'layer' && target.place !== undefined ? { ...target.place, path: '' } : undefined;
}

/** One platform's image of a target, by its digest; asks for a reference when there is none. */
export async function choosePlace(
  services: Services,
  target: FileTarget,
  title: string,
): Promise<ImagePlace | undefined> {
  const file = fileOf(target);
  if (file !== undefined) {
    const { path: _path, layer: _layer, ...image } = file;
    return image;
  }
  const image = await chooseImage(target instanceof vscode.Uri ? undefined : target, title);
  return image && placeOf(services, image);
}

/** One platform's image by its digest. */
export async function placeOf(
  services: Services,
  { reference, connectionId, platform }: ImageTarget,
): Promise<ImagePlace> {
  const connection = connectionId === undefined ? {} : { connectionId };
  const details = await withProgress(vscode.l10n.t('Asking what the tag names…'), (signal) =>
    services.gantry.inspect(reference, { signal, ...connection, ...(platform !== undefined && { platform }) }),
  );
  return imagePlace(services, { reference, ...connection }, details.platformDigest ?? details.digest);
}

function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
}

function isFileUri(uri: vscode.Uri | undefined): boolean {
  return uri?.scheme === schemes.image || uri?.scheme === schemes.layer;
}
