import type {
  NamespaceSummary,
  Page,
  PageCallOptions,
  RegistrySession,
  RepositoryListing,
  RepositorySession,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { limits } from '../registry/limits.ts';
import { readOnly } from './readOnly.ts';

/** One of the repositories of a server: what holds images itself, what fetches them from elsewhere, what joins others. */
export interface KeyedRepository {
  readonly key: string;
  readonly kind: 'hosted' | 'proxy' | 'group' | 'unknown';
  readonly description?: string;
  /** Of a proxy. */
  readonly upstream?: string;
}

/** Where an image is: in which repository of the server, and its name there. */
export interface KeyedPlace extends Pick<KeyedRepository, 'key' | 'kind'> {
  readonly image: string;
}

export interface KeyedRegistry extends Required<Pick<RegistrySession, 'listNamespaces' | 'listRepositories'>> {
  /** `undefined` where it cannot be told: then the registry alone knows the image. */
  placeOf(name: string, signal: AbortSignal): Promise<KeyedPlace | undefined>;
  /** The same without asking the server. */
  knownPlace(name: string): KeyedPlace | undefined;
}

/** Failures with which a catalogue of the whole host is not there. */
const absentCodes = ['unauthorized', 'denied', 'not-found', 'unsupported', 'invalid', 'protocol'] as const;

/**
 * A server with several repositories, as Artifactory and Nexus are. The names of its images begin with the key of their
 * repository (`HOST/KEY/image`), unless the host, or the port, is that of one repository: then they are bare, and there
 * is nothing in the address that says which of the two it is.
 */
export function createKeyedRegistry(options: {
  readonly url: URL;
  readonly registry: RegistrySession;
  /** `undefined` where this login, or this port, does not tell. */
  readonly fetchRepositories: (signal: AbortSignal) => Promise<readonly KeyedRepository[] | undefined>;
  /** The names of images in a repository of the server. */
  readonly fetchImages: (key: string, call: PageCallOptions) => Promise<Page<string>>;
}): KeyedRegistry {
  const { url, registry, fetchRepositories, fetchImages } = options;
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  const [pathKey] = prefix.split('/').filter((part) => part !== '');
  const isOfCloud = url.hostname.endsWith('.jfrog.io');
  let known: ReadonlyMap<string, KeyedRepository> | undefined;
  let isBare: boolean | undefined;

  async function repositories(signal: AbortSignal): Promise<ReadonlyMap<string, KeyedRepository>> {
    if (known !== undefined) return known;
    const found = (await fetchRepositories(signal)) ?? [];
    known = new Map(found.map((repository) => [repository.key, repository]));
    return known;
  }

  /** Whether the host is one repository: it has a list of images whose names do not begin with keys. */
  async function hasBareNames(keys: ReadonlyMap<string, KeyedRepository>, signal: AbortSignal): Promise<boolean> {
    isBare ??= keys.size === 0 || (await findBareNames(keys, signal));
    return isBare;
  }

  async function findBareNames(keys: ReadonlyMap<string, KeyedRepository>, signal: AbortSignal): Promise<boolean> {
    try {
      const page = await registry.listRepositories?.(undefined, { limit: 1, signal });
      const names = page?.items.map(({ name }) => name) ?? [];
      return names.length > 0 ? names.some((name) => !keys.has(firstPart(name))) : hostKey(keys) !== undefined;
    } catch (error) {
      if (!isRegistryError(error, ...absentCodes)) throw error;
      // In the cloud the name of a company may end like a key.
      return !isOfCloud && hostKey(keys) !== undefined;
    }
  }

  /** `KEY.example.com`, and `COMPANY-KEY.jfrog.io`. */
  function hostKey(keys: ReadonlyMap<string, KeyedRepository>): KeyedRepository | undefined {
    const label = url.hostname.split('.')[0] ?? '';
    const matching = [...keys.values()].filter(({ key }) => (isOfCloud ? label.endsWith(`-${key}`) : label === key));
    return matching.toSorted((a, b) => b.key.length - a.key.length)[0];
  }

  async function listNamespaces(call: PageCallOptions): Promise<Page<NamespaceSummary>> {
    known = undefined;
    const keys = await repositories(call.signal);
    if (await hasBareNames(keys, call.signal)) return listGroups(call);
    return {
      items: [...keys.values()].map(({ key, description, upstream }) => ({
        name: key,
        ...(description !== undefined && { description }),
        ...(upstream !== undefined && { upstream }),
      })),
      total: keys.size,
    };
  }

  /** The first parts of the names of images: what else would be one long list. */
  async function listGroups({ signal }: PageCallOptions): Promise<Page<NamespaceSummary>> {
    const groups = new Set<string>();
    let cursor: string | undefined;
    for (let pages = 0; pages < limits.pages; pages++) {
      const page = await listCatalog({ signal, ...(cursor !== undefined && { cursor }) });
      for (const { name } of page.items) groups.add(firstPart(name));
      cursor = page.cursor;
      if (cursor === undefined) break;
    }
    return { items: [...groups].map((name) => ({ name })) };
  }

  async function listRepositories(
    namespace: string | undefined,
    call: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    const key = namespace ?? pathKey;
    if (key === undefined) return listCatalog(call);
    if (pathKey === undefined) {
      const keys = await repositories(call.signal);
      if (!keys.has(key) || (await hasBareNames(keys, call.signal))) {
        const page = await listCatalog(call);
        return { ...page, items: page.items.filter(({ name }) => firstPart(name) === key) };
      }
    }
    if (!isKey(key)) {
      throw new RegistryError('invalid', `"${key}" is not a repository of ${url.host} that images could have.`);
    }
    const { items, cursor } = await fetchImages(key, call);
    const names = items.map((image) => `${key}/${image}`).filter(isRepositoryName);
    const wanted = names.filter((name) => prefix === '' || name === prefix || name.startsWith(`${prefix}/`));
    return { items: wanted.map((name) => ({ name })), ...(cursor !== undefined && { cursor }) };
  }

  async function listCatalog(call: PageCallOptions): Promise<Page<RepositoryListing>> {
    if (registry.listRepositories === undefined) return { items: [] };
    return registry.listRepositories(undefined, call);
  }

  function placeAmong(keys: ReadonlyMap<string, KeyedRepository>, name: string): KeyedPlace | undefined {
    const [key = '', ...rest] = name.split('/');
    if (!isRepositoryName(name)) return undefined;
    const first = keys.get(key) ?? (pathKey === key ? ({ key, kind: 'unknown' } as const) : undefined);
    if (first !== undefined && rest.length > 0 && isBare !== true) {
      return { key, kind: first.kind, image: rest.join('/') };
    }
    const own = hostKey(keys);
    return own && pathKey === undefined ? { key: own.key, kind: own.kind, image: name } : undefined;
  }

  return {
    listNamespaces,
    listRepositories,
    placeOf: async (name, signal) => placeAmong(await repositories(signal), name),
    knownPlace: (name) => placeAmong(known ?? new Map(), name),
  };
}

/** A repository session that offers no change where the image is known to come from elsewhere. */
export function changeable(session: RepositorySession, place: KeyedPlace | undefined): RepositorySession {
  if (place?.kind !== 'proxy') return session;
  const { deleteRepository: _deleteRepository, ...reading } = readOnly(session);
  return reading;
}

/** What only fetches or joins the images of others has nothing of its own to delete. Throws `unsupported`. */
export function checkDeletable(place: KeyedPlace, host: string, words: { readonly group: string }): void {
  if (place.kind !== 'proxy' && place.kind !== 'group') return;
  const what = place.kind === 'proxy' ? 'holds copies of another registry' : words.group;
  throw new RegistryError(
    'unsupported',
    `The repository ${place.key} of ${host} ${what}. Nothing was removed. Delete images in the repository that they are in.`,
    { host },
  );
}

/** Keys that stand in the names of images. Servers allow others, for other kinds of packages. */
export function isKey(key: string): boolean {
  return isRepositoryName(key) && !key.includes('/');
}

function firstPart(name: string): string {
  return name.split('/')[0] ?? '';
}
