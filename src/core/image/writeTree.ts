import { RegistryError } from '../errors.ts';
import type { FileTree } from '../ports.ts';
import { printable } from '../printable.ts';
import { tarBlockSize } from '../tarHeader.ts';
import { ByteCursor } from './byteCursor.ts';
import { toBytes, toText } from './byteOrder.ts';
import { imageLimits } from './imageLimits.ts';
import { insideLink } from './insideLink.ts';
import type { LayerNode, MergedTree, TreeNode } from './mergedTree.ts';
import { resolveHardLink } from './resolvePath.ts';

/** What of an image a folder of this machine does not get. */
export interface LeftOut {
  /** Devices and pipes; hard links to what is not there; names that this machine cannot have, or has already. */
  readonly kind: 'device' | 'fifo' | 'broken-link' | 'name';
  readonly count: number;
  /** Paths of the first. */
  readonly examples: readonly string[];
}

export interface WrittenTree {
  readonly files: number;
  readonly bytes: number;
  /** Symbolic links whose targets were rewritten, so that they lead to the same place below the folder. */
  readonly changedLinks: number;
  readonly leftOut: readonly LeftOut[];
}

export interface WriteTreeOptions {
  /** The archive of a layer, unpacked, by its number from 0 at the bottom. */
  readonly openLayer: (layer: number) => AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number, path: string) => void;
}

/** A file of a layer, and where it goes to. */
interface Content {
  readonly node: LayerNode;
  /** In the unpacked archive. */
  readonly offset: number;
  readonly paths: Uint8Array[];
}

/** Files of up to so many bytes are written beside each other; it takes longer to open one than to fill it. */
const smallFile = 256 * 1024;
const filesAtOnce = 16;

/**
 * Writes the files of an image into an empty folder: first folders, then files in the order in which they lie in their
 * layers, each layer read once, then names of files, and symbolic links at the very end. So nothing is ever written through
 * a link, whatever the layers hold, and no link leads out of the folder.
 *
 * Errors: `protocol` for a layer that is shorter than its own list, `storage`, `cancelled`, and what layers reject with.
 */
export async function writeTree(tree: MergedTree, target: FileTree, options: WriteTreeOptions): Promise<WrittenTree> {
  const { signal } = options;
  const leftOut = new LeftOutList();
  const folders: TreeNode[] = [];
  const symlinks: TreeNode[] = [];
  const contents = new Map<string, Content>();
  for (const node of tree.walk(tree.root(), { isRecursive: true })) {
    const type = tree.index(node).type(node.id);
    if (type === 'directory') {
      if (await target.folder(node.path)) folders.push(node);
      else leftOut.add('name', node.path);
    } else if (type === 'symlink') symlinks.push(node);
    else if (type === 'file' || type === 'hardlink') addContent(contents, tree, node, leftOut);
    else leftOut.add(type === 'fifo' ? 'fifo' : 'device', node.path);
  }
  const written = await writeContents([...contents.values()], tree, target, leftOut, options);
  for (const { paths } of contents.values()) {
    const [first, ...others] = paths;
    for (const path of others) {
      if (first === undefined || !(await target.hardLink(path, first))) leftOut.add('name', path);
    }
  }
  let changedLinks = 0;
  for (const node of symlinks) {
    const told = tree.index(node).link(node.id) ?? new Uint8Array();
    const link = insideLink(toText(node.path), toText(told));
    const isChanged = link !== toText(told);
    if (isChanged) changedLinks++;
    if (!(await target.symlink(node.path, isChanged ? toBytes(link) : told))) leftOut.add('name', node.path);
  }
  // Inner ones first, and all of them last: whatever is put into a folder changes its time.
  for (const node of folders.toReversed()) {
    const index = tree.index(node);
    await target.describeFolder(node.path, { mode: index.mode(node.id), mtime: index.mtime(node.id) });
  }
  if (signal.aborted) throw new RegistryError('cancelled', 'Cancelled.');
  return { ...written, changedLinks, leftOut: leftOut.items() };
}

