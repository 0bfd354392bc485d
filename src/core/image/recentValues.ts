/** Values by key, as many as fit: what was not used for the longest time goes first. */
export class RecentValues<T> {
  readonly #capacity: number;
  readonly #values = new Map<string, { readonly value: T; readonly size: number }>();
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): T | undefined {
    const found = this.#values.get(key);
    if (found === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, found);
    return found.value;
  }

  /** The newest stays, however large. */
  set(key: string, value: T, size: number): void {
    this.#delete(key);
    this.#values.set(key, { value, size });
    this.#size += size;
    for (const oldest of this.#values.keys()) {
      if (this.#size <= this.#capacity || oldest === key) break;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    this.#size -= this.#values.get(key)?.size ?? 0;
    this.#values.delete(key);
  }
}
