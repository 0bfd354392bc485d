import { constants, createGunzip, createInflateRaw, createZstdDecompress, gzipSync } from 'node:zlib';

/**
 * Node's own zlib without its streams: it can be told to stop where a block ends, and needs no turn of the event loop for
 * each piece. This is inside Node and may change, so it is tried before it is used ({@link hasInflateHandles}).
 */
export interface InflateHandle {
  /**
   * Unpacks from `input`, beginning at `start`, into `output`, until one of them ends or, with `stopsAtBlock`, so does a
   * block. Throws an Error for what cannot be unpacked.
   */
  step(input: Uint8Array, start: number, output: Uint8Array, outputStart: number, flush: Flush): Step;
  close(): void;
}

/** `block` stops where a block ends; `finish` says that there is no more input. */
export type Flush = 'none' | 'block' | 'finish';

export interface Step {
  readonly consumed: number;
  readonly produced: number;
}

interface NodeHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputLength: number,
    output: Uint8Array,
    outputStart: number,
    outputLength: number,
  ): void;
  onerror: (message: string, code: number, name: string) => void;
  close(): void;
}

const flushes: Readonly<Record<Flush, number>> = {
  none: constants.Z_NO_FLUSH,
  block: constants.Z_BLOCK,
  finish: constants.Z_FINISH,
};

export function gunzipHandle(): InflateHandle | undefined {
  return wrap(createGunzip());
}

export function zstdHandle(): InflateHandle | undefined {
  // Node has it since 22.15.
  return typeof createZstdDecompress === 'function' ? wrap(createZstdDecompress(), { isZstd: true }) : undefined;
}

export function inflateRawHandle(dictionary: Uint8Array): InflateHandle | undefined {
  return wrap(createInflateRaw({ dictionary }));
}

let isTried: boolean | undefined;

/** Whether this Node's zlib does what is expected of it. */
export function hasInflateHandles(): boolean {
  isTried ??= tryHandles();
  return isTried;
}

function tryHandles(): boolean {
  try {
    const text = Buffer.from('Gantry '.repeat(100));
    const packed = gzipSync(text);
    const output = new Uint8Array(1024);
    const handle = gunzipHandle();
    if (handle === undefined) return false;
    let start = 0;
    let length = 0;
    for (let steps = 0; start < packed.length && steps < 100; steps++) {
      const { consumed, produced } = handle.step(packed, start, output, length, 'block');
      start += consumed;
      length += produced;
    }
    handle.close();
    return text.equals(output.subarray(0, length));
  } catch {
    return false;
  }
}

function wrap(stream: object, { isZstd = false } = {}): InflateHandle | undefined {
  const { _handle: handle, _writeState: state } = stream as { _handle?: unknown; _writeState?: unknown };
  if (!isHandle(handle) || !(state instanceof Uint32Array) || state.length < 2) return undefined;
  let failure: Error | undefined;
  handle.onerror = (message, _code, name) => {
    failure = Object.assign(new Error(message), { code: name });
  };
  return {
    step: (input, start, output, outputStart, flush) => {
      const room = output.length - outputStart;
      const length = input.length - start;
      // Zstandard knows no blocks, and is told of no end.
      handle.writeSync(isZstd ? 0 : flushes[flush], input, start, length, output, outputStart, room);
      if (failure !== undefined) throw failure;
      return { consumed: length - (state[1] ?? 0), produced: room - (state[0] ?? 0) };
    },
    close: () => handle.close(),
  };
}

function isHandle(value: unknown): value is NodeHandle {
  return typeof value === 'object' && value !== null && typeof (value as NodeHandle).writeSync === 'function';
}
