/** Milliseconds over which a speed is taken: shorter ones jump about, longer ones tell what was. */
const window = 10_000;
/** Milliseconds between two of them that are kept. */
const apart = 100;

interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly done: number;
}

/** How fast something goes on, from how far it was at some times. */
export class RateMeter {
  #samples: readonly Sample[] = [];

  add(done: number, at: number): void {
    const recent = this.#samples.filter((sample) => sample.at > at - window && sample.at < at);
    const [before, last] = recent.slice(-2);
    // The newest one counts, however near it is to the one before.
    if (before !== undefined && last !== undefined && last.at - before.at < apart) recent.pop();
    this.#samples = [...recent, { at, done }];
  }

  /** In a second; `undefined` as long as too little is known. */
  get perSecond(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at - first.at < 500) return undefined;
    return Math.max(0, ((last.done - first.done) * 1000) / (last.at - first.at));
  }

  /** Seconds until `total`; `undefined` while nothing moves. */
  secondsLeft(total: number): number | undefined {
    const rate = this.perSecond;
    const done = this.#samples.at(-1)?.done ?? 0;
    return rate === undefined || rate === 0 ? undefined : Math.max(0, (total - done) / rate);
  }
}
