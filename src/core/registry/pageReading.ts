import type { Page } from '../../api.ts';
import { limits } from './limits.ts';

/** One page of a list, the first without a cursor. */
export type FetchPage<T> = (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>;

/**
 * Why there are no more pages: the registry has sent all; it sends the same ones again and again; there are more than
 * Gantry reads.
 */
export type ReadingEnd = 'complete' | 'repeated' | 'bounded';

/**
 * Reads a list page by page. What was read stays when a page fails, and reading goes on from there. Of items with the same
 * key the last one counts. Bounded by {@link limits.names} and {@link limits.pages}.
 */
export class PageReading<T> {
  readonly #fetchPage: FetchPage<T>;
  readonly #keyOf: (item: T) => string;
  readonly #items = new Map<string, T>();
  readonly #cursors = new Set<string>();
  #cursor: string | undefined;
  #total: number | undefined;
  #pages = 0;
  #end: ReadingEnd | undefined;

  constructor(fetchPage: FetchPage<T>, keyOf: (item: T) => string) {
    this.#fetchPage = fetchPage;
    this.#keyOf = keyOf;
  }

  /** In the order of the registry. */
  get items(): Iterable<T> {
    return this.#items.values();
  }

  get size(): number {
    return this.#items.size;
  }

  get pages(): number {
    return this.#pages;
  }

  /** How many items there are, where the registry tells. */
  get total(): number | undefined {
    return this.#total;
  }

  /** `undefined` while there are pages to read. */
  get end(): ReadingEnd | undefined {
    return this.#end;
  }

  /** Errors: what the registry answers; then the same page is asked for by the next call. */
  async readPage(signal: AbortSignal): Promise<void> {
    if (this.#end !== undefined) return;
    const { items, cursor, total } = await this.#fetchPage(this.#cursor, signal);
    const known = this.#items.size;
    for (const item of items) this.#items.set(this.#keyOf(item), item);
    this.#pages++;
    this.#total = total ?? this.#total;
    // A page that repeats others would be followed by more of them; one without any item need not be the last.
    const isRepeated = items.length > 0 && this.#items.size === known;
    if (cursor === undefined) this.#end = 'complete';
    else if (isRepeated || this.#cursors.has(cursor)) this.#end = 'repeated';
    else if (this.#pages >= limits.pages || this.#items.size >= limits.names) this.#end = 'bounded';
    if (cursor === undefined) return;
    this.#cursors.add(cursor);
    this.#cursor = cursor;
  }
}
