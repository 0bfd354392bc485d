import type { FetchedManifest } from '../api.ts';

/** Manifests and configs by digest, each verified: they never change. Kept apart by connection, since rights differ. */
export class ContentCache {
  readonly #entries = new Map<string, FetchedManifest>();
  readonly #capacity: number;
  #size = 0;

  /** `capacity` in bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(scope: string, digest: string): FetchedManifest | undefined {
    const key = `${scope} ${digest}`;
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      // Read last, thrown out last.
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry;
  }

  set(scope: string, entry: FetchedManifest): void {
    const key = `${scope} ${entry.descriptor.digest}`;
    this.#delete(key);
    this.#entries.set(key, entry);
    this.#size += entry.bytes.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#capacity) break;
      this.#delete(oldest);
    }
  }

  delete(scope: string, digest: string): void {
    this.#delete(`${scope} ${digest}`);
  }

  /** Forgets what was kept for a scope. */
  forget(scope: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(`${scope} `)) this.#delete(key);
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#size -= entry.bytes.length;
  }
}
