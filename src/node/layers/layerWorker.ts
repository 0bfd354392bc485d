/** Runs in a thread of its own: unpacks and lists one layer, whose bytes the extension host sends. */
import { parentPort } from 'node:worker_threads';
import { isRegistryError } from '../../core/errors.ts';
import type { FromWorker, ToWorker } from './layerMessages.ts';
import { LayerScan } from './layerScan.ts';

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
  if (scan === undefined) return;
  if (message.kind === 'chunk') {
    const { buffer, length } = message;
    await scan.push(new Uint8Array(buffer, 0, length));
    send({ kind: 'taken', buffer, entries: scan.entries, unpacked: scan.unpacked }, [buffer]);
    return;
  }
  const layer = await scan.finish();
  scan = undefined;
  const columns = [...Object.values(layer.columns), ...Object.values(layer.points ?? {})];
  const buffers = columns.flatMap((column: unknown) => (ArrayBuffer.isView(column) ? [column.buffer] : []));
  send({ kind: 'scanned', layer }, [...new Set(buffers)] as ArrayBuffer[]);
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
