import * as v from 'valibot';
import type { DataStore } from '../ports.ts';

/** Tags remembered of one connection; the repositories that were looked at longest ago go first. */
const maxTags = 20_000;

const stored = v.object({
  version: v.literal(1),
  // Names of tags mean nothing, also those that mean something to JavaScript.
  repositories: v.array(v.tuple([v.string(), v.array(v.tuple([v.string(), v.string()]))])),
});

/** Digests by tag, by repository; what was looked at last comes last. */
type Repositories = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Seen {
  /** As they were when this window first looked: what is compared with. */
  readonly before: Repositories;
  /** As they are now: what the next window compares with. */
  readonly now: Map<string, ReadonlyMap<string, string>>;
}

/** Which digests tags had when they were last looked at, so that those that have moved can be marked. */
export class SeenTags {
  readonly #store: DataStore;
  readonly #seen = new Map<string, Promise<Seen>>();

  constructor(store: DataStore) {
    this.#store = store;
  }

  /** The digest that a tag had at the last visit; `undefined` when it was not seen then. */
  async before(connectionId: string, repository: string): Promise<ReadonlyMap<string, string>> {
    const { before } = await this.#of(connectionId);
    return before.get(repository) ?? new Map();
  }

  /** Remembers digests for the next visit. */
  async note(connectionId: string, repository: string, digests: ReadonlyMap<string, string>): Promise<void> {
    const { now } = await this.#of(connectionId);
    const known = now.get(repository) ?? new Map();
    if ([...digests].every(([tag, digest]) => known.get(tag) === digest)) return;
    now.delete(repository);
    now.set(repository, new Map([...known, ...digests]));
    forgetOldest(now);
    const text = JSON.stringify({ version: 1, repositories: Array.from(now, ([name, tags]) => [name, [...tags]]) });
    await this.#store.write(fileOf(connectionId), text);
  }

  async forget(connectionId: string): Promise<void> {
    this.#seen.delete(connectionId);
    await this.#store.delete(fileOf(connectionId));
  }

  #of(connectionId: string): Promise<Seen> {
    let seen = this.#seen.get(connectionId);
    if (seen === undefined) {
      seen = this.#read(connectionId);
      this.#seen.set(connectionId, seen);
    }
    return seen;
  }

  async #read(connectionId: string): Promise<Seen> {
    const text = await this.#store.read(fileOf(connectionId));
    const { output, success } = v.safeParse(stored, parseJson(text));
    const read = success ? output.repositories : [];
    const before = new Map(read.map(([name, tags]) => [name, new Map(tags)]));
    return { before, now: new Map(before) };
  }
}

function forgetOldest(repositories: Map<string, ReadonlyMap<string, string>>): void {
  let count = [...repositories.values()].reduce((sum, tags) => sum + tags.size, 0);
  for (const [name, tags] of repositories) {
    if (count <= maxTags || repositories.size === 1) return;
    repositories.delete(name);
    count -= tags.size;
  }
}

function fileOf(connectionId: string): string {
  return `seen ${connectionId}`;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
