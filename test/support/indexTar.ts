import type { FileEntry } from '../../src/api.ts';
import { toFileEntry } from '../../src/core/image/fileEntry.ts';
import { type LayerFacts, LayerIndex } from '../../src/core/image/layerIndex.ts';
import { LayerIndexer } from '../../src/core/image/layerIndexer.ts';
import { MergedTree } from '../../src/core/image/mergedTree.ts';

/** The index of an archive, read in pieces of a size. */
export function indexTar(tar: Uint8Array, pieceSize = tar.length): LayerIndex {
  const indexer = new LayerIndexer();
  for (let start = 0; start < tar.length; start += pieceSize) indexer.push(tar.subarray(start, start + pieceSize));
  const { columns, contents, entries, warnings } = indexer.finish();
  const facts: LayerFacts = {
    source: 'archive',
    compression: 'none',
    unpacked: tar.length,
    contents,
    entries,
    warnings,
  };
  return new LayerIndex(columns, facts);
}

/** Everything in the layers merged, or with whiteouts where there is one alone. */
export function listAll(...layers: readonly LayerIndex[]): readonly FileEntry[] {
  const tree = new MergedTree(layers, { showsWhiteouts: layers.length === 1 });
  const digests = layers.map((_, number) => `layer ${number}`);
  return [...tree.walk(tree.root(), { isRecursive: true })].map((node) => toFileEntry(tree, node, digests));
}

/** `type path` of each, and `-> link`. */
export function linesOf(entries: readonly FileEntry[]): readonly string[] {
  return entries.map(({ type, path, link }) => `${type} ${path}${link === undefined ? '' : ` -> ${link}`}`);
}
