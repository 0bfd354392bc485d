import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { MoreNode, NoticeNode, RegistryNode, RepositoryNode, TagNode, TreeNode } from './nodes.ts';

/** How a node looks. `contextValue` is a type with `+flags` in any order; menus match them by look-ahead. */
export function treeItem(node: TreeNode): vscode.TreeItem {
  switch (node.kind) {
    case 'registry':
      return registryItem(node);
    case 'repository':
      return repositoryItem(node);
    case 'tag':
      return tagItem(node);
    case 'more':
      return moreItem(node);
    case 'notice':
      return noticeItem(node);
  }
}

function registryItem({ id, connection }: RegistryNode): vscode.TreeItem {
  const { label, url, account, state } = connection;
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon(state === 'failed' || state === 'signed-out' ? 'warning' : 'server');
  const address = url.replace(/^https:\/\//, '');
  const parts = [address === label ? undefined : address, account, stateWord(state)];
  item.description = parts.filter((part) => part !== undefined).join(' · ');
  item.tooltip = [url, account, stateWord(state)].filter((part) => part !== undefined).join('\n');
  item.contextValue = `registry+${state}`;
  item.accessibilityInformation = { label: vscode.l10n.t('Registry {0}, {1}', label, item.description) };
  return item;
}

function stateWord(state: RegistryNode['connection']['state']): string | undefined {
  if (state === 'signed-out') return vscode.l10n.t('signed out');
  if (state === 'failed') return vscode.l10n.t('not reachable');
  return undefined;
}

function repositoryItem({ id, repository }: RepositoryNode): vscode.TreeItem {
  const item = new vscode.TreeItem(repository.name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon('repo');
  item.tooltip = repository.reference;
  item.contextValue = 'repository';
  return item;
}

function tagItem(node: TagNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.name, vscode.TreeItemCollapsibleState.None);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon('tag');
  item.tooltip = node.reference;
  item.contextValue = 'tag';
  item.command = { command: commandIds.showImage, title: vscode.l10n.t('Show Image'), arguments: [node] };
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Load more'), vscode.TreeItemCollapsibleState.None);
  const count = (value: number): string => value.toLocaleString(vscode.env.language);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.description =
    node.total === undefined
      ? vscode.l10n.t('{0} shown', count(node.shown))
      : vscode.l10n.t('{0} of {1}', count(node.shown), count(node.total));
  item.contextValue = 'more';
  item.command = { command: commandIds.loadMore, title: vscode.l10n.t('Load more'), arguments: [node] };
  return item;
}

function noticeItem(node: NoticeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.message, vscode.TreeItemCollapsibleState.None);
  item.id = node.id;
  item.tooltip = node.message;
  item.contextValue = node.severity;
  item.accessibilityInformation = { label: node.message };
  if (node.severity === 'error') {
    item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    item.command = { command: commandIds.refresh, title: vscode.l10n.t('Try Again'), arguments: [node] };
  } else {
    item.iconPath = new vscode.ThemeIcon('info');
  }
  return item;
}
