import type { FileEntry } from '../../api.ts';
import type { FilePlace, ImagePlace } from '../files/imageUris.ts';
import type { LayerNode, PlatformNode, TagNode } from './nodes.ts';

/** All files of an image, as its layers make them together. */
export interface FilesNode {
  readonly kind: 'files';
  readonly id: string;
  readonly parent: TagNode | PlatformNode;
  readonly place: ImagePlace;
}

/** A file, folder or link in an image or in one of its layers. */
export interface FileNode {
  readonly kind: 'file';
  readonly id: string;
  readonly parent: FilesNode | LayerNode | FileNode;
  readonly place: FilePlace;
  readonly entry: FileEntry;
  /** What its links lead to; absent where they lead nowhere. */
  readonly target: FileEntry | undefined;
}

export type FolderNode = FilesNode | LayerNode | FileNode;

export function filesNode(parent: TagNode | PlatformNode, place: ImagePlace): FilesNode {
  return { kind: 'files', id: `${parent.id}|!files`, parent, place };
}

export function fileNode(parent: FolderNode, image: ImagePlace, found: Pick<FileNode, 'entry' | 'target'>): FileNode {
  const name = nameOf(found.entry);
  const folder = parent.kind === 'file' ? `${parent.place.path}/` : '';
  // A layer can remove something and bring another of the same name.
  const mark = found.entry.type === 'whiteout' ? '-' : '/';
  const place = { ...image, path: `${folder}${name}` };
  return {
    kind: 'file',
    id: `${parent.id}|${mark}${name.replace(/[%|]/g, encodeURIComponent)}`,
    parent,
    place,
    ...found,
  };
}

export function isFolder({ target }: FileNode): boolean {
  return target?.type === 'directory';
}

export function nameOf({ path }: Pick<FileEntry, 'path'>): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The tag or platform that a row about files is in. */
export function imageNodeOf(node: FolderNode): TagNode | PlatformNode {
  return node.kind === 'file' ? imageNodeOf(node.parent) : node.parent;
}
