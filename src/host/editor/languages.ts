import * as vscode from 'vscode';

/** Languages whose files name images; package.json activates Gantry for those that name hardly anything else. */
export const imageLanguages: readonly string[] = [
  'dockerfile',
  'dockercompose',
  'dockerbake',
  'yaml',
  'helm',
  'ansible',
  'azure-pipelines',
  'github-actions-workflow',
  'json',
  'jsonc',
  'hcl',
  'terraform',
  'nomad',
  'ini',
  'properties',
  'toml',
  'quadlet',
];

export const imageSelector: readonly vscode.DocumentFilter[] = imageLanguages.map((language) => ({ language }));

/** For `editor.codeActionsOnSave`. */
export function pinImagesKind(): vscode.CodeActionKind {
  return vscode.CodeActionKind.Source.append('pinImages');
}
