import type { Descriptor, FileEntry, FileOptions, ListFilesOptions, Page } from '../api.ts';
import { RegistryError } from './errors.ts';
import { readContent } from './image/fileContent.ts';
import { formatPosition, parsePosition, toFileEntry } from './image/fileEntry.ts';
import type { LayerIndex } from './image/layerIndex.ts';
import { layerKey } from './image/layerKinds.ts';
import { LayerLibrary } from './image/layerLibrary.ts';
import { type LayerToRead, type OpenBlob, readWhole } from './image/layerSource.ts';
import { MergedTree, type TreeNode } from './image/mergedTree.ts';
import type { ImagePorts, LayerProgress } from './image/ports.ts';
import { resolveHardLink, resolvePath } from './image/resolvePath.ts';
import { printable } from './printable.ts';
import { limits } from './registry/limits.ts';
import { runAtOnce } from './transfer/runAtOnce.ts';

/** One platform's image, as far as its files need it. */
export interface LayeredImage {
  /** For messages. */
  readonly reference: string;
  /** Of its manifest. */
  readonly digest: string;
  readonly layers: readonly Descriptor[];
  /** Of each layer's archive, where the config tells them all. */
  readonly diffIds: readonly string[];
  readonly openBlob: OpenBlob;
}

export interface OpenFilesOptions {
  readonly signal: AbortSignal;
  /** Digest of a layer, or its number from 0. All layers merged when absent. */
  readonly layer?: string | number | undefined;
  /** Of all layers that have to be read, together. */
  readonly onProgress?: ((progress: LayerProgress) => void) | undefined;
}

/** More at once make each slower. */
const layersAtOnce = 2;

/** Lists and reads what is inside images: the use cases of the tree, the panels, the file system and the API. */
export class ImageFiles {
  readonly #ports: ImagePorts;
  readonly #library: LayerLibrary;

  constructor(ports: ImagePorts) {
    this.#ports = ports;
    this.#library = new LayerLibrary(ports);
  }

  /**
   * Reads the lists of the layers, those that are known from memory or disk.
   *
   * Errors: `unsupported` where a layer is no archive of files or is not in the registry, `invalid` and `not-found` for
   * `layer`, `digest-mismatch`, `protocol`, `too-large`, and those of fetching.
   */
  async open(image: LayeredImage, options: OpenFilesOptions): Promise<OpenedFiles> {
    const chosen = options.layer === undefined ? undefined : layerNumber(image, options.layer);
    const numbers = chosen === undefined ? image.layers.map((_, number) => number) : [chosen];
    const layers = numbers.map((number) => layerOf(image, number));
    const progress = new Map<number, LayerProgress>();
    const indexes: LayerIndex[] = [];
    await runAtOnce([...layers.keys()], { atOnce: layersAtOnce, signal: options.signal }, async (place, signal) => {
      const layer = layers[place];
      if (layer === undefined) return;
      const onProgress = (one: LayerProgress): void => {
        progress.set(place, one);
        options.onProgress?.(sumOf(progress.values()));
      };
      indexes[place] = await this.#library.index(layer, { signal, onProgress });
    });
    return new OpenedFiles({ ports: this.#ports, library: this.#library }, image, {
      layers,
      tree: new MergedTree(indexes, { showsWhiteouts: chosen !== undefined }),
    });
  }
}

interface OpenedTree {
  /** From the bottom up. */
  readonly layers: readonly LayerToRead[];
  readonly tree: MergedTree;
}

/** The files of an image, or of one of its layers. Everything but contents is answered without a request. */
export class OpenedFiles {
  readonly image: LayeredImage;
  readonly tree: MergedTree;
  readonly #context: { readonly ports: ImagePorts; readonly library: LayerLibrary };
  readonly #layers: readonly LayerToRead[];
  readonly #digests: readonly string[];

  constructor(
    context: { readonly ports: ImagePorts; readonly library: LayerLibrary },
    image: LayeredImage,
    { layers, tree }: OpenedTree,
  ) {
    this.#context = context;
    this.image = image;
    this.#layers = layers;
    this.#digests = layers.map(({ descriptor }) => descriptor.digest);
    this.tree = tree;
  }

  /** What is at a path; the last link of it is followed only where `followsLast`. Rejects with `not-found`, `invalid`. */
  stat(path: string, { followsLast = false } = {}): FileEntry {
    return this.#entry(resolvePath(this.tree, path, { followsLast }));
  }

