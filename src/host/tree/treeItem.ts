import * as vscode from 'vscode';
import type { ConnectionState, TagSummary } from '../../api.ts';
import type { RepositoryAbility } from '../../core/abilities.ts';
import { cacheKind, engineKind, localKind, takesPushes } from '../../core/adapters/kinds.ts';
import { registryOf } from '../../core/connectionUrl.ts';
import type { CredentialSource } from '../../core/credential.ts';
import { shortDigest } from '../../core/oci/digest.ts';
import { commandLine, readLayerCommand } from '../../core/oci/layerCommand.ts';
import { dockerHub } from '../../core/oci/reference.ts';
import { endText, sourceName } from '../loginWords.ts';
import { machineName } from '../machineName.ts';
import { formatDate, formatSize } from '../present.ts';
import { fileItem, filesItem } from './fileRows.ts';
import { contextValue, repositoryFlags, tagFlags } from './flags.ts';
import {
  connectionOf,
  type LayerNode,
  type MoreNode,
  type NamespaceNode,
  type NoticeNode,
  type OfferNode,
  type OpenNode,
  type PagesNode,
  type PlatformNode,
  type RegistryNode,
  type RepositoryNode,
  type TagNode,
  type TreeNode,
  type UnknownNode,
} from './nodes.ts';
import { rowCommand } from './rowCommand.ts';
import { namespaceTooltip, repositoryTooltip, tagTooltip } from './tooltips.ts';
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
      return describeRegistry(node, []);
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

/** Milliseconds before its end from which a row says that a login ends. */
export const expiryNotice = 60 * 60 * 1000;

/** `notices` is what the registry wants its users to know, a line each. */
export function registryItem(node: RegistryNode, notices: readonly string[]): vscode.TreeItem {
  const item = describeRegistry(node, notices);
  item.id = node.id;
  return item;
}

function describeRegistry({ connection, login }: RegistryNode, notices: readonly string[]): vscode.TreeItem {
  const { label, url, state, tls, adapterId } = connection;
  const account = connection.account ?? login?.account;
  const item = new vscode.TreeItem(label, Collapsed);
  const isInsecure = tls?.insecure === true;
  const isTroubled = state === 'failed' || state === 'signed-out';
  item.iconPath = new vscode.ThemeIcon(isTroubled ? 'warning' : isInsecure ? 'unlock' : 'server');
  const address = addressOf(url);
  const end = login?.expiresAt;
  const isEnding = end !== undefined && end - Date.now() <= expiryNotice;
  const who = [account, isEnding ? endText(end) : undefined];
  const facts = [
    isInsecure ? vscode.l10n.t('not verified') : undefined,
    connection.readOnly ? vscode.l10n.t('read-only') : undefined,
    adapterId === cacheKind.id ? vscode.l10n.t('pull-through cache') : undefined,
    stateWord(state),
    noticeCount(notices.length),
  ];
  // The account first: it tells rows of one registry apart, and a narrow view cuts what is last.
  item.description = present([...who, address === label ? undefined : address, ...facts]).join(' · ');
  const warning = vscode.l10n.t(
    'The certificate of this registry is not verified: anybody on the way could pose as it.',
  );
  item.tooltip = present([
    url,
    account,
    login && loginFacts(login),
    isInsecure ? warning : undefined,
    stateWord(state),
    ...notices,
  ]).join('\n');
  const isRemote = localKind(url) === undefined;
  const facets = [
    ...[state, connection.account && 'account', isRemote ? 'remote' : 'local'],
    connection.readOnly ? 'readOnly' : undefined,
    !connection.readOnly && takesPushes(adapterId) ? 'writable' : undefined,
  ];
  item.contextValue = contextValue('registry', ...facets, `kind:${connection.adapterId}`);
  item.accessibilityInformation = {
    label: present([vscode.l10n.t('Registry {0}', label), item.description]).join(', '),
  };
  return item;
}

