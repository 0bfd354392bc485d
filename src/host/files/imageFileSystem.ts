import * as vscode from 'vscode';
import type { FileEntry } from '../../api.ts';
import { isRegistryError } from '../../core/errors.ts';
import type { OpenedFiles } from '../../core/imageFiles.ts';
import { logError } from '../log.ts';
import { errorMessage } from '../present.ts';
import type { Services } from '../services.ts';
import { nameOf } from '../tree/fileNodes.ts';
import { filePlace } from './imageUris.ts';
import { targetOf } from './linkTarget.ts';

/** Answers what VS Code asks of files in images. Rejects with FileSystemErrors that have Gantry's sentences. */
export class ImageFileSystem {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return this.#look(uri, (files, path) => {
      const entry = files.stat(path);
      const target = targetOf(files, entry);
      const { size, mtime } = target ?? entry;
      const time = mtime * 1000;
      const permissions = vscode.FilePermission.Readonly;
      return { type: fileType(entry, target), ctime: time, mtime: time, size, permissions };
    });
  }

  readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    return this.#look(uri, (files, folder) => {
      const { type } = files.target(folder);
      if (type !== 'directory') throw vscode.FileSystemError.FileNotADirectory(uri);
      const { items } = files.list({ folder, limit: Number.POSITIVE_INFINITY });
      return items
        .filter((entry) => entry.type !== 'whiteout')
        .map((entry) => [nameOf(entry), fileType(entry, targetOf(files, entry))]);
    });
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return this.#look(uri, (files, path) => {
      if (files.target(path).type === 'directory') throw vscode.FileSystemError.FileIsADirectory(uri);
      // VS Code says nothing of who does not want it any more.
      return files.read(path, new AbortController().signal);
    });
  }

  async #look<T>(uri: vscode.Uri, look: (files: OpenedFiles, path: string) => T | Promise<T>): Promise<T> {
    try {
      const { path, ...place } = filePlace(uri);
      return await look(await this.#services.images.open(place), path);
    } catch (error) {
      // That a file is not there is asked all the time, as for `.vscode/settings.json`.
      if (!isRegistryError(error, 'not-found')) logError(this.#services.log, `Reading ${uri.path}`, error);
      throw fileSystemError(error);
    }
  }
}

function fileType(entry: FileEntry, target: FileEntry | undefined): vscode.FileType {
  const { Directory, File, SymbolicLink, Unknown } = vscode.FileType;
  const type = target?.type === 'directory' ? Directory : target?.type === 'file' ? File : Unknown;
  return entry.type === 'symlink' ? type | SymbolicLink : type;
}

function fileSystemError(error: unknown): vscode.FileSystemError {
  if (error instanceof vscode.FileSystemError) return error;
  const message = errorMessage(error);
  if (isRegistryError(error, 'not-found')) return vscode.FileSystemError.FileNotFound(message);
  if (isRegistryError(error, 'unauthorized', 'denied')) return vscode.FileSystemError.NoPermissions(message);
  return vscode.FileSystemError.Unavailable(message);
}
