import { toText } from '../../core/image/byteOrder.ts';
import { measureEfficiency } from '../../core/image/efficiency.ts';
import {
  type FolderItem,
  type FolderSizes,
  folderItems,
  measureFolders,
  totalOf,
} from '../../core/image/folderSizes.ts';
import type { MergedTree, TreeNode } from '../../core/image/mergedTree.ts';
import { resolvePath } from '../../core/image/resolvePath.ts';
import type { OpenedFiles } from '../../core/imageFiles.ts';
import type { EfficiencyView, FolderItemView, FolderView, InsideView } from '../../messages.ts';
import type { ImagePlace } from '../files/imageUris.ts';
import { layerProgress } from '../files/layerProgress.ts';
import { createPause } from '../pause.ts';
import type { Services } from '../services.ts';
import { LazyView } from './lazyView.ts';

type Inside = Extract<InsideView, { readonly kind: 'inside' }>;

/** Rows of a folder that are shown; the others are summed up. */
const mostItems = 100;
/** Folders of which the picture shows what is in them, and how much of it. */
const itemsWithParts = 24;
const mostParts = 12;
/** Paths that waste the most. */
const mostWasted = 50;

/** What takes the space in the image of a panel, and what of it is wasted. All layers are read for it, once. */
export class ImageInside {
  readonly #services: Services;
  readonly #part: LazyView<Inside>;
  #place: ImagePlace | undefined;
  #opened: { readonly tree: MergedTree; readonly sizes: FolderSizes } | undefined;

  constructor(services: Services, reference: string, changed: () => void) {
    this.#services = services;
    this.#part = new LazyView(services, `What is inside ${reference}`, changed);
  }

  /** `undefined` for what is no image. */
  get view(): InsideView | undefined {
    return this.#place === undefined ? undefined : this.#part.view;
  }

  /** For another image. What is open is read anew. */
  prepare(place: ImagePlace | undefined): void {
    if (place?.reference === this.#place?.reference) return;
    const wasOpen = this.#part.isOpen;
    this.#part.close();
    this.#place = place;
    this.#opened = undefined;
    if (wasOpen && place !== undefined) void this.open();
  }

  async open(): Promise<void> {
    const place = this.#place;
    if (place === undefined) return;
    await this.#part.open(async (signal, report) => {
      const files = await this.#services.gantry.openFiles(place.reference, {
        signal,
        ...(place.connectionId !== undefined && { connectionId: place.connectionId }),
        onProgress: (progress) => report(layerProgress(progress)),
      });
      const { tree } = files;
      const isDue = createPause();
      const pause = async (): Promise<void> => {
        signal.throwIfAborted();
        await isDue();
      };
      const sizes = await measureFolders(tree, pause);
      const efficiency = await measureEfficiency(tree.layers, pause);
      this.#opened = { tree, sizes };
      return {
        kind: 'inside',
        efficiency: efficiencyView(files, efficiency),
        folder: folderView(tree, sizes, tree.root()),
      };
    });
  }

  close(): void {
    this.#part.close();
  }

  openFolder(path: string): void {
    const { view } = this.#part;
    if (view.kind !== 'inside' || this.#opened === undefined) return;
    const { tree, sizes } = this.#opened;
    const folder = resolvePath(tree, path, { followsLast: false });
    if (tree.isFolder(folder)) this.#part.change({ ...view, folder: folderView(tree, sizes, folder) });
  }
}

function efficiencyView(
  files: OpenedFiles,
  { score, wasted, paths }: Awaited<ReturnType<typeof measureEfficiency>>,
): EfficiencyView {
  const shown = paths.slice(0, mostWasted).map(({ path, size, layers }) => ({
    path,
    size,
    layers: layers.map((layer) => layer + 1),
    isOpenable: isFile(files, path),
  }));
  return { score, wasted, paths: shown, left: paths.length - shown.length };
}

function isFile(files: OpenedFiles, path: string): boolean {
  try {
    return files.target(path).type === 'file';
  } catch {
    return false;
  }
}

function folderView(tree: MergedTree, sizes: FolderSizes, folder: TreeNode): FolderView {
  const all = folderItems(tree, sizes, folder);
  const left = all.slice(mostItems);
  const items = all.slice(0, mostItems).map((item, place): FolderItemView => {
    const { name, kind, size, files } = item;
    return { name, kind, size, files, parts: place < itemsWithParts ? partsOf(tree, sizes, item) : [] };
  });
  return {
    path: toText(folder.path),
    ...totalOf(sizes, folder),
    items,
    left: { count: left.length, size: left.reduce((sum, { size }) => sum + size, 0) },
  };
}

function partsOf(tree: MergedTree, sizes: FolderSizes, { kind, path }: FolderItem): FolderItemView['parts'] {
  if (kind !== 'folder') return [];
  const folder = resolvePath(tree, toText(path), { followsLast: false });
  if (!tree.isFolder(folder)) return [];
  return folderItems(tree, sizes, folder)
    .slice(0, mostParts)
    .map(({ name, kind, size }) => ({ name, kind, size }));
}
