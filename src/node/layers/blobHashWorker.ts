/** Runs in a thread of its own: hashes blobs, several at a time, whose bytes the extension host sends. */
import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { FromHashThread, ToHashThread } from './blobHash.ts';

interface Content {
  readonly hash: Hash;
  readonly blocks: SharedArrayBuffer;
}

const contents = new Map<number, Content>();

parentPort?.on('message', (message: ToHashThread) => {
  const { id } = message;
  if (message.kind === 'begin') {
    contents.set(id, { hash: createHash(message.algorithm), blocks: message.blocks });
    return;
  }
  const content = contents.get(id);
  if (content === undefined) return;
  const { hash, blocks } = content;
  if (message.kind === 'bytes') {
    hash.update(new Uint8Array(blocks, message.start, message.length));
    send({ kind: 'taken', id });
    return;
  }
  contents.delete(id);
  if (message.kind === 'end') send({ kind: 'digest', id, hex: hash.digest('hex') });
});

function send(message: FromHashThread): void {
  parentPort?.postMessage(message);
}
