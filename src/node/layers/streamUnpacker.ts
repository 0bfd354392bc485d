import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { RegistryError } from '../../core/errors.ts';

/** Unpacks with the streams that Node documents. */
export interface Unpacker {
  push(chunk: Uint8Array): Promise<void>;
  /** Whether it has ended where its format ends. */
  end(): Promise<boolean>;
}

const chunkSize = 256 * 1024;
/** Zstandard can make 15,000 times as much of what it gets. */
const zstdPiece = 4096;

/** Rejects with `protocol` for what cannot be unpacked, or with what `take` throws. */
export function streamUnpacker(compression: 'gzip' | 'zstd', take: (bytes: Uint8Array) => void): Unpacker {
  const create = (): StreamState =>
    openStream(compression === 'gzip' ? createGunzip({ chunkSize }) : zstdStream(), take);
  let state = create();
  return {
    push: async (chunk) => {
      const size = compression === 'zstd' ? zstdPiece : chunk.length;
      for (let start = 0; start < chunk.length; ) {
        const piece = chunk.subarray(start, start + size);
        const consumed = await write(state, piece);
        start += consumed;
        if (compression === 'gzip' || consumed === piece.length) {
          start += piece.length - consumed;
          continue;
        }
        // Node's stream ends with the first frame of Zstandard, and a layer may have many.
        state.stream.destroy();
        state = create();
      }
    },
    end: async () => {
      state.stream.end();
      await state.closed;
      if (state.failure === undefined) return true;
      if (state.failure instanceof RegistryError && isEarlyEnd(state.failure.cause)) return false;
      throw state.failure;
    },
  };
}

interface StreamState {
  readonly stream: Gunzip | ZstdDecompress;
  readonly closed: Promise<void>;
  failure: unknown;
}

function openStream(stream: StreamState['stream'], take: (bytes: Uint8Array) => void): StreamState {
  // Not by `once` of node:events, which rejects with an error of the stream.
  const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  const state: StreamState = { stream, closed, failure: undefined };
  stream.on('data', (bytes: Uint8Array) => {
    try {
      if (state.failure === undefined) take(bytes);
    } catch (error) {
      state.failure = error;
      stream.destroy();
    }
  });
  stream.on('error', (error: Error) => {
    state.failure ??= new RegistryError(
      'protocol',
      `The layer cannot be unpacked: ${error.message}. Push the image again, or tell whoever did.`,
      { cause: error },
    );
  });
  return state;
}

/** How many bytes were taken: fewer than all where what is packed ends among them. */
async function write(state: StreamState, chunk: Uint8Array): Promise<number> {
  const { stream, closed } = state;
  const before = stream.bytesWritten;
  const written = new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
  await Promise.race([written, closed]);
  if (state.failure !== undefined) throw state.failure;
  return stream.bytesWritten - before;
}

function zstdStream(): ZstdDecompress {
  if (typeof createZstdDecompress === 'function') return createZstdDecompress({ chunkSize });
  throw new RegistryError(
    'unsupported',
    'The layer is packed with Zstandard, which this VS Code cannot unpack. VS Code 1.101 or newer can.',
  );
}

/** Told when there is no more input in the middle of something. */
function isEarlyEnd(error: unknown): boolean {
  return error instanceof Error && (error as Error & { readonly code?: string }).code === 'Z_BUF_ERROR';
}
