import * as v from 'valibot';
import { throwIfAborted } from '../errors.ts';
import type { DataStore } from '../ports.ts';
import { limits } from '../registry/limits.ts';
import { type FetchPage, PageReading } from '../registry/pageReading.ts';
import { SharedWork } from '../sharedWork.ts';

/** Names of repositories that were seen on a connection. */
export interface IndexedNames {
  readonly names: readonly string[];
  /** When the registry was last asked for all of them, in milliseconds since 1970; absent when only some were seen. */
  readonly readAt?: number;
  /** Whether there are more than are kept, or than the registry gave. */
  readonly isTruncated: boolean;
}

export interface NamesIndexOptions {
  readonly store: DataStore;
  /** Begins to read all names of a connection. */
  readonly openList: (connectionId: string) => FetchPage<{ readonly name: string }>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const storedNames = v.object({
  version: v.literal(1),
  names: v.pipe(v.array(v.string()), v.maxLength(limits.names)),
  readAt: v.optional(v.number()),
  isTruncated: v.boolean(),
});

/**
 * The names of repositories, kept for each connection, so that they can be searched at once. Read anew only when somebody
 * searches. Holds nothing but names.
 */
export class NamesIndex {
  readonly #options: NamesIndexOptions;
  readonly #known = new Map<string, Promise<IndexedNames>>();
  readonly #refreshing = new SharedWork<IndexedNames>();

  constructor(options: NamesIndexOptions) {
    this.#options = options;
  }

  /** What is known, without asking the registry. */
  of(connectionId: string): Promise<IndexedNames> {
    let known = this.#known.get(connectionId);
    if (known === undefined) {
      known = this.#read(connectionId);
      this.#known.set(connectionId, known);
    }
    return known;
  }

  /** Adds names that were seen, as in the tree. */
  async add(connectionId: string, names: readonly string[]): Promise<void> {
    const known = await this.of(connectionId);
    const all = new Set(known.names);
    for (const name of names) if (all.size < limits.names) all.add(name);
    if (all.size > known.names.length) await this.#keep(connectionId, { ...known, names: [...all] });
  }

  /**
   * Asks the registry for all names. Several callers share one reading. Names that it no longer lists are forgotten.
   *
   * Errors: what the registry answers to the first page; what was read before a later page failed is kept as truncated.
   */
  refresh(connectionId: string, signal: AbortSignal): Promise<IndexedNames> {
    return this.#refreshing.run(connectionId, signal, (stop) => this.#readAll(connectionId, stop));
  }

  /** The connection has gone, or what its account may see is not known any more. */
  async forget(connectionId: string): Promise<void> {
    this.#known.delete(connectionId);
    await this.#options.store.delete(fileOf(connectionId));
  }

  async #readAll(connectionId: string, signal: AbortSignal): Promise<IndexedNames> {
    const reading = new PageReading(this.#options.openList(connectionId), ({ name }) => name);
    await reading.readPage(signal);
    let isTruncated = false;
    try {
      while (reading.end === undefined) await reading.readPage(signal);
    } catch {
      throwIfAborted(signal);
      isTruncated = true;
    }
    const names = Array.from(reading.items, ({ name }) => name).slice(0, limits.names);
    return this.#keep(connectionId, {
      names,
      readAt: this.#options.now(),
      isTruncated: isTruncated || reading.end === 'bounded',
    });
  }

  async #keep(connectionId: string, names: IndexedNames): Promise<IndexedNames> {
    this.#known.set(connectionId, Promise.resolve(names));
    await this.#options.store.write(fileOf(connectionId), JSON.stringify({ version: 1, ...names }));
    return names;
  }

  async #read(connectionId: string): Promise<IndexedNames> {
    const text = await this.#options.store.read(fileOf(connectionId));
    const { output, success } = v.safeParse(storedNames, parseJson(text));
    if (!success) return { names: [], isTruncated: true };
    const { names, readAt, isTruncated } = output;
    return { names, isTruncated, ...(readAt !== undefined && { readAt }) };
  }
}

function fileOf(connectionId: string): string {
  return `names ${connectionId}`;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