  /** A page of what is in a folder, links on the way to it followed. */
  list(options: Pick<ListFilesOptions, 'folder' | 'recursive' | 'limit' | 'cursor'>): Page<FileEntry> {
    const { folder: path = '', recursive = false, limit = limits.pageSize, cursor } = options;
    const folder = resolvePath(this.tree, path, { followsLast: true });
    if (!this.tree.isFolder(folder)) throw notAFolder(path);
    const position = cursor === undefined ? undefined : parsePosition(cursor);
    if (cursor !== undefined && position?.manifest !== this.image.digest) throw badCursor();
    const most = Math.max(1, Math.trunc(limit));
    const items: FileEntry[] = [];
    let last: TreeNode | undefined;
    const { after, isAfterWhiteout } = position ?? {};
    for (const node of this.tree.walk(folder, { isRecursive: recursive, after, isAfterWhiteout })) {
      if (items.length === most && last !== undefined) {
        const isWhiteout = items.at(-1)?.type === 'whiteout';
        const next = { manifest: this.image.digest, after: last.path, isAfterWhiteout: isWhiteout };
        return { items, cursor: formatPosition(next) };
      }
      items.push(this.#entry(node));
      last = node;
    }
    return { items };
  }

  /**
   * The content of a file, links followed inside the image. It is kept on disk: a second time makes no request.
   *
   * Errors: `not-found`, `invalid` for what is no file, `too-large`, `digest-mismatch`, and those of fetching.
   */
  async read(path: string, signal: AbortSignal): Promise<Uint8Array> {
    const found = resolvePath(this.tree, path, { followsLast: true });
    const node = resolveHardLink(this.tree, found, path);
    const index = this.tree.index(node);
    const type = index.type(node.id);
    if (type !== 'file') throw notAFile(path, type);
    const layer = this.#layers[node.layer];
    if (layer === undefined) throw notAFile(path, type);
    const key = `file-${layerKey(layer.descriptor.digest)}-${node.id}`;
    const { ports, library } = this.#context;
    const stored = await ports.store.read(key, signal);
    if (stored !== undefined && stored.size === index.size(node.id)) return readWhole(stored.chunks);
    const content = await readContent(this.#context, { layer, index, id: node.id }, signal);
    await library.writeStore(key, [content], signal);
    return content;
  }

  /** What has the content at a path: all links followed, also from a hard link to the file that it is another name of. */
  target(path: string): FileEntry {
    const found = resolvePath(this.tree, path, { followsLast: true });
    return this.#entry({ ...found, ...resolveHardLink(this.tree, found, path) });
  }

  /** Where a path was written last: the digest of its layer. */
  layerOf(path: string): string {
    return this.stat(path).layer;
  }

  #entry(node: TreeNode): FileEntry {
    return toFileEntry(this.tree, node, this.#digests);
  }
}

function layerNumber({ layers, reference }: LayeredImage, layer: NonNullable<FileOptions['layer']>): number {
  const number =
    typeof layer === 'number' ? layer : layers.findIndex(({ digest }) => digest.toLowerCase() === layer.toLowerCase());
  if (Number.isInteger(number) && number >= 0 && number < layers.length) return number;
  const name = printable(String(layer));
  throw new RegistryError('not-found', `${reference} has no layer ${name}. It has ${layers.length}, from 0 up.`);
}

function layerOf({ layers, diffIds, openBlob, reference }: LayeredImage, number: number): LayerToRead {
  const descriptor = layers[number];
  if (descriptor === undefined) throw new RegistryError('not-found', `${reference} has no layer ${number}.`);
  return { descriptor, diffId: diffIds.length === layers.length ? diffIds[number] : undefined, openBlob };
}

function sumOf(all: Iterable<LayerProgress>): LayerProgress {
  const sum = { read: 0, total: 0, entries: 0, unpacked: 0 };
  for (const one of all) {
    sum.read += one.read;
    sum.total += one.total;
    sum.entries += one.entries;
    sum.unpacked += one.unpacked;
  }
  return sum;
}

function notAFolder(path: string): RegistryError {
  return new RegistryError('invalid', `"${printable(path)}" is no folder. Read it as a file.`);
}

function notAFile(path: string, type: string): RegistryError {
  const what = { directory: 'a folder', device: 'a device', fifo: 'a pipe' }[type] ?? 'no file';
  const next = type === 'directory' ? 'List what is in it.' : 'It has no content.';
  return new RegistryError('invalid', `"${printable(path)}" is ${what}. ${next}`);
}

function badCursor(): RegistryError {
  return new RegistryError('invalid', 'The cursor is of another list. List the files from the start.');
}
