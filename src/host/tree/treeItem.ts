import * as vscode from 'vscode';
import type { RepositoryAbility } from '../../core/abilities.ts';
import { shortDigest } from '../../core/oci/digest.ts';
import { commandLine, readLayerCommand } from '../../core/oci/layerCommand.ts';
import { formatSize } from '../present.ts';
import { moreItem, offerItem, openItem, pagesItem, unknownItem } from './actionItems.ts';
import { fileItem, filesItem } from './fileRows.ts';
import { contextValue, repositoryFlags } from './flags.ts';
import {
  connectionOf,
  type LayerNode,
  type NamespaceNode,
  type NoticeNode,
  type PlatformNode,
  type RepositoryNode,
  type TreeNode,
} from './nodes.ts';
import { present } from './presentParts.ts';
import { registryItem } from './registryItem.ts';
import { rowCommand } from './rowCommand.ts';
import { tagItem } from './tagItem.ts';
import { namespaceTooltip, repositoryTooltip } from './tooltips.ts';
import { untaggedImageItem, untaggedItem } from './untaggedItems.ts';

const { Collapsed, None } = vscode.TreeItemCollapsibleState;

/** How a node looks. `contextValue` is a type with `+flags` in any order; menus match them by look-ahead. */
export function treeItem(
  node: TreeNode,
  abilities: ReadonlySet<RepositoryAbility>,
  more: { readonly untagged?: number | undefined } = {},
): vscode.TreeItem {
  const item = describe(node, abilities, more.untagged);
  item.id = node.id;
  return item;
}

function describe(
  node: TreeNode,
  abilities: ReadonlySet<RepositoryAbility>,
  untagged: number | undefined,
): vscode.TreeItem {
  switch (node.kind) {
    case 'registry':
      return registryItem(node, []);
    case 'namespace':
      return namespaceItem(node);
    case 'repository':
      return repositoryItem(node, abilities);
    case 'tag':
      return tagItem(node, abilities);
    case 'platform':
      return platformItem(node);
    case 'layer':
      return layerItem(node);
    case 'files':
      return filesItem(node);
    case 'file':
      return fileItem(node);
    case 'untagged':
      return untaggedItem(node, untagged);
    case 'untaggedImage':
      return untaggedImageItem(node, abilities);
    case 'more':
      return moreItem(node);
    case 'pages':
      return pagesItem(node);
    case 'unknown':
      return unknownItem(node);
    case 'open':
      return openItem(node);
    case 'notice':
      return noticeItem(node);
    case 'offer':
      return offerItem(node);
  }
}

function namespaceItem({ name, summary }: NamespaceNode): vscode.TreeItem {
  const item = new vscode.TreeItem(name, Collapsed);
  const upstream = summary?.upstream;
  item.iconPath = new vscode.ThemeIcon(upstream === undefined ? 'folder-library' : 'mirror');
  if (upstream !== undefined) item.description = cacheWord(upstream);
  if (summary !== undefined) item.tooltip = namespaceTooltip(summary);
  item.contextValue = 'namespace';
  item.accessibilityInformation = {
    label: present([vscode.l10n.t('Namespace {0}', name), item.description]).join(', '),
  };
  return item;
}

function repositoryItem(
  { parent, repository, isPinned, tagCount }: RepositoryNode,
  abilities: ReadonlySet<RepositoryAbility>,
): vscode.TreeItem {
  const { name, upstream } = repository;
  const isGrouped = parent.kind === 'namespace' && name.startsWith(`${parent.name}/`);
  const item = new vscode.TreeItem(isGrouped ? name.slice(parent.name.length + 1) : name, Collapsed);
  item.iconPath = new vscode.ThemeIcon(isPinned ? 'pinned' : upstream === undefined ? 'repo' : 'mirror');
  const cache = upstream === undefined ? undefined : cacheWord(upstream);
  item.description = present([cache, tagCount]).join(' · ');
  item.tooltip = repositoryTooltip(repository);
  item.contextValue = contextValue('repository', isPinned ? 'pinned' : undefined, ...repositoryFlags(abilities));
  item.accessibilityInformation = {
    label: present([vscode.l10n.t('Repository {0}', name), cache]).join(', '),
  };
  return item;
}

/** Of a pull-through cache. */
function cacheWord(upstream: string): string {
  return vscode.l10n.t('cache of {0}', upstream);
}

function platformItem(node: PlatformNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.platform, Collapsed);
  item.iconPath = new vscode.ThemeIcon('chip');
  item.contextValue = 'platform';
  item.accessibilityInformation = { label: vscode.l10n.t('Platform {0}', node.platform) };
  item.command = rowCommand();
  return item;
}

function layerItem({ number, layer, place }: LayerNode): vscode.TreeItem {
  const item = new vscode.TreeItem(formatSize(layer.size), place === undefined ? None : Collapsed);
  item.iconPath = new vscode.ThemeIcon('layers');
  item.description =
    layer.command === undefined ? shortDigest(layer.digest) : commandLine(readLayerCommand(layer.command));
  item.tooltip = present([vscode.l10n.t('Layer {0}', number), layer.digest, layer.mediaType, layer.command]).join('\n');
  item.contextValue = 'layer';
  item.accessibilityInformation = { label: vscode.l10n.t('Layer {0}, {1}', number, formatSize(layer.size)) };
  return item;
}

function noticeItem(node: NoticeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(withoutHost(node), None);
  item.tooltip = node.message;
  item.contextValue = node.severity;
  item.accessibilityInformation = { label: node.message };
  if (node.severity === 'info') item.iconPath = new vscode.ThemeIcon('info');
  else item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  if (node.severity === 'trust') {
    item.iconPath = new vscode.ThemeIcon('shield', new vscode.ThemeColor('list.warningForeground'));
  }
  if (node.severity !== 'info') item.command = rowCommand();
  return item;
}

/** A row has little room, and the host stands above it; tooltip and screen reader have the whole sentence. */
function withoutHost(node: NoticeNode): string {
  const { host } = new URL(connectionOf(node).url);
  if (host === '' || !node.message.startsWith(`${host} `)) return node.message;
  const rest = node.message.slice(host.length + 1);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
