import { once } from 'node:events';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { RegistryError } from '../../core/errors.ts';

/** Unpacks with the streams that Node documents. */
export interface Unpacker {
  push(chunk: Uint8Array): Promise<void>;
  /** Whether it has ended where its format ends. */
  end(): Promise<boolean>;
}

const chunkSize = 256 * 1024;

/** Rejects with `protocol` for what cannot be unpacked, or with what `take` throws. */
export function streamUnpacker(compression: 'gzip' | 'zstd', take: (bytes: Uint8Array) => void): Unpacker {
  const stream = compression === 'gzip' ? createGunzip({ chunkSize }) : zstdStream();
  let failure: unknown;
  stream.on('data', (bytes: Uint8Array) => {
    try {
      if (failure === undefined) take(bytes);
    } catch (error) {
      failure = error;
      stream.destroy();
    }
  });
  stream.on('error', (error) => {
    failure ??= new RegistryError(
      'protocol',
      `The layer cannot be unpacked: ${error.message}. Push the image again, or tell whoever did.`,
      { cause: error },
    );
  });
  const closed = once(stream, 'close');
  return {
    push: async (chunk) => {
      const written = new Promise<void>((resolve) => {
        stream.write(chunk, () => resolve());
      });
      await Promise.race([written, closed]);
      if (failure !== undefined) throw failure;
    },
    end: async () => {
      stream.end();
      await closed;
      if (failure === undefined) return true;
      if (failure instanceof RegistryError && isEarlyEnd(failure.cause)) return false;
      throw failure;
    },
  };
}

function zstdStream() {
  if (typeof createZstdDecompress !== 'function') {
    throw new RegistryError(
      'unsupported',
      'The layer is packed with Zstandard, which this VS Code cannot unpack. VS Code 1.101 or newer can.',
    );
  }
  return createZstdDecompress({ chunkSize });
}

/** Told when there is no more input in the middle of something. */
function isEarlyEnd(error: unknown): boolean {
  return error instanceof Error && (error as Error & { readonly code?: string }).code === 'Z_BUF_ERROR';
}
