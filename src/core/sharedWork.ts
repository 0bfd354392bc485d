import { cancelled, throwIfAborted } from './errors.ts';

/**
 * Work that several callers wait for, done once a key. It is stopped when the last of them has left; one that leaves
 * early does not disturb the others. Results are not kept.
 */
export class SharedWork<T> {
  readonly #running = new Map<
    string,
    { readonly promise: Promise<T>; readonly controller: AbortController; callers: number }
  >();

  run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    throwIfAborted(signal);
    let flight = this.#running.get(key);
    if (flight === undefined) {
      const controller = new AbortController();
      const started = { promise: work(controller.signal), controller, callers: 0 };
      const forget = (): void => {
        // Work that was left by all may still be ending while its successor runs.
        if (this.#running.get(key) === started) this.#running.delete(key);
      };
      started.promise.then(forget, forget);
      this.#running.set(key, started);
      flight = started;
    }
    return this.#join(key, flight, signal);
  }

  async #join(
    key: string,
    flight: { readonly promise: Promise<T>; readonly controller: AbortController; callers: number },
    signal: AbortSignal,
  ): Promise<T> {
    flight.callers++;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(cancelled(signal));
      signal.addEventListener('abort', leave);
    });
    try {
      return await Promise.race([flight.promise, left]);
    } finally {
      if (leave !== undefined) signal.removeEventListener('abort', leave);
      flight.callers--;
      if (flight.callers === 0) {
        if (this.#running.get(key) === flight) this.#running.delete(key);
        flight.controller.abort(signal.reason);
      }
    }
  }
}
