import * as vscode from 'vscode';
import { parseReference } from '../../core/oci/reference.ts';
import type { FilePlace } from '../files/imageUris.ts';
import { exists, type SavedFiles, saveFile, saveFolder } from '../files/saveFiles.ts';
import { formatSize } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';

/** Saves a file or folder of an image at a place; asks for it when there is none. */
export async function saveAs(services: Services, place: FilePlace, to?: vscode.Uri): Promise<SavedFiles | undefined> {
  const files = await services.images.open(place);
  const isFolder = files.target(place.path).type === 'directory';
  const { repository } = parseReference(place.reference);
  const name = lastPart(place.path) || lastPart(repository);
  const target = to ?? (await (isFolder ? askFolder(name) : askFile(name)));
  if (target === undefined) return undefined;
  return withProgress(vscode.l10n.t('Saving {0}…', name), (signal, report) =>
    isFolder
      ? saveFolder(files, place.path, target, { signal, report })
      : saveFile(files, place.path, target, { signal }),
  );
}

export function tellSaved({ target, files, bytes, omitted }: SavedFiles): void {
  const saved = vscode.l10n.t('Saved {0} files in {1}, {2}.', files, target.fsPath, formatSize(bytes));
  const left = vscode.l10n.t('{0} links, devices and names that cannot be here were left out.', omitted);
  const one = vscode.l10n.t('Saved {0}, {1}.', target.fsPath, formatSize(bytes));
  const message = files === 1 && omitted === 0 ? one : omitted === 0 ? saved : `${saved} ${left}`;
  void vscode.window.showInformationMessage(message);
}

function askFile(name: string): Thenable<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save File of the Image'),
    ...(folder !== undefined && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
}

/** The folder is made in the one that the user picks. */
async function askFolder(name: string): Promise<vscode.Uri | undefined> {
  const [parent] = (await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Where to Put the Folder {0}', name),
    openLabel: vscode.l10n.t('Save Here'),
    canSelectFiles: false,
    canSelectFolders: true,
  })) ?? [undefined];
  return parent && besideOthers(parent, name);
}

/** What is there already is never replaced: a folder beside it takes a number. `undefined` where that is not wanted. */
async function besideOthers(parent: vscode.Uri, name: string): Promise<vscode.Uri | undefined> {
  const target = vscode.Uri.joinPath(parent, name);
  if (!(await exists(target))) return target;
  let number = 2;
  while (await exists(numbered(parent, name, number))) number++;
  const free = numbered(parent, name, number);
  const keepBoth = vscode.l10n.t('Keep Both');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} is there already.', target.fsPath),
    { modal: true, detail: vscode.l10n.t('Keep both to save it as {0}.', lastPart(free.path)) },
    keepBoth,
  );
  return answer === keepBoth ? free : undefined;
}

function numbered(parent: vscode.Uri, name: string, number: number): vscode.Uri {
  return vscode.Uri.joinPath(parent, `${name} (${number})`);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
