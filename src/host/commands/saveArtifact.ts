import * as vscode from 'vscode';
import { RegistryError } from '../../core/errors.ts';
import type { ArtifactFile } from '../../core/oci/artifactFiles.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { printable } from '../../core/printable.ts';
import { saveFolder } from '../files/saveFiles.ts';
import { formatSize } from '../present.ts';
import { percent, progressText, withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import type { ImageTarget } from './targets.ts';

export interface SaveArtifactOptions {
  readonly folder?: vscode.Uri;
  readonly overwrite?: boolean;
  /** Places of the files that are wanted, from 0; all when absent. */
  readonly only?: readonly number[];
}

/** What was written. */
export interface SavedArtifact {
  readonly folder: vscode.Uri;
  /** Relative to the folder. */
  readonly names: readonly string[];
  readonly bytes: number;
  /** How many have no title that can be a name here, and so one that is made up. */
  readonly untitled: number;
}

/**
 * Saves the files of an artifact under their titles, as `oras pull` does. Nothing is written outside of the folder; each file
 * is verified, and appears whole or not at all.
 *
 * Errors: `unsupported` for an image, `conflict` for what is there already unless `overwrite`, and those of fetching and writing.
 */
export async function saveArtifact(
  services: Services,
  image: ImageTarget,
  options: SaveArtifactOptions & { readonly mayReplace?: (names: readonly string[]) => Promise<boolean> },
): Promise<SavedArtifact | undefined> {
  const { gantry } = services;
  const { familiar } = parseReference(image.reference);
  const connection = image.connectionId === undefined ? {} : { connectionId: image.connectionId };
  const { files: all, digest } = await withProgress(vscode.l10n.t('Reading {0}…', familiar), (signal) =>
    gantry.artifact(image.reference, { ...connection, signal }),
  );
  const files = all
    .map((file, place) => ({ file, place }))
    .filter(({ place }) => options.only?.includes(place) ?? true);
  if (files.length === 0) throw new RegistryError('not-found', `${familiar} has no files.`);
  const folder = options.folder ?? (await askFolder(familiar));
  if (folder === undefined) return undefined;

  const existing = await existingIn(
    folder,
    files.map(({ file }) => file),
  );
  if (existing.length > 0 && options.overwrite !== true && (await options.mayReplace?.(existing)) !== true) {
    if (options.mayReplace !== undefined) return undefined;
    throw new RegistryError('conflict', `${existing.map(printable).join(', ')} is in ${folder.fsPath} already.`);
  }
  const blobs = files
    .filter(({ file }) => !file.isFolder)
    .map(({ file }) => ({ descriptor: file.descriptor, path: `${folder.fsPath}/${file.name}` }));
  await withProgress(vscode.l10n.t('Saving {0}…', familiar), async (signal, report) => {
    await gantry.saveBlobs(
      image.reference,
      { folder: folder.fsPath, blobs },
      { ...connection, signal, onProgress: (progress) => report(progressText(progress), percent(progress)) },
    );
    const { registry, repository } = parseReference(image.reference);
    for (const { file, place } of files.filter(({ file }) => file.isFolder)) {
      const reference = `${registry}/${repository}@${digest}`;
      const opened = await gantry.openFiles(reference, { ...connection, signal, layer: place });
      // `oras push` packs a folder with its name.
      const isNamed = opened.tree.childByText(opened.tree.root(), file.name.replace(/\/.*/, '')) !== undefined;
      await saveFolder(opened, isNamed ? file.name : '', vscode.Uri.joinPath(folder, file.name), { signal, report });
    }
  });
  return {
    folder,
    names: files.map(({ file }) => file.name),
    bytes: files.reduce((sum, { file }) => sum + file.descriptor.size, 0),
    untitled: files.filter(({ file }) => !file.isTitled).length,
  };
}

/** From the palette or a panel: asks where to, and before anything is replaced. */
export async function saveArtifactAndTell(
  services: Services,
  image: ImageTarget,
  only?: readonly number[],
): Promise<SavedArtifact | undefined> {
  const mayReplace = async (names: readonly string[]): Promise<boolean> => {
    const replace = vscode.l10n.t('Replace');
    const message =
      names.length === 1
        ? vscode.l10n.t('{0} is there already. Replace it?', printable(names[0] ?? ''))
        : vscode.l10n.t('{0} of the files are there already. Replace them?', names.length);
    const detail = names.length === 1 ? {} : { detail: names.slice(0, 20).map(printable).join('\n') };
    return (await vscode.window.showWarningMessage(message, { modal: true, ...detail }, replace)) === replace;
  };
  const saved = await saveArtifact(services, image, { mayReplace, ...(only !== undefined && { only }) });
  if (saved === undefined) return undefined;
  const { names, folder, bytes, untitled } = saved;
  const told = vscode.l10n.t('Saved {0} files in {1}, {2}.', names.length, folder.fsPath, formatSize(bytes));
  const one = vscode.l10n.t('Saved {0} in {1}, {2}.', printable(names[0] ?? ''), folder.fsPath, formatSize(bytes));
  const message = names.length === 1 ? one : told;
  const more =
    untitled === 0 ? '' : ` ${vscode.l10n.t('Files without a title that can be a name here: {0}.', untitled)}`;
  void vscode.window.showInformationMessage(`${message}${more}`);
  return saved;
}

async function askFolder(name: string): Promise<vscode.Uri | undefined> {
  const [folder] = (await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Where to Put the Files of {0}', name),
    openLabel: vscode.l10n.t('Save Here'),
    canSelectFiles: false,
    canSelectFolders: true,
  })) ?? [undefined];
  return folder;
}

/**
 * Names of files that are there already. Rejects with `conflict` where a folder on the way is a link, which could lead out of
 * the folder, or where there is a folder in place of a file.
 */
async function existingIn(folder: vscode.Uri, files: readonly ArtifactFile[]): Promise<readonly string[]> {
  const existing: string[] = [];
  for (const { name, isFolder } of files) {
    const parts = name.split('/');
    for (const [depth] of parts.entries()) {
      const path = parts.slice(0, depth + 1).join('/');
      const type = await typeOf(vscode.Uri.joinPath(folder, path));
      if (type === undefined) break;
      const isLast = depth === parts.length - 1;
      const isPlain = type === (isLast && !isFolder ? vscode.FileType.File : vscode.FileType.Directory);
      if (!isPlain || (isLast && isFolder)) throw inTheWay(folder, path);
      if (isLast) existing.push(name);
    }
  }
  return existing;
}

function inTheWay(folder: vscode.Uri, path: string): RegistryError {
  return new RegistryError(
    'conflict',
    `${printable(path)} in ${folder.fsPath} is in the way of a file of the artifact. Choose another folder, or move it.`,
  );
}

async function typeOf(uri: vscode.Uri): Promise<vscode.FileType | undefined> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type;
  } catch {
    return undefined;
  }
}
