import * as vscode from 'vscode';
import { toText } from '../../core/image/byteOrder.ts';
import { type LayerChange, layerChanges } from '../../core/image/layerChanges.ts';
import type { LayerIndex } from '../../core/image/layerIndex.ts';
import type { TreeNode } from '../../core/image/mergedTree.ts';
import { printable } from '../../core/printable.ts';
import type { LayerFilesPage, LayerFilesView, LayerFileView } from '../../messages.ts';
import { fileUri, type ImagePlace } from '../files/imageUris.ts';
import { readLayers } from '../files/readLayers.ts';
import { createPause } from '../pause.ts';
import type { Services } from '../services.ts';
import { LazyView } from './lazyView.ts';

/** Of one image, as a panel shows it. */
export interface LayeredPlace {
  readonly place: ImagePlace;
  /** Its digest. */
  readonly manifest: string;
  /** From the bottom up. */
  readonly digests: readonly string[];
}

interface Changes {
  readonly kind: 'changes';
  readonly counts: LayerFilesPage['counts'];
  readonly items: readonly Change[];
  readonly left: number;
}

interface Change extends LayerFileView {
  /** Of the layer that had it before, of what has changed. */
  readonly beforeLayer: string | undefined;
}

/** Rows that are sent at once. */
const pageLength = 200;
/** Changes that are kept of a layer: nobody pages further. */
const mostChanges = 100_000;

/** What the layers of a panel's image do to those below them: read when a layer is opened, told in pages. */
export class LayerFiles {
  readonly #services: Services;
  readonly #post: (manifest: string, layer: number, files: LayerFilesView) => void;
  readonly #open = new Map<number, LazyView<Changes>>();
  #image: LayeredPlace | undefined;

  constructor(services: Services, post: (manifest: string, layer: number, files: LayerFilesView) => void) {
    this.#services = services;
    this.#post = post;
  }

  prepare(image: LayeredPlace | undefined): void {
    if (image?.manifest === this.#image?.manifest) return;
    this.closeAll();
    this.#image = image;
  }

  /** Reads the layer and those below it the first time, and tells the changes from a place on. */
  async open(layer: number, from: number): Promise<void> {
    const image = this.#image;
    if (image === undefined || image.digests[layer] === undefined) return;
    const known = this.#open.get(layer);
    if (known !== undefined && known.view.kind !== 'failed') return this.#tell(image, layer, from);
    const part = new LazyView<Changes>(this.#services, `Layer ${layer + 1} of ${image.place.reference}`, () => {
      if (this.#open.get(layer) === part) this.#tell(image, layer, 0);
    });
    this.#open.set(layer, part);
    await part.open(async (signal, report) => {
      const layers = await readLayers(this.#services, image.place, layer + 1, { signal, report });
      return changesOf(image, layers, signal);
    });
  }

  close(layer: number): void {
    const part = this.#open.get(layer);
    this.#open.delete(layer);
    part?.close();
    if (this.#image !== undefined) this.#tell(this.#image, layer, 0);
  }

  closeAll(): void {
    for (const layer of [...this.#open.keys()]) this.close(layer);
  }

  /** What has changed opens both sides, all else what the layer has or had. */
  async openFile(layer: number, file: Pick<LayerFileView, 'path' | 'kind'>): Promise<void> {
    const view = this.#open.get(layer)?.view;
    const image = this.#image;
    const digest = image?.digests[layer];
    if (image === undefined || digest === undefined || view?.kind !== 'changes') return;
    const found = view.items.find(({ path, kind }) => path === file.path && kind === file.kind);
    if (found === undefined) return;
    const at = (owner: string): vscode.Uri => fileUri({ ...image.place, layer: owner }, found.path);
    const before = found.beforeLayer === undefined ? undefined : at(found.beforeLayer);
    if (found.kind === 'removed') {
      if (before !== undefined) await vscode.commands.executeCommand('vscode.open', before);
    } else if (before === undefined) await vscode.commands.executeCommand('vscode.open', at(digest));
    else {
      const title = vscode.l10n.t('{0} (Layer {1})', printable(found.path), layer + 1);
      await vscode.commands.executeCommand('vscode.diff', before, at(digest), title);
    }
  }

  #tell({ manifest }: LayeredPlace, layer: number, from: number): void {
    const view = this.#open.get(layer)?.view ?? { kind: 'closed' };
    this.#post(manifest, layer, view.kind === 'changes' ? page(view, from) : view);
  }
}

function page({ counts, items, left }: Changes, from: number): LayerFilesPage {
  const shown = items.slice(from, from + pageLength);
  return {
    kind: 'files',
    counts,
    total: items.length,
    left,
    from,
    items: shown.map(({ beforeLayer: _beforeLayer, ...item }) => item),
  };
}

async function changesOf(
  { digests }: LayeredPlace,
  layers: readonly LayerIndex[],
  signal: AbortSignal,
): Promise<Changes> {
  const counts = { added: 0, changed: 0, removed: 0 };
  const items: Change[] = [];
  let left = 0;
  const pause = createPause();
  for (const change of layerChanges(layers, layers.length - 1)) {
    await pause();
    signal.throwIfAborted();
    // A folder that is new is told by what is in it.
    const item = describe(layers, digests, change);
    if (change.kind === 'added' && item.type === 'folder') continue;
    counts[change.kind]++;
    if (items.length < mostChanges) items.push(item);
    else left++;
  }
  items.sort((a, b) => b.size - a.size);
  return { kind: 'changes', counts, items, left };
}

function describe(
  layers: readonly LayerIndex[],
  digests: readonly string[],
  { kind, path, before, after }: LayerChange,
): Change {
  const node = after ?? before;
  const index = node === undefined ? undefined : layers[node.layer];
  const isFileBefore = before !== undefined && typeOf(layers, before) === 'file';
  return {
    kind,
    path: toText(path),
    type: node === undefined ? 'other' : typeOf(layers, node),
    size: node === undefined || index === undefined ? 0 : index.size(node.id),
    beforeLayer: isFileBefore ? digests[before.layer] : undefined,
  };
}

function typeOf(layers: readonly LayerIndex[], { layer, id }: TreeNode): LayerFileView['type'] {
  switch (layers[layer]?.type(id)) {
    case 'file':
      return 'file';
    case 'directory':
      return 'folder';
    case 'symlink':
    case 'hardlink':
      return 'link';
    default:
      return 'other';
  }
}
