// A thread with a process-wide `globalThis` of its own: what it says is not disturbed by what other tests have loaded.
import * as tls from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { directNetwork } from '../support/directNetwork.ts';

/** What the thread is told. */
export interface SlotsInput {
  readonly url: string;
  /** Whether somebody has used the built-in `fetch` before, which fills the slots. */
  readonly isFetchUsed: boolean;
}

/** What it answers: the names of the slots, and of what else is shared, that were something else afterwards. */
export interface SlotsOutput {
  readonly filledBefore: readonly string[];
  readonly changed: readonly string[];
}

/** Where undici, and so the built-in `fetch`, keeps the agent of the process. */
const slots = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'];
const readSlots = (): readonly unknown[] => slots.map((name) => Reflect.get(globalThis, Symbol.for(name)));

// An import of `node:http` would look at all that it exports, and so load the `WebSocket` of the built-in undici.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** What else all extensions share, by name. */
const readShared = (): Readonly<Record<string, unknown>> => ({
  'http.globalAgent': http.globalAgent,
  'http.request': http.request,
  'https.globalAgent': https.globalAgent,
  'https.request': https.request,
  'tls.connect': tls.connect,
  authorities: tls.getCACertificates('default').join(),
  'process.env': JSON.stringify(process.env),
});

const { url, isFetchUsed } = workerData as SlotsInput;
if (isFetchUsed) await (await fetch(url)).arrayBuffer();
const before = readSlots();
const sharedBefore = readShared();

const { createTransport } = await import('../../src/node/transport.ts');
const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
const { signal } = new AbortController();
const send = transport.open({ registry: new URL(url) });
const response = await send({ method: 'GET', url: new URL(url), headers: {} }, signal);
for await (const _chunk of response.body);
await transport.dispose();

const after = readSlots();
const sharedAfter = readShared();
const output: SlotsOutput = {
  filledBefore: slots.filter((_, index) => before[index] !== undefined),
  changed: [
    ...slots.filter((_, index) => before[index] !== after[index]),
    ...Object.keys(sharedBefore).filter((name) => sharedBefore[name] !== sharedAfter[name]),
  ],
};
parentPort?.postMessage(output);
