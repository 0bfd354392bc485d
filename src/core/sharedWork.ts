import { cancelled, throwIfAborted } from './errors.ts';

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  callers: number;
  isOver: boolean;
}

/**
 * Work that several callers wait for, done once a key. It is stopped when the last of them has left; one that leaves
 * early does not disturb the others. Results are not kept.
 */
export class SharedWork<T> {
  readonly #running = new Map<string, Flight<T>>();

  run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    throwIfAborted(signal);
    const flight = this.#running.get(key) ?? this.#begin(key, work);
    return this.#join(key, flight, signal);
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight = { promise: work(controller.signal), controller, callers: 0, isOver: false };
    const end = (): void => {
      flight.isOver = true;
      this.#forget(key, flight);
    };
    flight.promise.then(end, end);
    this.#running.set(key, flight);
    return flight;
  }

  #join(key: string, flight: Flight<T>, signal: AbortSignal): Promise<T> {
    flight.callers++;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', leave);
        reject(cancelled(signal));
        flight.callers--;
        if (flight.callers > 0 || flight.isOver) return;
        this.#forget(key, flight);
        flight.controller.abort(signal.reason);
      };
      signal.addEventListener('abort', leave);
      const stay = (): void => signal.removeEventListener('abort', leave);
      flight.promise.then(
        (value) => {
          stay();
          resolve(value);
        },
        (error: unknown) => {
          stay();
          reject(error);
        },
      );
    });
  }

  /** Work that was left by all may still be ending while its successor runs. */
  #forget(key: string, flight: Flight<T>): void {
    if (this.#running.get(key) === flight) this.#running.delete(key);
  }
}
