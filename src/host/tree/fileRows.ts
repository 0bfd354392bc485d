import * as vscode from 'vscode';
import type { FileEntry, ImageDetails } from '../../api.ts';
import { printable } from '../../core/printable.ts';
import { fileUri, type ImagePlace, imagePlace } from '../files/imageUris.ts';
import { targetOf } from '../files/linkTarget.ts';
import { formatDateTime, formatSize } from '../present.ts';
import type { Services } from '../services.ts';
import { type FileNode, type FilesNode, type FolderNode, fileNode, isFolder, nameOf } from './fileNodes.ts';
import { contextValue } from './flags.ts';
import { moreNode, noticeNode, type PlatformNode, type TagNode, type TreeNode } from './nodes.ts';

/** What is in a folder: folders first, then by name. */
export interface LoadedFolder {
  readonly kind: 'folder';
  readonly image: ImagePlace;
  readonly found: readonly FoundFile[];
  /** Rows. */
  readonly shown: number;
}

type FoundFile = Pick<FileNode, 'entry' | 'target'>;

const { Collapsed, None } = vscode.TreeItemCollapsibleState;
const byName = new Intl.Collator('en', { numeric: true });

/** Where the files of an image are that a tag or platform shows; `undefined` for what is no image. */
export function placeOfImage(
  services: Services,
  node: TagNode | PlatformNode,
  image: ImageDetails,
): ImagePlace | undefined {
  if (image.config === undefined || image.layers.length === 0) return undefined;
  const { reference, connection } = node.kind === 'tag' ? node : node.parent;
  return imagePlace(services, { reference, connectionId: connection.id }, image.platformDigest ?? image.digest);
}

/** Reads what is in a folder. The first time the layers are read, which shows a progress that can be cancelled. */
export async function loadFolder(services: Services, node: FolderNode, shown: number): Promise<LoadedFolder> {
  if (node.place === undefined) return { kind: 'folder', image: { reference: '' }, found: [], shown };
  const folder = node.kind === 'file' ? node.place.path : '';
  const image = imageOf(node, node.place);
  const files = await services.images.open(image);
  const { items } = files.list({ folder, limit: Number.POSITIVE_INFINITY });
  const found = distinct(items).map((entry) => ({ entry, target: targetOf(files, entry) }));
  found.sort(
    (a, b) => Number(isFolderEntry(b)) - Number(isFolderEntry(a)) || byName.compare(a.entry.path, b.entry.path),
  );
  return { kind: 'folder', image, found, shown };
}

function imageOf(node: FolderNode, { reference, connectionId, layer }: ImagePlace): ImagePlace {
  const digest = node.kind === 'layer' ? node.layer.digest : layer;
  return {
    reference,
    ...(connectionId !== undefined && { connectionId }),
    ...(digest !== undefined && { layer: digest }),
  };
}

/** Names that are no UTF-8 can look the same, and VS Code takes each row once. The first can be opened. */
function distinct(entries: readonly FileEntry[]): readonly FileEntry[] {
  const seen = new Set<string>();
  return entries.filter(({ type, path }) => {
    const name = `${type === 'whiteout' ? '-' : '/'}${path}`;
    return !seen.has(name) && seen.add(name);
  });
}

export function folderRows(node: FolderNode, { image, found, shown }: LoadedFolder): TreeNode[] {
  if (found.length === 0) return [noticeNode(node, 'info', vscode.l10n.t('Nothing is in it.'))];
  const rows: TreeNode[] = found.slice(0, shown).map((file) => fileNode(node, image, file));
  if (rows.length < found.length) rows.push(moreNode(node, rows.length, found.length));
  return rows;
}

export function filesItem(_node: FilesNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Files'), Collapsed);
  item.iconPath = new vscode.ThemeIcon('root-folder');
  item.tooltip = vscode.l10n.t('What a container of the image sees. Its layers are read when you open it, once.');
  item.contextValue = 'files';
  item.accessibilityInformation = { label: vscode.l10n.t('Files of the image') };
  return item;
}

export function fileItem(node: FileNode): vscode.TreeItem {
  const { entry, target, place } = node;
  const isOpenable = isFolder(node);
  const item = new vscode.TreeItem(labelOf(entry), isOpenable ? Collapsed : None);
  const uri = fileUri(place, place.path);
  item.description = factOf(entry, target);
  item.tooltip = tooltipOf(node);
  item.contextValue = contextValue(kindOf(node));
  item.accessibilityInformation = { label: accessibleName(node, item.description) };
  if (entry.type === 'whiteout') {
    item.iconPath = new vscode.ThemeIcon('diff-removed');
    return item;
  }
  item.resourceUri = uri;
  item.iconPath = isOpenable ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  if (target?.type === 'file') {
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open File'), arguments: [uri] };
  }
  return item;
}

function isFolderEntry({ target }: FoundFile): boolean {
  return target?.type === 'directory';
}

/** For menus. */
function kindOf(node: FileNode): string {
  if (node.entry.type === 'whiteout') return 'whiteout';
  if (isFolder(node)) return 'folder';
  return node.target?.type === 'file' ? 'file' : 'special';
}

const opaque = '.wh..wh..opq';

function labelOf(entry: FileEntry): string {
  const isAll = entry.type === 'whiteout' && nameOf(entry) === opaque;
  return isAll ? vscode.l10n.t('all that was here before') : printable(nameOf(entry));
}

function factOf({ type, link = '' }: FileEntry, target: FileEntry | undefined): string {
  switch (type) {
    case 'whiteout':
      return vscode.l10n.t('removed');
    case 'symlink':
    case 'hardlink': {
      const arrow = `${type === 'symlink' ? '→' : '='} ${printable(link)}`;
      return target === undefined ? vscode.l10n.t('{0}, which is not there', arrow) : arrow;
    }
    case 'device':
      return vscode.l10n.t('device');
    case 'fifo':
      return vscode.l10n.t('pipe');
    case 'directory':
      return '';
    case 'file':
      return formatSize(target?.size ?? 0);
  }
}

/** As text: all of it comes from the image. */
function tooltipOf({ entry, target }: FileNode): string {
  const { path, mode, uid, gid, mtime, type, layer } = entry;
  const facts = [`/${path}`];
  if (type !== 'whiteout') {
    facts.push(vscode.l10n.t('{0}, owner {1}:{2}', mode.toString(8).padStart(4, '0'), uid, gid));
    const date = new Date(mtime * 1000);
    // Folders that no layer brings have none.
    if (mtime !== 0 && !Number.isNaN(date.getTime())) facts.push(formatDateTime(date.toISOString()));
  }
  if (target?.type === 'file') facts.push(formatSize(target.size));
  facts.push(vscode.l10n.t('From the layer {0}', layer));
  return facts.join('\n');
}

function accessibleName(node: FileNode, fact: string): string {
  const name = labelOf(node.entry);
  const kind = isFolder(node) ? vscode.l10n.t('Folder {0}', name) : vscode.l10n.t('File {0}', name);
  return fact === '' ? kind : `${kind}, ${fact}`;
}
