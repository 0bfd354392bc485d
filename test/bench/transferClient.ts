// Pulls or copies an image with Gantry in a process of its own, and prints what that took as JSON.
//   node --expose-gc test/bench/transferClient.ts <TransferTask as JSON>
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { createFiles } from '../../src/node/files.ts';
import { openClient } from '../registry/openClient.ts';
import { runMain } from '../support/runMain.ts';

export interface TransferTask {
  /** With its tag. */
  readonly source: string;
  /** A reference, or the absolute path of a folder for an OCI image layout. */
  readonly target: string;
}

export interface TransferCost {
  readonly milliseconds: number;
  /** Of the processor, in all threads. */
  readonly processorMilliseconds: number;
  /** Bytes of memory above those before. */
  readonly peak: number;
  /** Of the event loop, in milliseconds. */
  readonly delayP99: number;
  readonly delayMax: number;
}

/** Milliseconds between two looks at the event loop: so many are no delay. */
const resolution = 5;

void runMain(async () => {
  const { source, target } = JSON.parse(process.argv[2] ?? '') as TransferTask;
  const { gantry, close } = await openClient({ files: createFiles() });
  await gantry.inspect(source);
  globalThis.gc?.();
  await setTimeout(300);
  const idle = process.memoryUsage.rss();
  let peak = idle;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 25);
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const before = process.cpuUsage();
  const started = performance.now();
  if (target.startsWith('/')) await gantry.pull(source, { destination: { folder: target } });
  else await gantry.copy(source, target, { referrers: false });
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  clearInterval(watch);
  const beyond = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);
  const cost: TransferCost = {
    milliseconds,
    processorMilliseconds: (user + system) / 1000,
    peak: peak - idle,
    delayP99: beyond(delay.percentile(99)),
    delayMax: beyond(delay.max),
  };
  console.log(JSON.stringify(cost));
  await close();
  process.exit();
});
