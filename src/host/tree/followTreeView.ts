import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import type { TreeNode } from './nodes.ts';
import type { RegistriesTree } from './registriesTree.ts';
import type { TagView } from './tagView.ts';

/** Keeps what is looked at, and what the view says of itself, with what the user does and what registries answer. */
export function followTreeView(
  { gantry, connections }: Services,
  views: { readonly tree: RegistriesTree; readonly treeView: vscode.TreeView<TreeNode>; readonly tagView: TagView },
): vscode.Disposable {
  const { tree, treeView, tagView } = views;
  const say = (): void => {
    const { filter } = tagView;
    // A narrow view hides what stands beside its title.
    treeView.message = filter === undefined ? '' : vscode.l10n.t('Tags: {0}', filter.text);
  };
  const count = (): void => {
    // A registry without an account that wants one is no trouble as long as nobody logs in.
    const troubled = gantry
      .connections()
      .filter(({ state, account }) => state === 'failed' || (state === 'signed-out' && account !== undefined));
    treeView.badge = badgeOf(troubled.map(({ label }) => label));
  };
  const pointAt = (node: TreeNode | undefined): void => {
    if (node?.kind === 'tag') tree.details.pointAt(node);
  };
  return vscode.Disposable.from(
    tagView.onDidChange(say),
    connections.onDidChange(count),
    treeView.onDidChangeSelection(({ selection }) => pointAt(selection.at(-1))),
    treeView.onDidExpandElement(({ element }) => pointAt(element)),
    treeView.onDidCollapseElement(({ element }) => tree.details.leave(element)),
  );
}

function badgeOf(labels: readonly string[]): vscode.ViewBadge | undefined {
  if (labels.length === 0) return undefined;
  return { value: labels.length, tooltip: vscode.l10n.t('Needs attention: {0}', labels.join(', ')) };
}
