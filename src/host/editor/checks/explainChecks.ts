import * as vscode from 'vscode';

/** Opens the part of Gantry's README that is about the checks. */
export async function explainChecks(): Promise<void> {
  const folder = vscode.extensions.getExtension('gantry.gantry')?.extensionUri;
  if (folder === undefined) return;
  const entries = await vscode.workspace.fs.readDirectory(folder);
  // In a package it is written in lower case.
  const [name = 'README.md'] = entries.find(([entry]) => entry.toLowerCase() === 'readme.md') ?? [];
  const readme = vscode.Uri.joinPath(folder, name).with({ fragment: 'checks' });
  await vscode.commands.executeCommand('markdown.showPreview', readme);
}
