import type * as vscode from 'vscode';
import type { DiscoveredRegistry } from '../../core/useCases/discovery.ts';
import type { TreeNode } from './nodes.ts';

// How rows look, as a text: one that looks as before is not drawn anew.

/** What the row of a registry shows. */
export function look({ label, description }: vscode.TreeItem): string {
  return JSON.stringify([label, description]);
}

/** Of any row; of a tag also what menus and its tooltip say. */
export function lookOf({ kind }: TreeNode, item: vscode.TreeItem): string {
  const { tooltip, contextValue, iconPath } = item;
  return kind === 'tag' ? JSON.stringify([look(item), tooltip, contextValue, iconPath]) : look(item);
}

export function offerLook(registries: readonly DiscoveredRegistry[]): string {
  return registries.map(({ url }) => url).join();
}
