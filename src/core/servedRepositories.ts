import type {
  ConnectionOption,
  Descriptor,
  FetchedManifest,
  ImageReference,
  RepositoryAccess,
  RepositorySession,
} from '../api.ts';
import { kindOfUrl } from './adapters/kinds.ts';
import { assertWritable, type Connection, type Connections } from './connections.ts';
import { defaultLabel, urlOfReference } from './connectionUrl.ts';
import type { ImageContents } from './imageContents.ts';
import { neverAborted } from './neverAborted.ts';
import { parseReference } from './oci/reference.ts';
import type { Ports } from './ports.ts';
import type { Sessions } from './sessions.ts';

/** A repository that a reference names, and the connection that serves it. */
export interface ServedRepository {
  readonly reference: ImageReference;
  /** Of the reference; `latest` where it has neither. */
  readonly tagOrDigest: string;
  readonly connection: Connection;
  /** Of the repository on its connection. */
  readonly key: string;
}

/** One that is worked with. What it fetches is fetched once. */
export interface OpenRepository extends ServedRepository {
  readonly session: RepositorySession;
  readonly signal: AbortSignal;
  /** By the signal of the call when without one. */
  fetchManifest(tagOrDigest: string, signal?: AbortSignal): Promise<FetchedManifest>;
  fetchConfig(blob: Descriptor, signal?: AbortSignal): Promise<Uint8Array>;
}

export type ImageRequests = Pick<OpenRepository, 'fetchManifest' | 'fetchConfig'> & Pick<RepositorySession, 'openBlob'>;

interface ServedRepositoriesParts {
  readonly ports: Pick<Ports, 'foreignAdapters'>;
  readonly connections: Connections;
  readonly sessions: Sessions;
  readonly contents: ImageContents;
}

/** Finds the connection that serves a reference, and works with its repository there. */
export class ServedRepositories {
  readonly #parts: ServedRepositoriesParts;

  constructor(parts: ServedRepositoriesParts) {
    this.#parts = parts;
  }

  /** Errors: `invalid` for what is no reference, `not-found` for a connection that is gone. */
  find(text: string, options: ConnectionOption = {}): ServedRepository {
    const reference = parseReference(text);
    const connection = this.#connectionFor(reference, options);
    const tagOrDigest = reference.digest ?? reference.tag ?? 'latest';
    return { reference, tagOrDigest, connection, key: `${connection.id} ${reference.repository}` };
  }

  /**
   * Works with the repository of a reference, and notes from the outcome how its connection stands. What is not `pull` needs a
   * connection that may be written to.
   */
  async use<T>(
    text: string,
    options: ConnectionOption & { readonly access?: RepositoryAccess },
    work: (repository: OpenRepository) => Promise<T>,
  ): Promise<T> {
    const served = this.find(text, options);
    const { signal = neverAborted, access } = options;
    if (access !== undefined && access !== 'pull') assertWritable(served.connection);
    return this.#parts.sessions.observe(served.connection, (session) =>
      work(this.#open(served, session.repository(served.reference.repository, access), signal)),
    );
  }

  /** As {@link use} for each request: what happens between them says nothing of how the connection stands. */
  requests(served: ServedRepository, signal: AbortSignal): ImageRequests {
    const { connection, reference } = served;
    const use = <T>(work: (repository: OpenRepository) => Promise<T>): Promise<T> =>
      this.#parts.sessions.observe(connection, (session) =>
        work(this.#open(served, session.repository(reference.repository), signal)),
      );
    return {
      fetchManifest: (tagOrDigest, stop) => use((repository) => repository.fetchManifest(tagOrDigest, stop)),
      fetchConfig: (blob, stop) => use((repository) => repository.fetchConfig(blob, stop)),
      openBlob: (blob, call) => use(({ session }) => session.openBlob(blob, call)),
    };
  }

  #open(served: ServedRepository, session: RepositorySession, signal: AbortSignal): OpenRepository {
    const { contents } = this.#parts;
    return {
      ...served,
      session,
      signal,
      fetchManifest: (tagOrDigest, stop = signal) => contents.fetchManifest(session, served.key, tagOrDigest, stop),
      fetchConfig: (blob, stop = signal) => contents.fetchConfig(session, served.key, blob, stop),
    };
  }

  #connectionFor(reference: ImageReference, { connectionId: id }: ConnectionOption): Connection {
    const { connections } = this.#parts;
    if (id !== undefined) return connections.existing(id);
    return connections.forReference(reference) ?? this.#anonymousConnection(reference);
  }

  /** For a registry that the user has not connected: asked without a login, remembered nowhere. */
  #anonymousConnection(reference: ImageReference): Connection {
    const url = urlOfReference(reference);
    return {
      id: `anonymous:${url}`,
      label: defaultLabel(url),
      url,
      adapterId: kindOfUrl(url, this.#parts.ports.foreignAdapters.kinds()).id,
      origin: 'added',
    };
  }
}
