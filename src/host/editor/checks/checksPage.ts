import * as vscode from 'vscode';

/**
 * Where Gantry's README tells of the checks, as a line of a file: VS Code runs no command from the link of a problem. `undefined` where
 * the README is not there.
 */
export async function checksPage(): Promise<vscode.Uri | undefined> {
  const folder = vscode.extensions.getExtension('gantry.gantry')?.extensionUri;
  if (folder === undefined) return undefined;
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    // In a package it is written in lower case.
    const [name] = entries.find(([entry]) => entry.toLowerCase() === 'readme.md') ?? [];
    if (name === undefined) return undefined;
    const readme = vscode.Uri.joinPath(folder, name);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(readme));
    const line = text.split('\n').indexOf('### Checks') + 1;
    return readme.with({ fragment: `L${Math.max(1, line)}` });
  } catch {
    // The words of the problem are there all the same.
    return undefined;
  }
}
