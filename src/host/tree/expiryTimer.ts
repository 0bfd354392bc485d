/** Milliseconds before its end from which a row says that a login ends. */
export const expiryNotice = 60 * 60 * 1000;

/** Milliseconds. Timers that would wait longer than 24 days do not wait at all. */
const longestTimer = 24 * 60 * 60 * 1000;

/** Calls back when the next login is about to end, and when it has ended. */
export class ExpiryTimer {
  readonly #due: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(due: () => void) {
    this.#due = due;
  }

  /** `ends` of all logins, in milliseconds since 1970, in place of those before. */
  watch(ends: readonly number[]): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    const next = Math.min(...ends.flatMap((end) => [end - expiryNotice, end]).filter((time) => time > now));
    if (next !== Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(this.#due, Math.min(next - now + 1000, longestTimer));
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
