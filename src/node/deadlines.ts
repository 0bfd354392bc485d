import { RegistryError } from '../core/errors.ts';

/** Milliseconds, and bytes a second. */
export interface Deadlines {
  /** From the first address to the end of the TLS handshake. */
  readonly connect: number;
  /** From the request to the head of its answer. Content may have to be fetched from somewhere first. */
  readonly headers: { readonly metadata: number; readonly transfer: number };
  /** Between two parts of a body. */
  readonly idleBody: number;
  /** For all of an answer that is no transfer. */
  readonly metadata: number;
  /** The least that such an answer brings in a while: what drips holds a place that others wait for. */
  readonly rate: { readonly bytesPerSecond: number; readonly window: number };
}

export const standardDeadlines: Deadlines = {
  connect: 10_000,
  headers: { metadata: 10_000, transfer: 30_000 },
  idleBody: 30_000,
  metadata: 30_000,
  rate: { bytesPerSecond: 1024, window: 20_000 },
};

/** Sees to it that an answer comes in time. */
export interface Watch {
  /** Aborted, with a RegistryError as the reason, when it did not. */
  readonly signal: AbortSignal;
  /** The head has come; the body is what is waited for. */
  startBody(): void;
  received(bytes: number): void;
  /** All has come, or nobody wants it any more. */
  stop(): void;
}

/** For an answer whose size its kind bounds. Transfers take as long as they go on. */
export function watchMetadata(host: string, { metadata, rate }: Deadlines): Watch {
  const late = new AbortController();
  const giveUp = (what: string): void =>
    late.abort(new RegistryError('timeout', `${host} ${what}. Try again later, or tell its operator.`, { host }));
  const whole = setTimeout(() => giveUp(`did not answer in full within ${metadata / 1000} seconds`), metadata);
  let window: NodeJS.Timeout | undefined;
  let count = 0;
  return {
    signal: late.signal,
    startBody: () => {
      window = setInterval(() => {
        if (count < (rate.bytesPerSecond * rate.window) / 1000) giveUp('sends its answer too slowly to wait for it');
        count = 0;
      }, rate.window);
    },
    received: (bytes) => {
      count += bytes;
    },
    stop: () => {
      clearTimeout(whole);
      clearInterval(window);
    },
  };
}
