import type { TransferProgress } from '../../api.ts';

/** Progress is reported after each of so many parts of the total, or so many bytes: a slow stream must not seem to stall. */
const parts = 200;
const mostUnreported = 16 * 1024;

/** Adds up what has moved, and reports it. Never goes back, and never past the total. */
export class ProgressMeter {
  readonly #onProgress: (progress: TransferProgress) => void;
  #total: number;
  #done = 0;
  #reported = -1;

  constructor(total: number, onProgress: (progress: TransferProgress) => void) {
    this.#total = total;
    this.#onProgress = onProgress;
  }

  /** For totals that become known on the way. */
  grow(total: number): void {
    this.#total = Math.max(this.#total, total);
  }

  add(bytes: number, item: string): void {
    this.reach(this.#done + bytes, item);
  }

  reach(done: number, item: string): void {
    this.#done = Math.min(Math.max(this.#done, done), this.#total);
    const isFirst = this.#reported < 0;
    const isLast = this.#done === this.#total && this.#reported !== this.#total;
    const step = Math.min(this.#total / parts, mostUnreported);
    if (isFirst || isLast || this.#done - this.#reported > step) this.#report(item);
  }

  finish(item: string): void {
    this.#done = this.#total;
    if (this.#reported !== this.#total) this.#report(item);
  }

  #report(item: string): void {
    this.#reported = this.#done;
    this.#onProgress({ done: this.#done, total: this.#total, item });
  }
}
