import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { DataStore, Log } from '../core/ports.ts';
import { logError } from './log.ts';

/** Keeps each text in a file of the extension's own folder. Its name is a hash: names may hold addresses and accounts. */
export function dataFiles(folder: vscode.Uri, log: Log): DataStore {
  const fileOf = (name: string): vscode.Uri =>
    vscode.Uri.joinPath(folder, 'data', `${createHash('sha256').update(name).digest('hex')}.json`);
  return {
    read: async (name) => {
      try {
        return new TextDecoder().decode(await vscode.workspace.fs.readFile(fileOf(name)));
      } catch {
        return undefined;
      }
    },
    write: async (name, text) => {
      try {
        await vscode.workspace.fs.writeFile(fileOf(name), new TextEncoder().encode(text));
      } catch (error) {
        logError(log, 'Keeping data for the next session', error);
      }
    },
    delete: async (name) => {
      try {
        await vscode.workspace.fs.delete(fileOf(name));
      } catch {
        // It was never written.
      }
    },
  };
}
