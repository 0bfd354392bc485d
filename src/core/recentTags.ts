/** Milliseconds for which a tag is taken to name what it named: whoever walks through an image stays in it. */
const timeToLive = 60_000;
const capacity = 1000;

/** What tags have named a moment ago. */
export class RecentTags {
  readonly #digests = new Map<string, { readonly digest: string; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(key: string): string | undefined {
    const found = this.#digests.get(key);
    return found !== undefined && this.#now() - found.at < timeToLive ? found.digest : undefined;
  }

  set(key: string, digest: string): void {
    this.#digests.delete(key);
    this.#digests.set(key, { digest, at: this.#now() });
    const [oldest] = this.#digests.keys();
    if (this.#digests.size > capacity && oldest !== undefined) this.#digests.delete(oldest);
  }

  /** Forgets what begins so. */
  forget(prefix: string): void {
    for (const key of this.#digests.keys()) if (key.startsWith(prefix)) this.#digests.delete(key);
  }
}
