/** Runs in a thread of its own: unpacks and lists one layer, whose bytes the extension host sends. */
import { parentPort } from 'node:worker_threads';
import { isRegistryError } from '../../core/errors.ts';
import type { FromWorker, ToWorker } from './layerMessages.ts';
import { LayerScan } from './layerScan.ts';
import { scanToc } from './tocScan.ts';

let scan: LayerScan | undefined;
/** Chunks wait for the one before, which may take turns of the event loop. */
let line: Promise<void> = Promise.resolve();

parentPort?.on('message', (message: ToWorker) => {
  line = line.then(() => take(message)).catch(fail);
});

async function take(message: ToWorker): Promise<void> {
  if (message.kind === 'begin') {
    scan = new LayerScan(message.options);
    return;
  }
  if (message.kind === 'toc') {
    const result = scanToc(message.source);
    send({ kind: 'scannedToc', result }, buffersOf(result.toc.columns, result.toc.table));
    return;
  }
  if (scan === undefined) return;
  if (message.kind === 'chunk') {
    const { buffer, length } = message;
    await scan.push(new Uint8Array(buffer, 0, length));
    send({ kind: 'taken', buffer, entries: scan.entries, unpacked: scan.unpacked }, [buffer]);
    return;
  }
  const layer = await scan.finish();
  scan = undefined;
  send({ kind: 'scanned', layer }, buffersOf(layer.columns, layer.points ?? {}));
}

/** They go to the other thread without being copied. */
function buffersOf(...records: readonly object[]): readonly ArrayBuffer[] {
  const columns = records.flatMap((record): readonly unknown[] => Object.values(record));
  const buffers = columns.flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []));
  return [...new Set(buffers)];
}

function fail(error: unknown): void {
  // Chunks that are on their way yet belong to what has failed.
  scan = undefined;
  const code = isRegistryError(error) ? error.code : 'protocol';
  const message = error instanceof Error ? error.message : String(error);
  send({ kind: 'failed', code, message }, []);
}

function send(message: FromWorker, transfer: readonly ArrayBuffer[]): void {
  parentPort?.postMessage(message, transfer);
}
