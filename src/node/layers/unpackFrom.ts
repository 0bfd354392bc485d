import { Readable, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw, createZstdDecompress, inflateRawSync } from 'node:zlib';
import { RegistryError } from '../../core/errors.ts';
import { resumePrefix, windowSize } from '../../core/image/inflateResume.ts';
import type { PackedPart } from '../../core/image/ports.ts';

const chunkSize = 256 * 1024;
/** Behind deflate's end in a gzip member: a checksum and a length. */
const gzipTrailer = 8;

/** See LayerReader. Whoever has what it wants stops reading: the rest is not unpacked. */
export async function* unpackFrom(part: PackedPart): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (part.kind === 'deflate') yield* inflateFrom(part);
    else yield* through(part.kind === 'gzip' ? createGunzip({ chunkSize }) : zstdStream(), part.chunks);
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
  const dictionary = inflateRawSync(part.window, { maxOutputLength: windowSize });
  const inflate = createInflateRaw({ dictionary, chunkSize });
  const all: Uint8Array[] = [resumePrefix(part.bits, part.previousByte)];
  for await (const chunk of part.chunks) all.push(chunk);
  const input = Buffer.concat(all);
  yield* through(inflate, [input]);
  // Where a member of gzip ends, the next begins with a header of its own.
  const rest = input.subarray(inflate.bytesWritten + gzipTrailer);
  if (rest.length > 0) yield* through(createGunzip({ chunkSize }), [rest]);
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

function zstdStream(): Transform {
  if (typeof createZstdDecompress !== 'function') {
    throw new RegistryError(
      'unsupported',
      'The layer is packed with Zstandard, which this VS Code cannot unpack. VS Code 1.101 or newer can.',
    );
  }
  return createZstdDecompress({ chunkSize });
}
