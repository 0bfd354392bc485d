// Lists a layer and reads a file of it with Gantry in a process of its own, and prints what that took as JSON.
//   node --expose-gc test/bench/layerClient.ts <LayerTask as JSON>
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { OpenTransport } from '../../src/core/ports.ts';
import { createTransport } from '../../src/node/transport.ts';
import { openClient } from '../registry/openClient.ts';
import { directNetwork } from '../support/directNetwork.ts';
import { runMain } from '../support/runMain.ts';

export interface LayerTask {
  readonly url: string;
  /** With its tag. */
  readonly reference: string;
  /** Of a file; about the size of the largest layer is known from its list. */
  readonly bytesOfFile: number;
}

export interface LayerCost {
  /** From the call to the list, with the layer's digest verified. */
  readonly listMilliseconds: number;
  /** Requests for the layer, and bytes of bodies. */
  readonly listRequests: number;
  readonly listBytes: number;
  readonly entries: number;
  /** Bytes of the layer that had been read when a hundred entries were known, as a share. */
  readonly shareForHundred: number | undefined;
  readonly readRequests: number;
  readonly readBytes: number;
  readonly readMilliseconds: number;
  readonly secondReadRequests: number;
  readonly secondReadMilliseconds: number;
  /** Bytes of memory above those before. */
  readonly peak: number;
  /** Milliseconds. */
  readonly delayP99: number;
  readonly delayMax: number;
}

void runMain(async () => {
  const task = JSON.parse(process.argv[2] ?? '') as LayerTask;
  const traffic = { requests: 0, bytes: 0 };
  const { gantry, close } = await openClient({ openTransport: countInto(traffic) });
  await gantry.addConnection({ url: task.url });
  await gantry.inspect(task.reference);
  globalThis.gc?.();
  await setTimeout(500);
  const idle = process.memoryUsage.rss();
  let peak = idle;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  const delay = monitorEventLoopDelay({ resolution: 5 });

  delay.enable();
  const before = { ...traffic };
  const started = performance.now();
  let shareForHundred: number | undefined;
  const files = await gantry.openFiles(task.reference, {
    onProgress: ({ entries, read, total }) => {
      if (entries >= 100) shareForHundred ??= read / total;
    },
  });
  const listMilliseconds = performance.now() - started;
  const list = since(before);
  delay.disable();
  clearInterval(watch);
  peak = Math.max(peak, process.memoryUsage.rss());

  const regular: string[] = [];
  let entries = 0;
  for (const node of files.tree.walk(files.tree.root(), { isRecursive: true })) {
    entries++;
    const index = files.tree.index(node);
    const size = index.size(node.id);
    const isWanted = index.type(node.id) === 'file' && size > 0.5 * task.bytesOfFile && size < 2 * task.bytesOfFile;
    if (isWanted) regular.push(Buffer.from(node.path).toString());
  }
  const path = regular[Math.floor(regular.length / 2)] ?? '';
  const first = await read(path);
  const second = await read(path);

  const cost: LayerCost = {
    listMilliseconds,
    listRequests: list.requests,
    listBytes: list.bytes,
    entries,
    shareForHundred,
    readRequests: first.requests,
    readBytes: first.bytes,
    readMilliseconds: first.milliseconds,
    secondReadRequests: second.requests,
    secondReadMilliseconds: second.milliseconds,
    peak: peak - idle,
    delayP99: delay.percentile(99) / 1e6 - 5,
    delayMax: delay.max / 1e6 - 5,
  };
  console.log(JSON.stringify(cost));
  await close();
  process.exit();

  function since(known: Traffic): Traffic {
    return { requests: traffic.requests - known.requests, bytes: traffic.bytes - known.bytes };
  }

  async function read(file: string) {
    const known = { ...traffic };
    const start = performance.now();
    await gantry.readFile(task.reference, file);
    return { milliseconds: performance.now() - start, ...since(known) };
  }
});

interface Traffic {
  requests: number;
  bytes: number;
}

/** The transport of Gantry, with what goes over it counted. */
function countInto(traffic: Traffic): OpenTransport {
  const transport = createTransport({ userAgent: 'gantry/bench', network: () => directNetwork });
  return (options) => {
    const send = transport.open(options);
    return async (request, signal) => {
      traffic.requests++;
      const response = await send(request, signal);
      const { body } = response;
      async function* countedBody(): AsyncGenerator<Uint8Array, void, undefined> {
        for await (const chunk of body) {
          traffic.bytes += chunk.length;
          yield chunk;
        }
      }
      return { ...response, body: countedBody(), discard: () => response.discard() };
    };
  };
}
