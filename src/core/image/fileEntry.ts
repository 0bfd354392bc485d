import type { FileEntry } from '../../api.ts';
import { toText } from './byteOrder.ts';
import type { MergedTree, TreeNode } from './mergedTree.ts';
import { pathParts } from './pathParts.ts';

/** An entry as the API tells it. `digests` are those of the layers, from the bottom up. */
export function toFileEntry(tree: MergedTree, node: TreeNode, digests: readonly string[]): FileEntry {
  const index = tree.index(node);
  const type = index.type(node.id);
  const link = index.link(node.id);
  return {
    path: toText(node.path),
    type,
    size: index.size(node.id),
    mode: index.mode(node.id),
    uid: index.uid(node.id),
    gid: index.gid(node.id),
    mtime: index.mtime(node.id),
    ...(link !== undefined && { link: type === 'hardlink' ? plainPath(link) : toText(link) }),
    layer: digests[node.layer] ?? '',
  };
}

/** The target of a hard link is a path like that of an entry. */
function plainPath(link: Uint8Array): string {
  const parts = pathParts(link);
  return parts === undefined ? toText(link) : parts.map(toText).join('/');
}

/** Where a list goes on: behind a path, which need not be text. */
export interface ListPosition {
  /** Digest of the manifest, so that all pages are of the same image. */
  readonly manifest: string;
  readonly after: Uint8Array;
  readonly isAfterWhiteout: boolean;
}

export function formatPosition({ manifest, after, isAfterWhiteout }: ListPosition): string {
  const hex = Array.from(after, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${manifest} ${isAfterWhiteout ? 'w' : 'e'}${hex}`;
}

export function parsePosition(cursor: string): ListPosition | undefined {
  const [, manifest, kind, hex] = /^(\S+) ([ew])((?:[0-9a-f]{2})*)$/.exec(cursor) ?? [];
  if (manifest === undefined || hex === undefined) return undefined;
  const after = Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
  return { manifest, after, isAfterWhiteout: kind === 'w' };
}
