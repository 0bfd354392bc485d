import { isDigest } from './oci/digest.ts';
import type { StateStore } from './ports.ts';

const stateKey = 'watchedTags';

/** Each is a request now and then. */
const maxWatched = 50;

/** A tag of which the user wants to know when it moves. */
export interface WatchedTag {
  /** In its shortest form, with its tag. */
  readonly reference: string;
  readonly connectionId: string;
  /** What it named when it was last looked at. */
  readonly digest: string;
}

/** The tags that are watched, kept between sessions. */
export class WatchedTags {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  all(): readonly WatchedTag[] {
    const stored = this.#state.get(stateKey);
    if (!Array.isArray(stored)) return [];
    return stored.filter(isWatchedTag);
  }

  has(reference: string, connectionId: string): boolean {
    return this.all().some((tag) => isSame(tag, { reference, connectionId }));
  }

  /** Also what a watched tag names now. `false` when there are too many. */
  async set(tag: WatchedTag): Promise<boolean> {
    const all = this.all();
    const isKnown = all.some((other) => isSame(other, tag));
    if (!isKnown && all.length >= maxWatched) return false;
    await this.#state.set(stateKey, isKnown ? all.map((other) => (isSame(other, tag) ? tag : other)) : [...all, tag]);
    return true;
  }

  async remove(tag: Pick<WatchedTag, 'reference' | 'connectionId'>): Promise<void> {
    await this.#state.set(
      stateKey,
      this.all().filter((other) => !isSame(other, tag)),
    );
  }
}

function isWatchedTag(value: unknown): value is WatchedTag {
  if (typeof value !== 'object' || value === null) return false;
  const { reference, connectionId, digest } = value as Readonly<Record<string, unknown>>;
  const areTexts = typeof reference === 'string' && typeof connectionId === 'string' && typeof digest === 'string';
  return areTexts && isDigest(digest);
}

type Identity = Pick<WatchedTag, 'reference' | 'connectionId'>;

function isSame(a: Identity, b: Identity): boolean {
  return a.reference === b.reference && a.connectionId === b.connectionId;
}
