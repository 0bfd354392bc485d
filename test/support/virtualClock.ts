import { cancelled } from '../../src/core/errors.ts';
import type { Sleep } from '../../src/core/ports.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that moves on when somebody waits for it, so that no test waits; or by hand. */
export class VirtualClock {
  /** Milliseconds since 1970. */
  #now = Date.UTC(2026, 0, 1, 12);
  readonly #startedAt = this.#now;
  readonly #sleepers = new Set<Sleeper>();
  /** Whether waits end only by {@link advance}. */
  isManual = false;

  readonly now = (): number => this.#now;

  readonly sleep: Sleep = (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(cancelled(signal));
      const leave = (): void => {
        this.#sleepers.delete(sleeper);
        reject(cancelled(signal));
      };
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const sleeper = { until: this.#now + milliseconds, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', leave, { once: true });
      if (!this.isManual) setImmediate(() => this.#wakeUntil(Math.max(this.#now, sleeper.until)));
    });

  advance(milliseconds: number): void {
    this.#wakeUntil(this.#now + milliseconds);
  }

  /** Seconds since it was made. */
  get elapsed(): number {
    return (this.#now - this.#startedAt) / 1000;
  }

  /** How many wait for it. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  #wakeUntil(time: number): void {
    this.#now = time;
    for (const sleeper of this.#sleepers) if (sleeper.until <= time) sleeper.wake();
  }
}
