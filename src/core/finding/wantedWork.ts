/**
 * Work on what is wanted now, a few pieces at a time, in the order of the last wish. What is no longer wanted is not begun,
 * and is stopped when it runs. What was done is not done again until it is forgotten.
 */
export class WantedWork {
  readonly #atOnce: number;
  readonly #work: (key: string, signal: AbortSignal) => Promise<void>;
  readonly #running = new Map<string, AbortController>();
  readonly #done = new Set<string>();
  #waiting: string[] = [];
  #whenIdle: (() => void)[] = [];

  /** `work` should not reject; when it does, its key counts as done. */
  constructor(atOnce: number, work: (key: string, signal: AbortSignal) => Promise<void>) {
    this.#atOnce = atOnce;
    this.#work = work;
  }

  /** In place of what was wanted before. */
  want(keys: readonly string[]): void {
    const wanted = new Set(keys);
    for (const [key, controller] of this.#running) if (!wanted.has(key)) controller.abort();
    this.#waiting = keys.filter((key) => !this.#done.has(key) && !this.#isRunning(key));
    this.#begin();
  }

  /** What was done or is under way counts as new. */
  forget(keys: (key: string) => boolean): void {
    for (const key of this.#done) if (keys(key)) this.#done.delete(key);
    for (const [key, controller] of this.#running) if (keys(key)) controller.abort();
    this.#waiting = this.#waiting.filter((key) => !keys(key));
    this.#begin();
  }

  /** Resolves when nothing is running or waiting. */
  idle(): Promise<void> {
    if (this.#running.size === 0 && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  dispose(): void {
    this.#waiting = [];
    for (const controller of this.#running.values()) controller.abort();
  }

  #isRunning(key: string): boolean {
    return this.#running.get(key)?.signal.aborted === false;
  }

  #begin(): void {
    while (this.#running.size < this.#atOnce) {
      // One that was stopped and is wanted again waits until it has ended.
      const index = this.#waiting.findIndex((key) => !this.#running.has(key));
      const [key] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (key === undefined) break;
      void this.#run(key);
    }
    if (this.#running.size > 0 || this.#waiting.length > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async #run(key: string): Promise<void> {
    const controller = new AbortController();
    this.#running.set(key, controller);
    try {
      await this.#work(key, controller.signal);
    } catch {
      // Whoever works says what went wrong; here it only has to go on.
    } finally {
      this.#running.delete(key);
      if (!controller.signal.aborted) this.#done.add(key);
      this.#begin();
    }
  }
}
