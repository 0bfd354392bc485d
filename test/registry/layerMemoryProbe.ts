// Lists a gzip layer in a process of its own, and prints what memory that took, in bytes, as JSON.
//   node --expose-gc <bundle of this> <file>
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { packLayerIndex } from '../../src/core/image/layerIndexFile.ts';
import { MergedTree } from '../../src/core/image/mergedTree.ts';
import { createLayerReader } from '../../src/node/layers/layerReader.ts';
import { runMain } from '../support/runMain.ts';
import { file, writeTar } from '../support/tarWriter.ts';

void runMain(async () => {
  const path = process.argv[2] ?? '';
  const { signal } = new AbortController();
  const reader = createLayerReader();
  const small = gzipSync(writeTar([file('a', 'x')]));
  await reader.readLayer({ chunks: inOne(small), size: small.length, diffId: undefined }, { signal });
  globalThis.gc?.();
  const idle = process.memoryUsage.rss();
  let peak = idle;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  const { size: stored } = await stat(path);
  const { index } = await reader.readLayer(
    { chunks: createReadStream(path), size: stored, diffId: undefined },
    { signal },
  );
  peak = Math.max(peak, process.memoryUsage.rss());
  clearInterval(watch);
  const size = packLayerIndex(index).reduce((sum, { length }) => sum + length, 0);
  const tree = new MergedTree([index]);
  let found = 0;
  for (const _ of tree.walk(tree.root(), { isRecursive: true })) found++;
  console.log(JSON.stringify({ peak: peak - idle, size, found }));
});

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
