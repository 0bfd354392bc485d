const minute = 60_000;

export interface BudgetLimits {
  readonly perHost: number;
  readonly inAll: number;
}

/** So many requests a minute, to one host and in all: for what nobody has asked for. */
export class RequestBudget {
  readonly #limits: BudgetLimits;
  readonly #now: () => number;
  /** When each of the last minute was made. */
  #made: readonly { readonly host: string; readonly at: number }[] = [];

  constructor(limits: BudgetLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Milliseconds until the next one to a host may be made; 0 for now, and then it counts as made. */
  take(host: string): number {
    const now = this.#now();
    this.#made = this.#made.filter(({ at }) => at > now - minute);
    const wait = Math.max(
      this.#until(this.#made, this.#limits.inAll, now),
      this.#until(
        this.#made.filter((made) => made.host === host),
        this.#limits.perHost,
        now,
      ),
    );
    if (wait === 0) this.#made = [...this.#made, { host, at: now }];
    return wait;
  }

  #until(made: readonly { readonly at: number }[], most: number, now: number): number {
    const oldestInTheWay = made[made.length - most];
    return oldestInTheWay === undefined ? 0 : Math.max(1, oldestInTheWay.at + minute - now);
  }
}
