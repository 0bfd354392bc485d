import type { Credential } from '../credential.ts';
import { SharedWork } from '../sharedWork.ts';

/**
 * Milliseconds that a credential is used before it is looked up again: each look-up may start a helper, and a new
 * `docker login` should count soon.
 */
const lifetime = 5 * 60 * 1000;

/** Looks a credential up once for many requests. */
export class HeldCredential<T = Credential> {
  readonly #find: (signal: AbortSignal) => Promise<T | undefined>;
  readonly #now: () => number;
  readonly #finding = new SharedWork<T | undefined>();
  #held: { readonly credential: T | undefined; readonly until: number } | undefined;

  constructor(find: (signal: AbortSignal) => Promise<T | undefined>, now: () => number) {
    this.#find = find;
    this.#now = now;
  }

  readonly get = async (signal: AbortSignal): Promise<T | undefined> => {
    if (this.#held !== undefined && this.#held.until > this.#now()) return this.#held.credential;
    return this.#finding.run('', signal, async (shared) => {
      const credential = await this.#find(shared);
      this.#held = { credential, until: this.#now() + lifetime };
      return credential;
    });
  };

  /** After it was refused: the user may have logged in anew meanwhile. */
  forget(): void {
    this.#held = undefined;
  }
}
