// Lists a layer of so many empty files in a process of its own, and prints what memory that took, in bytes, as JSON.
//   node --expose-gc test/registry/layerMemoryProbe.ts <entries>
import { packLayerIndex } from '../../src/core/image/layerIndexFile.ts';
import { MergedTree } from '../../src/core/image/mergedTree.ts';
import { createLayerReader } from '../../src/node/layers/layerReader.ts';
import { rawHeader } from '../support/rawTar.ts';

const filesInFolder = 1000;

const entries = Number(process.argv[2]);
await list(1000);
globalThis.gc?.();
const idle = process.memoryUsage.rss();
let peak = idle;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 10);
const index = await list(entries);
peak = Math.max(peak, process.memoryUsage.rss());
clearInterval(watch);
const size = packLayerIndex(index).reduce((sum, { length }) => sum + length, 0);
const tree = new MergedTree([index]);
let found = 0;
for (const _ of tree.walk(tree.root(), { isRecursive: true })) found++;
console.log(JSON.stringify({ peak: peak - idle, size, found }));

async function list(count: number) {
  const source = { chunks: archive(count), size: count * 512, diffId: undefined };
  const { index } = await createLayerReader().readLayer(source, { signal: new AbortController().signal });
  return index;
}

/** Headers alone, since the files are empty: one is made, and the others differ from it in their name. */
async function* archive(count: number): AsyncGenerator<Uint8Array, void, undefined> {
  const header = rawHeader({ path: 'folder-0000/file-000000' });
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  const nameSum = header.subarray(0, 23).reduce((total, byte) => total + byte, 0);
  const headersAtOnce = 128;
  // One buffer for all, so that what the source takes is not counted.
  const buffer = Buffer.alloc(headersAtOnce * 512);
  for (let start = 0; start < count; start += headersAtOnce) {
    const length = Math.min(headersAtOnce, count - start);
    const chunk = buffer.subarray(0, length * 512);
    for (let at = 0; at < length; at++) {
      const number = start + at;
      const folder = String(Math.floor(number / filesInFolder)).padStart(4, '0');
      header.write(`folder-${folder}/file-${String(number % 1_000_000).padStart(6, '0')}`, 0, 'latin1');
      const name = header.subarray(0, 23).reduce((total, byte) => total + byte, 0);
      header.write(`${(sum - nameSum + name).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
      header.copy(chunk, at * 512);
    }
    yield chunk;
  }
}
