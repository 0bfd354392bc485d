/** Milliseconds for which a tag is taken to name what it named: whoever walks through an image stays in it. */
const timeToLive = 60_000;
const capacity = 1000;

/** What tags have named a moment ago. */
export class RecentTags {
  readonly #digests = new Map<string, { readonly digest: string; readonly at: number }>();
  readonly #now: () => number;
  /** How often something was forgotten. */
  #forgotten = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(key: string): string | undefined {
    const found = this.#digests.get(key);
    return found !== undefined && this.#now() - found.at < timeToLive ? found.digest : undefined;
  }

  /**
   * For who asks what a tag names: takes the answer. One that was on its way while something was forgotten may be of before,
   * and is not kept.
   */
  asked(key: string): (digest: string) => void {
    const forgotten = this.#forgotten;
    return (digest) => {
      if (forgotten === this.#forgotten) this.#set(key, digest);
    };
  }

  #set(key: string, digest: string): void {
    this.#digests.delete(key);
    this.#digests.set(key, { digest, at: this.#now() });
    const [oldest] = this.#digests.keys();
    if (this.#digests.size > capacity && oldest !== undefined) this.#digests.delete(oldest);
  }

  /** Forgets what begins so. */
  forget(prefix: string): void {
    this.#forgotten++;
    for (const key of this.#digests.keys()) if (key.startsWith(prefix)) this.#digests.delete(key);
  }
}
