import { cancelled, throwIfAborted } from '../../core/errors.ts';
import { imageLimits } from '../../core/image/imageLimits.ts';
import { LayerIndex } from '../../core/image/layerIndex.ts';
import type {
  LayerReader,
  LayerSource,
  ReadLayer,
  ReadLayerOptions,
  ReadToc,
  TocSource,
} from '../../core/image/ports.ts';
import type { ScanLimits } from './layerScan.ts';
import { LayerThread } from './layerThread.ts';
import { gzip, unpackFrom } from './unpackFrom.ts';

/**
 * Bytes sent to the worker at once: little at first, so that something is known soon, then much, since each message takes the
 * processor away from the worker.
 */
const firstChunkSize = 128 * 1024;
const chunkSize = 1024 * 1024;
/** How many of them are on their way at most. */
const chunksUnderWay = 3;

export interface LayerReaderOptions {
  readonly limits?: ScanLimits;
  /** Does not use what is inside Node. */
  readonly usesStreams?: boolean;
}

const defaultLimits: ScanLimits = { unpacked: imageLimits.unpacked, expansion: imageLimits.expansion };

export function createLayerReader(options: LayerReaderOptions = {}): LayerReader {
  return { readLayer: (source, call) => readLayer(source, call, options), readToc, unpackFrom, gzip };
}

async function readToc(source: TocSource, signal: AbortSignal): Promise<ReadToc> {
  throwIfAborted(signal);
  const thread = new LayerThread();
  try {
    thread.send({ kind: 'toc', source });
    const message = await thread.receive(signal);
    if (message.kind !== 'scannedToc') throw new Error(`The thread answered with "${message.kind}".`);
    const { toc, facts } = message.result;
    return { index: new LayerIndex(toc.columns, facts), table: toc.table };
  } catch (error) {
    throw signal.aborted ? cancelled(signal) : error;
  } finally {
    await thread.end();
  }
}

async function readLayer(
  { chunks, size, diffId }: LayerSource,
  { signal, onProgress = () => {} }: ReadLayerOptions,
  { limits = defaultLimits, usesStreams = false }: LayerReaderOptions,
): Promise<ReadLayer> {
  throwIfAborted(signal);
  const thread = new LayerThread();
  const free: ArrayBuffer[] = [];
  let nextSize = firstChunkSize;
  let underWay = 0;
  let read = 0;

  /** Takes back what the worker is done with; waits for it where too much is on its way. */
  async function takeBack(): Promise<void> {
    while (thread.received() !== undefined || underWay === chunksUnderWay) {
      const message = await thread.receive(signal);
      if (message.kind !== 'taken') return;
      underWay--;
      if (message.buffer.byteLength === chunkSize) free.push(message.buffer);
      onProgress({ read, total: size, entries: message.entries, unpacked: message.unpacked });
    }
  }

  function nextBuffer(): ArrayBuffer {
    const known = free.pop();
    if (known !== undefined) return known;
    const length = Math.min(nextSize, Math.max(size - read, firstChunkSize));
    nextSize = Math.min(4 * nextSize, chunkSize);
    return new ArrayBuffer(length);
  }

  try {
    thread.send({ kind: 'begin', options: { size, diffId, limits, usesStreams } });
    let buffer: ArrayBuffer | undefined;
    let filled = 0;
    const post = (): void => {
      if (buffer === undefined) return;
      thread.send({ kind: 'chunk', buffer, length: filled }, [buffer]);
      underWay++;
      buffer = undefined;
      filled = 0;
    };
    for await (const chunk of chunks) {
      throwIfAborted(signal);
      for (let start = 0; start < chunk.length; ) {
        if (buffer === undefined) {
          await takeBack();
          buffer = nextBuffer();
        }
        const part = chunk.subarray(start, start + buffer.byteLength - filled);
        new Uint8Array(buffer).set(part, filled);
        filled += part.length;
        start += part.length;
        read += part.length;
        if (filled === buffer.byteLength) post();
      }
    }
    post();
    thread.send({ kind: 'end' });
    for (;;) {
      const message = await thread.receive(signal);
      if (message.kind === 'scanned') {
        const { columns, facts, points } = message.layer;
        onProgress({ read, total: size, entries: facts.entries, unpacked: facts.unpacked });
        return { index: new LayerIndex(columns, facts), points };
      }
    }
  } catch (error) {
    throw signal.aborted ? cancelled(signal) : error;
  } finally {
    await thread.end();
  }
}
