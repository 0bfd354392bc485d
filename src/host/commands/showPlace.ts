import * as vscode from 'vscode';

/** Where the window is not on the machine whose files these are, its file manager does not have them. */
function isElsewhere(): boolean {
  return vscode.env.uiKind === vscode.UIKind.Web || vscode.env.remoteName !== undefined;
}

/** What a button for {@link showPlace} says. */
export function placeWords(): string {
  return isElsewhere() ? vscode.l10n.t('Open Folder') : vscode.l10n.t('Reveal in File Manager');
}

/** Shows a file or folder of this machine in its file manager, or a window of its own. */
export async function showPlace(path: string): Promise<void> {
  const uri = vscode.Uri.file(path);
  if (!isElsewhere()) {
    await vscode.commands.executeCommand('revealFileInOS', uri);
    return;
  }
  const { type } = await vscode.workspace.fs.stat(uri);
  const folder = (type & vscode.FileType.Directory) === 0 ? vscode.Uri.joinPath(uri, '..') : uri;
  await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true });
}
