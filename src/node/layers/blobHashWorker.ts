/** Runs in a thread of its own: hashes blobs, several at a time, whose bytes the extension host sends. */
import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { FromHashThread, ToHashThread } from './blobHash.ts';

const hashes = new Map<number, Hash>();

parentPort?.on('message', (message: ToHashThread) => {
  const { id } = message;
  if (message.kind === 'begin') {
    hashes.set(id, createHash(message.algorithm));
    return;
  }
  const hash = hashes.get(id);
  if (message.kind === 'block') {
    const { block, length } = message;
    hash?.update(new Uint8Array(block, 0, length));
    send({ kind: 'taken', id, block }, [block]);
    return;
  }
  hashes.delete(id);
  if (message.kind === 'end' && hash !== undefined) send({ kind: 'digest', id, hex: hash.digest('hex') });
});

function send(message: FromHashThread, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
