// A thread with a process-wide `globalThis` of its own: what it says is not disturbed by what other tests have loaded.
import { parentPort, workerData } from 'node:worker_threads';
import { directNetwork } from '../support/directNetwork.ts';

/** What the thread is told. */
export interface SlotsInput {
  readonly url: string;
  /** Whether somebody has used the built-in `fetch` before, which fills the slots. */
  readonly isFetchUsed: boolean;
}

/** What it answers: the names of the slots that held something else afterwards. */
export interface SlotsOutput {
  readonly filledBefore: readonly string[];
  readonly changed: readonly string[];
}

/** Where undici, and so the built-in `fetch`, keeps the agent of the process. */
const slots = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'];
const read = (): readonly unknown[] => slots.map((name) => Reflect.get(globalThis, Symbol.for(name)));

const { url, isFetchUsed } = workerData as SlotsInput;
if (isFetchUsed) await (await fetch(url)).arrayBuffer();
const before = read();

const { createTransport } = await import('../../src/node/transport.ts');
const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
const { signal } = new AbortController();
const send = transport.open({ registry: new URL(url) });
const response = await send({ method: 'GET', url: new URL(url), headers: {} }, signal);
for await (const _chunk of response.body);
await transport.dispose();

const after = read();
const output: SlotsOutput = {
  filledBefore: slots.filter((_, index) => before[index] !== undefined),
  changed: slots.filter((_, index) => before[index] !== after[index]),
};
parentPort?.postMessage(output);
