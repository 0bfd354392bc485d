import * as vscode from 'vscode';
import type { FileEntry } from '../../api.ts';
import { RegistryError, throwIfAborted } from '../../core/errors.ts';
import type { OpenedFiles } from '../../core/imageFiles.ts';
import { runAtOnce } from '../../core/transfer/runAtOnce.ts';
import { errorMessage } from '../present.ts';
import type { Report } from '../progress.ts';

/** What was written of a folder. */
export interface SavedFiles {
  readonly target: vscode.Uri;
  readonly files: number;
  readonly bytes: number;
  /** Links, devices, and names that not every file system can have. */
  readonly omitted: number;
}

export interface SaveOptions {
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** Files that are fetched at once. */
const filesAtOnce = 3;

/** Writes one file. What fails or is cancelled leaves what was there before. */
export async function saveFile(
  files: OpenedFiles,
  path: string,
  target: vscode.Uri,
  { signal }: Pick<SaveOptions, 'signal'>,
): Promise<SavedFiles> {
  const content = await files.read(path, signal);
  const part = besides(target);
  await replace(part, target, () => vscode.workspace.fs.writeFile(part, content), signal);
  return { target, files: 1, bytes: content.length, omitted: 0 };
}

/**
 * Writes the regular files of a folder into a new folder `target`; links are no files here, so nothing that is written can
 * lead elsewhere. The folder appears when all of it is there.
 *
 * Errors: `conflict` where there is something already, `storage` where it cannot be written, and those of reading.
 */
export async function saveFolder(
  files: OpenedFiles,
  folder: string,
  target: vscode.Uri,
  { signal, report }: SaveOptions,
): Promise<SavedFiles> {
  if (await exists(target)) {
    throw new RegistryError(
      'conflict',
      `${target.fsPath} is there already. Choose another folder, or remove it first.`,
    );
  }
  const { items } = files.list({ folder, recursive: true, limit: Number.POSITIVE_INFINITY });
  const prefix = folder === '' ? 0 : files.target(folder).path.length + 1;
  const saved = items.filter(isSaved);
  const omitted = items.filter((entry) => entry.type !== 'directory').length - saved.length;
  const part = besides(target);
  let done = 0;
  let bytes = 0;
  const write = async (): Promise<void> => {
    await vscode.workspace.fs.createDirectory(part);
    await runAtOnce(saved, { atOnce: filesAtOnce, signal }, async (entry, own) => {
      const content = await files.read(entry.path, own);
      throwIfAborted(signal);
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(part, entry.path.slice(prefix)), content);
      bytes += content.length;
      report(vscode.l10n.t('{0} of {1} files', ++done, saved.length), (done / saved.length) * 100);
    });
  };
  await replace(part, target, write, signal);
  return { target, files: saved.length, bytes, omitted };
}

/** A file whose path can be one of this machine, and leads nowhere else. */
export function isSaved({ type, path }: Pick<FileEntry, 'type' | 'path'>): boolean {
  const isFile = type === 'file' || type === 'hardlink';
  return isFile && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && isPortable(name));
}

/** Windows takes a backslash for a slash, a colon for a stream, and leaves out dots and blanks at the end. */
function isPortable(name: string): boolean {
  if (/[\p{Cc}\\]/u.test(name)) return false;
  return process.platform !== 'win32' || !/[:*?"<>|]|[. ]$/.test(name);
}

/** Writes to a place beside the target and moves it there; what was written goes when that fails. */
async function replace(
  part: vscode.Uri,
  target: vscode.Uri,
  write: () => PromiseLike<void>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await write();
    throwIfAborted(signal);
    await vscode.workspace.fs.rename(part, target, { overwrite: true });
  } catch (error) {
    await Promise.resolve(vscode.workspace.fs.delete(part, { recursive: true })).catch(() => {});
    if (!(error instanceof vscode.FileSystemError)) throw error;
    const message = `${target.fsPath} could not be written: ${errorMessage(error)}`;
    throw new RegistryError('storage', message, { cause: error });
  }
}

function besides(target: vscode.Uri): vscode.Uri {
  const name = target.path.slice(target.path.lastIndexOf('/') + 1);
  const unique = crypto.randomUUID().slice(0, 8);
  return vscode.Uri.joinPath(target, '..', `.${name}.${unique}.part`);
}

export async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
