import { Readable, type Transform } from 'node:stream';
import { createGunzip, createGzip, createInflateRaw } from 'node:zlib';
import { RegistryError } from '../../core/errors.ts';
import { resumePrefix } from '../../core/image/inflateResume.ts';
import type { PackedPart } from '../../core/image/ports.ts';
import { streamUnpacker } from './streamUnpacker.ts';

const chunkSize = 256 * 1024;
/** Behind deflate's end in a gzip member: a checksum and a length. */
const gzipTrailer = 8;

/** See LayerReader. Whoever has what it wants stops reading: the rest is not unpacked. */
export async function* unpackFrom(part: PackedPart): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (part.kind === 'deflate') yield* inflateFrom(part);
    else if (part.kind === 'gzip') yield* through(createGunzip({ chunkSize }), part.chunks);
    else yield* zstdFrames(part.chunks);
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    // A part ends where the next begins, in the middle of what zlib knows.
    if ((error as { readonly code?: string }).code === 'Z_BUF_ERROR') return;
    throw new RegistryError('protocol', 'A part of the layer cannot be unpacked. Look at the image again.', {
      cause: error,
    });
  }
}

async function* inflateFrom(
  part: PackedPart & { readonly kind: 'deflate' },
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflate = createInflateRaw({ dictionary: part.window, chunkSize });
  const all: Uint8Array[] = [resumePrefix(part.bits, part.previousByte)];
  for await (const chunk of part.chunks) all.push(chunk);
  const input = Buffer.concat(all);
  yield* through(inflate, [input]);
  // Where a member of gzip ends, the next begins with a header of its own.
  const rest = input.subarray(inflate.bytesWritten + gzipTrailer);
  if (rest.length > 0) yield* through(createGunzip({ chunkSize }), [rest]);
}

async function* zstdFrames(chunks: PackedPart['chunks']): AsyncGenerator<Uint8Array, void, undefined> {
  const unpacked: Uint8Array[] = [];
  const unpacker = streamUnpacker('zstd', (bytes) => unpacked.push(bytes));
  for await (const chunk of chunks) {
    await unpacker.push(chunk);
    yield* unpacked.splice(0);
  }
  await unpacker.end();
  yield* unpacked;
}

/** See LayerReader. */
export function gzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return through(createGzip({ chunkSize, level: 6 }), chunks);
}

async function* through(stream: Transform, chunks: PackedPart['chunks']): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(chunks, { objectMode: true });
  source.on('error', (error) => stream.destroy(error));
  source.pipe(stream);
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } finally {
    source.destroy();
    stream.destroy();
  }
}
