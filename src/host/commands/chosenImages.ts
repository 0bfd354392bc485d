import * as vscode from 'vscode';
import type { TreeNode } from '../tree/nodes.ts';
import { withoutNeeded } from './abilityCommands.ts';
import {
  chooseImage,
  type ImageLink,
  type ImageTarget,
  imageTargets,
  type ReferenceCheck,
  type Target,
} from './targets.ts';

/** What key bindings pass: they are about what is selected in the tree, and ask for nothing. */
export interface SelectionArgument {
  readonly selection: true;
}

/** The images of a context menu or the selection; asks for one when there is none. */
export async function chosenImages(
  treeView: vscode.TreeView<TreeNode>,
  target: Target | ImageLink | readonly string[] | SelectionArgument,
  all: readonly TreeNode[] | undefined,
  title: string,
  check?: ReferenceCheck,
): Promise<readonly ImageTarget[]> {
  if (isSelectionArgument(target)) {
    const selected = imageTargets(undefined, withoutNeeded(treeView.selection));
    if (selected.length === 0) void vscode.window.showInformationMessage(vscode.l10n.t('Select a tag first.'));
    return selected;
  }
  const found = imageTargets(target, all ?? treeView.selection);
  if (found.length > 0) return found;
  const chosen = await chooseImage(undefined, title, check);
  return chosen === undefined ? [] : [chosen];
}

function isSelectionArgument(target: unknown): target is SelectionArgument {
  return typeof target === 'object' && target !== null && 'selection' in target;
}
