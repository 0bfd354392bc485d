import * as vscode from 'vscode';
import type { UpdateStep } from '../../core/oci/newerTags.ts';

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

/** Brings all images of a file to their newest patch, minor or major version; for the menu of sources, and on save. */
export function updateImagesKind(step: UpdateStep): vscode.CodeActionKind {
  return vscode.CodeActionKind.Source.append('updateImages').append(step);
}

/** Corrects what is wrong for certain. */
export function fixAllImagesKind(): vscode.CodeActionKind {
  return vscode.CodeActionKind.SourceFixAll.append('gantry');
}

/** A change of the image at the cursor. */
export function rewriteImageKind(change: 'pin' | 'unpin' | 'update'): vscode.CodeActionKind {
  return vscode.CodeActionKind.RefactorRewrite.append('image').append(change);
}

/** For `editor.codeActionsOnSave`. */
export function pinImagesKind(): vscode.CodeActionKind {
  return vscode.CodeActionKind.Source.append('pinImages');
}
