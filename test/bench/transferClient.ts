// Pulls or copies an image with Gantry in a process of its own, and prints what that took as JSON.
//   node --expose-gc test/bench/transferClient.ts <TransferTask as JSON>
import { setTimeout } from 'node:timers/promises';
import { createFiles } from '../../src/node/files.ts';
import { openClient } from '../registry/openClient.ts';

export interface TransferTask {
  /** With its tag. */
  readonly source: string;
  /** A reference, or the absolute path of a folder for an OCI image layout. */
  readonly target: string;
}

export interface TransferCost {
  readonly milliseconds: number;
  /** Bytes of memory above those before. */
  readonly peak: number;
}

const { source, target } = JSON.parse(process.argv[2] ?? '') as TransferTask;
const { gantry, close } = await openClient({ files: createFiles() });
await gantry.inspect(source);
globalThis.gc?.();
await setTimeout(300);
const idle = process.memoryUsage.rss();
let peak = idle;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 10);
const started = performance.now();
if (target.startsWith('/')) await gantry.pull(source, { destination: { folder: target } });
else await gantry.copy(source, target, { referrers: false });
const milliseconds = performance.now() - started;
clearInterval(watch);
const cost: TransferCost = { milliseconds, peak: peak - idle };
console.log(JSON.stringify(cost));
await close();
process.exit();