/** As people know it; a container engine has none that says anything. */
function addressOf(url: string): string | undefined {
  if (localKind(url) === engineKind) return undefined;
  return registryOf(url) === dockerHub ? dockerHub : url.replace(/^https:\/\//, '');
}

function noticeCount(count: number): string | undefined {
  if (count === 0) return undefined;
  return count === 1 ? vscode.l10n.t('1 notice') : vscode.l10n.t('{0} notices', count);
}

/** Where a login comes from, and when it ends. */
function loginFacts(login: CredentialSource): string {
  const { expiresAt } = login;
  const facts = [sourceName(login), expiresAt === undefined ? undefined : endText(expiresAt)];
  return vscode.l10n.t('Login: {0}', present(facts).join(' · '));
}

function stateWord(state: ConnectionState): string | undefined {
  if (state === 'signed-out') return vscode.l10n.t('signed out');
  if (state === 'failed') return vscode.l10n.t('not reachable');
  return undefined;
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

function tagItem(node: TagNode, abilities: ReadonlySet<RepositoryAbility>): vscode.TreeItem {
  const { tag, reference, isWatched, isGroup, sameImage = [] } = node;
  const item = new vscode.TreeItem(isGroup === true ? [tag.name, ...sameImage].join(', ') : tag.name, Collapsed);
  const isProtected = (tag.protectedFrom ?? []).length > 0;
  item.iconPath = new vscode.ThemeIcon(isProtected ? 'lock' : isWatched === true ? 'eye' : 'tag');
  const others = isGroup === true ? undefined : sameImageText(node);
  const facts = [...present([movedText(node)]), ...tagFacts(tag), ...present([others])];
  item.description = facts.join(' · ');
  item.tooltip = present([tagTooltip(reference, tag), sameImageText(node), movedFromText(node)]).join('\n');
  item.contextValue = contextValue('tag', ...rowFlags(node), ...tagFlags(abilities, tag));
  const lock = isProtected ? [vscode.l10n.t('locked')] : [];
  item.accessibilityInformation = {
    label: [vscode.l10n.t('Tag {0}', item.label as string), ...facts, ...lock].join(', '),
  };
  item.command = rowCommand();
  return item;
}

function rowFlags({ isWatched, movedFrom }: TagNode): readonly (string | undefined)[] {
  return [isWatched === true ? 'watched' : undefined, movedFrom === undefined ? undefined : 'moved'];
}

/** Tags of one image that a row names; the tooltip of a row is no place for hundreds. */
const namedTags = 5;

/** `= latest, 1.27`: what else the image is called. */
function sameImageText({ sameImage = [] }: TagNode): string | undefined {
  if (sameImage.length === 0) return undefined;
  const names = sameImage.slice(0, namedTags).join(', ');
  const others = sameImage.length - namedTags;
  return others > 0 ? vscode.l10n.t('= {0} and {1} more', names, others) : `= ${names}`;
}

function movedText({ movedFrom }: TagNode): string | undefined {
  return movedFrom === undefined ? undefined : vscode.l10n.t('moved');
}

function movedFromText({ movedFrom }: TagNode): string | undefined {
  return movedFrom === undefined
    ? undefined
    : vscode.l10n.t('It has moved since you looked last: it was {0}.', movedFrom);
}

/** What is known of it; nothing is asked for. */
function tagFacts({ digest, size, createdAt, pushedAt }: TagSummary): string[] {
  const date = pushedAt ?? createdAt;
  return present([
    date === undefined ? undefined : formatDate(date),
    size === undefined ? undefined : formatSize(size),
    digest === undefined ? undefined : shortDigest(digest),
  ]);
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

function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Load more'), None);
  const count = (value: number): string => value.toLocaleString(vscode.env.language);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.description =
    node.total === undefined
      ? vscode.l10n.t('{0} shown', count(node.shown))
      : vscode.l10n.t('{0} of {1}', count(node.shown), count(node.total));
  item.contextValue = 'more';
  item.command = rowCommand();
  return item;
}

function pagesItem(node: PagesNode): vscode.TreeItem {
  const count = (value: number): string => value.toLocaleString(vscode.env.language);
  const isReading = node.state === 'reading';
  const title = isReading ? vscode.l10n.t('Reading more tags… Click to stop.') : vscode.l10n.t('Load all tags');
  const item = new vscode.TreeItem(title, None);
  item.iconPath = new vscode.ThemeIcon(isReading ? 'loading~spin' : 'cloud-download');
  item.description =
    node.total === undefined
      ? vscode.l10n.t('{0} so far', count(node.read))
      : vscode.l10n.t('{0} of {1}', count(node.read), count(node.total));
  item.contextValue = node.state;
  item.command = rowCommand();
  return item;
}

function unknownItem(node: UnknownNode): vscode.TreeItem {
  const count = node.count.toLocaleString(vscode.env.language);
  const title = vscode.l10n.t('{0} tags are not looked at yet. Click to load them.', count);
  const item = new vscode.TreeItem(title, None);
  item.iconPath = new vscode.ThemeIcon('question');
  item.tooltip = [
    title,
    vscode.l10n.t('Whether they match, and where they stand, is known once their images are read.'),
  ].join('\n');
  // Else screen readers would be told the tooltip, as one line.
  item.accessibilityInformation = { label: title };
  item.contextValue = 'unknown';
  item.command = rowCommand();
  return item;
}

function openItem(_node: OpenNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Open an image by name…'), None);
  item.iconPath = new vscode.ThemeIcon('go-to-file');
  item.contextValue = 'open';
  item.command = rowCommand();
  return item;
}

function offerItem(node: OfferNode): vscode.TreeItem {
  const names = [...new Set(node.registries.map(({ registry }) => registry))];
  const [first = '', second = ''] = names;
  const label =
    names.length === 1
      ? vscode.l10n.t('Add {0}…', first)
      : names.length === 2
        ? vscode.l10n.t('Add {0} and {1}…', first, second)
        : vscode.l10n.t('Add {0} and {1} others…', first, names.length - 1);
  const item = new vscode.TreeItem(label, None);
  item.iconPath = new vscode.ThemeIcon('key');
  item.description = vscode.l10n.t('logged in on {0}', machineName());
  item.tooltip = [
    vscode.l10n.t('Docker or Podman on {0} is logged in to these registries:', machineName()),
    ...node.registries.map(({ registry, path, account }) => present([registry + path, account]).join(' · ')),
    vscode.l10n.t('Their logins are used where they are.'),
  ].join('\n');
  item.contextValue = 'offer';
  item.accessibilityInformation = { label: `${label} ${item.description}` };
  item.command = rowCommand();
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

function present(parts: readonly (string | boolean | undefined)[]): string[] {
  return parts.filter((part): part is string => typeof part === 'string' && part !== '');
}
