import type { SignalOption } from '../../api.ts';
import { matchNames } from './matchNames.ts';
import type { IndexedNames, NamesIndex } from './namesIndex.ts';

/** What one connection has for a query. Later ones of the same connection replace earlier ones. */
export interface SearchFinding {
  readonly connectionId: string;
  /** Whether the registry is still being asked. */
  readonly isBusy: boolean;
  readonly names: readonly string[];
  /** Where the names come from the index: how old and how whole it is. */
  readonly index?: Pick<IndexedNames, 'readAt' | 'isTruncated'>;
  /** Why the registry could not be asked; the names may be old then. */
  readonly error?: unknown;
}

export interface SearchCall extends Required<SignalOption> {
  readonly found: (finding: SearchFinding) => void;
  /** Whether no registry is to be asked. */
  readonly isLocal?: boolean;
}

export interface NameSearchOptions {
  readonly index: NamesIndex;
  /** Asks a registry that searches itself; `undefined` for one that does not. */
  readonly searchNatively: (
    connectionId: string,
    query: string,
    options: Required<SignalOption>,
  ) => Promise<readonly string[] | undefined>;
  readonly now: () => number;
}

/** Names found in one connection; more are no answer that anybody reads. */
const mostNames = 50;

/** Milliseconds for which the names of a connection count as fresh. */
const freshFor = 10 * 60 * 1000;

/** The names of connections that contain a query: from the index at once, then from the registries. */
export class NameSearch {
  readonly #options: NameSearchOptions;

  constructor(options: NameSearchOptions) {
    this.#options = options;
  }

  /**
   * Tells every finding as it comes; resolves when the last registry has answered. A registry that cannot be searched is a
   * finding with an error. Rejects with `cancelled` only by the signal.
   */
  async search(connectionIds: readonly string[], query: string, options: SearchCall): Promise<void> {
    await Promise.all(connectionIds.map((id) => this.#searchOne(id, query, options)));
  }

  async #searchOne(connectionId: string, query: string, { signal, found, isLocal = false }: SearchCall): Promise<void> {
    const { index, now } = this.#options;
    const tell = (finding: SearchFinding): void => {
      if (!signal.aborted) found(finding);
    };
    const known = await index.of(connectionId);
    const local = matchNames(known.names, query, mostNames);
    tell({ connectionId, isBusy: true, names: local, index: known });
    if (isLocal) return;
    try {
      const native = await this.#options.searchNatively(connectionId, query, { signal });
      if (native !== undefined) {
        const names = [...new Set([...local, ...native])].slice(0, mostNames);
        return tell({ connectionId, isBusy: false, names });
      }
      const isFresh = known.readAt !== undefined && now() - known.readAt < freshFor;
      const read = isFresh ? known : await index.refresh(connectionId, signal);
      tell({ connectionId, isBusy: false, names: matchNames(read.names, query, mostNames), index: read });
    } catch (error) {
      tell({ connectionId, isBusy: false, names: local, index: known, error });
    }
  }
}