/** A file with several names is written once. */
function addContent(contents: Map<string, Content>, tree: MergedTree, node: TreeNode, leftOut: LeftOutList): void {
  let holder: LayerNode;
  try {
    holder = resolveHardLink(tree, node, toText(node.path));
  } catch {
    leftOut.add('broken-link', node.path);
    return;
  }
  const index = tree.index(holder);
  if (index.type(holder.id) !== 'file') {
    leftOut.add('broken-link', node.path);
    return;
  }
  const key = `${holder.layer} ${holder.id}`;
  const known = contents.get(key);
  if (known !== undefined) known.paths.push(node.path);
  else {
    const offset = (index.columns.contents[holder.id] ?? 0) * tarBlockSize;
    contents.set(key, { node: { layer: holder.layer, id: holder.id }, offset, paths: [node.path] });
  }
}

async function writeContents(
  contents: readonly Content[],
  tree: MergedTree,
  target: FileTree,
  leftOut: LeftOutList,
  { openLayer, signal, onBytes }: WriteTreeOptions,
): Promise<Pick<WrittenTree, 'files' | 'bytes'>> {
  let [files, bytes] = [0, 0];
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;

  async function write(path: Uint8Array, content: AsyncIterable<Uint8Array>, node: LayerNode): Promise<void> {
    const index = tree.index(node);
    const size = index.size(node.id);
    const attributes = { mode: index.mode(node.id), mtime: index.mtime(node.id) };
    if (await target.file(path, content, attributes)) {
      files++;
      bytes += size;
    } else leftOut.add('name', path);
    onBytes(size, toText(path));
  }

  for (const layer of tree.layers.keys()) {
    const own = contents.filter(({ node }) => node.layer === layer).sort((a, b) => a.offset - b.offset);
    if (own.length === 0) continue;
    const cursor = new ByteCursor(openLayer(layer));
    try {
      for (const { node, offset, paths } of own) {
        if (signal.aborted) throw new RegistryError('cancelled', 'Cancelled.');
        if (failure !== undefined) throw failure.error;
        const [path] = paths;
        if (path === undefined) continue;
        const content = contentOf(tree, node, cursor, offset);
        if (tree.index(node).size(node.id) > smallFile) {
          await write(path, content, node);
          continue;
        }
        const small = await collect(content);
        if (underWay.size >= filesAtOnce) await Promise.race(underWay);
        const writing: Promise<void> = write(path, inOrder(small), node)
          .catch((error: unknown) => {
            failure ??= { error };
          })
          .finally(() => underWay.delete(writing));
        underWay.add(writing);
      }
    } finally {
      await Promise.all(underWay);
      cursor.close();
    }
  }
  if (failure !== undefined) throw failure.error;
  return { files, bytes };
}

async function* contentOf(
  tree: MergedTree,
  { layer, id }: LayerNode,
  cursor: ByteCursor,
  offset: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const index = tree.index({ layer, id });
  const size = index.size(id);
  const pieces = index.sparse(id) ?? [{ offset: 0, length: size }];
  let [at, from] = [0, offset];
  for (const piece of pieces) {
    yield* zeros(piece.offset - at);
    if (piece.length > 0) yield* cursor.read(from, piece.length);
    from += piece.length;
    at = piece.offset + piece.length;
  }
  yield* zeros(size - at);
}

function* zeros(count: number): Generator<Uint8Array, void, undefined> {
  for (let left = count; left > 0; left -= smallFile) yield new Uint8Array(Math.min(left, smallFile));
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const parts: Uint8Array[] = [];
  // The bytes are of a buffer that is read on.
  for await (const chunk of content) parts.push(chunk.slice());
  return parts;
}

async function* inOrder(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* parts;
}

class LeftOutList {
  readonly #items = new Map<LeftOut['kind'], { count: number; readonly examples: string[] }>();

  add(kind: LeftOut['kind'], path: Uint8Array): void {
    const known = this.#items.get(kind) ?? { count: 0, examples: [] };
    known.count++;
    if (known.examples.length < imageLimits.warningExamples) known.examples.push(printable(toText(path)));
    this.#items.set(kind, known);
  }

  items(): readonly LeftOut[] {
    return [...this.#items].map(([kind, { count, examples }]) => ({ kind, count, examples }));
  }
}
