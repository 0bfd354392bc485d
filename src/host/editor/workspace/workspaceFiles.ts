import * as vscode from 'vscode';
import { fileNames } from '../../../core/mentions/fileKind.ts';

/** Files that are searched: more than these are no workspace that anybody writes. */
const mostFiles = 5000;
/** Bytes of a file that is searched, as of documents that are read while somebody writes them. */
const largestFile = 1024 * 1024;

export interface WorkspaceFiles {
  readonly uris: readonly vscode.Uri[];
  /** Whether there are more. */
  readonly isTruncated: boolean;
}

/** Files whose names say that they may name images, without what the settings hide from the explorer and from searches. */
export async function findWorkspaceFiles(token: vscode.CancellationToken): Promise<WorkspaceFiles> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const found = await Promise.all(
    folders.map((folder) =>
      vscode.workspace.findFiles(
        new vscode.RelativePattern(folder, `**/{${fileNames.join(',')}}`),
        hiddenFrom(folder),
        mostFiles + 1,
        token,
      ),
    ),
  );
  const uris = [...new Map(found.flat().map((uri) => [uri.toString(), uri])).values()];
  const sorted = uris.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { uris: sorted.slice(0, mostFiles), isTruncated: uris.length > mostFiles };
}

/** The text as it is in the editor where it is open; `undefined` for what is too large or cannot be read. */
export async function readWorkspaceFile(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > largestFile) return undefined;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}

/** `files.exclude` is VS Code's own to leave out, where a pattern is given; `search.exclude` is not. */
function hiddenFrom(folder: vscode.WorkspaceFolder): string | undefined {
  const excluded = vscode.workspace.getConfiguration('search', folder.uri).get<Record<string, unknown>>('exclude');
  const patterns = Object.entries(excluded ?? {}).flatMap(([pattern, value]) => (value === true ? [pattern] : []));
  return patterns.length === 0 ? undefined : `{${patterns.join(',')}}`;
}
