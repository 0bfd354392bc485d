import type { Send } from '../../../src/core/ports.ts';
import { createTransport } from '../../../src/node/transport.ts';
import { directNetwork } from '../directNetwork.ts';
import { json, type RegistryRequest, type Reply } from '../sampleRegistry/http.ts';
import { parseRoute } from '../sampleRegistry/routes.ts';
import type { Repository, Storage } from '../sampleRegistry/storage.ts';
import { type SampleRegistry, startSampleRegistry } from '../sampleRegistry.ts';

export const zotLogin = { username: 'alice', password: 'canary-zak_5f' } as const;

export interface FakeZotOptions {
  /** Whether its extension answers; `true` unless told. */
  readonly search?: boolean;
  /** Fields that this version does not have yet. */
  readonly without?: readonly string[];
  /** What its scanner found in each image; its scanner is off unless told. */
  readonly cves?: readonly unknown[];
  /** Repositories that the extension does not tell of. */
  readonly hides?: readonly string[];
}

export interface FakeZot {
  readonly registry: SampleRegistry;
  readonly send: Send;
  /** Paths that were asked for, without their queries. */
  readonly paths: () => readonly string[];
  close(): Promise<void>;
}

/** zot as its documentation and its GraphQL schema describe it: an OCI 1.1 registry with the extension `search`. */
export async function startFakeZot(options: FakeZotOptions = {}): Promise<FakeZot> {
  const registry = await startSampleRegistry({
    auth: { scheme: 'basic', users: { [zotLogin.username]: zotLogin.password } },
    extension: (request) => answerSearch(request, registry.storage, options),
  });
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  return {
    registry,
    send: transport.open({ registry: new URL(registry.url) }),
    paths: () => registry.requests.map(({ path }) => path.replace(/\?.*$/, '')),
    close: async () => {
      await Promise.all([transport.dispose(), registry.close()]);
    },
  };
}

/** https://zotregistry.dev/latest/articles/graphql/ */
function answerSearch({ url }: RegistryRequest, storage: Storage, options: FakeZotOptions): Reply | undefined {
  if (url.pathname === '/v2/_zot/ext/search') {
    return options.search === false ? { status: 404 } : answerGraph(url, storage, options);
  }
  return parseRoute(url.pathname) === undefined && url.pathname.startsWith('/v2/_zot/') ? { status: 404 } : undefined;
}

interface Variables {
  readonly repo?: string;
  readonly words?: string;
  readonly page?: { readonly limit?: number; readonly offset?: number };
}

/** The queries that Gantry asks, with the arguments that are variables there. */
function answerGraph(url: URL, storage: Storage, options: FakeZotOptions): Reply {
  const query = url.searchParams.get('query') ?? '';
  const fields = new Set(query.match(/\b[A-Z]\w+\b/g));
  const unknown = (options.without ?? []).find((field) => fields.has(field));
  // What gqlgen answers to a field that the schema does not have.
  if (unknown !== undefined) return refuse(422, `Cannot query field "${unknown}" on type "ImageSummary".`);
  const { repo = '', words = '', page = {} } = JSON.parse(url.searchParams.get('variables') ?? '{}') as Variables;
  const known = [...storage.repositories].filter(([name]) => !options.hides?.includes(name)).sort(byName);
  if (fields.has('ImageList')) {
    const [, held] = known.find(([name]) => name === repo) ?? [];
    const images = [...(held?.tags ?? [])].sort(byName).map(([tag, digest]) => describe(held, tag, digest, storage));
    return answer(fields, { ImageList: pageOf('Results', images, page) });
  }
  if (fields.has('RepoListWithNewestImage')) {
    return answer(fields, { RepoListWithNewestImage: pageOf('Results', known.map(describeRepository), page) });
  }
  if (fields.has('GlobalSearch')) {
    const found = known.filter(([name]) => name.includes(words.toLowerCase()));
    return answer(fields, { GlobalSearch: pageOf('Repos', found.map(describeRepository), page) });
  }
  if (options.cves === undefined) return refuse(200, 'cve search is disabled', ['CVEListForImage']);
  return answer(fields, { CVEListForImage: pageOf('CVEList', options.cves, page) });
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Sizes are texts, and a date that there is none of is the first of Go's calendar. */
function describe(held: Repository | undefined, tag: string, digest: string, storage: Storage): unknown {
  const platforms = platformsOf(held, digest, storage);
  return {
    Tag: tag,
    Digest: digest,
    Size: '1093',
    LastUpdated: '2026-05-02T10:00:00Z',
    PushTimestamp: '2026-05-03T10:00:00.123456789Z',
    TaggedTimestamp: '2026-05-04T10:00:00.123456789Z',
    LastPullTimestamp: '0001-01-01T00:00:00Z',
    Manifests: platforms.map((Platform) => ({ Platform })),
  };
}

interface Listed {
  readonly manifests?: readonly { readonly platform?: { readonly os: string; readonly architecture: string } }[];
}

function platformsOf(held: Repository | undefined, digest: string, storage: Storage): readonly unknown[] {
  const manifest = held?.manifests.get(digest);
  if (manifest === undefined) return [];
  const document = JSON.parse(manifest.bytes.toString()) as Listed & { readonly config?: { readonly digest: string } };
  const config = storage.blobs.get(document.config?.digest ?? '');
  const own = config && (JSON.parse(config.toString()) as { readonly os?: string; readonly architecture?: string });
  const all = document.manifests?.map(({ platform }) => platform) ?? [own];
  return all.map((platform) => ({ Os: platform?.os, Arch: platform?.architecture }));
}

function describeRepository([Name]: readonly [string, unknown]): unknown {
  return { Name, LastUpdated: '2026-05-04T10:00:00Z', DownloadCount: 7 };
}

function pageOf(key: string, all: readonly unknown[], { limit = 0, offset = 0 }: NonNullable<Variables['page']>) {
  // Without a limit everything comes.
  const items = limit === 0 ? all : all.slice(offset, offset + limit);
  return { Page: { TotalCount: all.length, ItemCount: items.length }, [key]: items };
}

/** Only what was asked for. */
function answer(fields: ReadonlySet<string>, data: Readonly<Record<string, unknown>>): Reply {
  const text = JSON.stringify(data, (key, value: unknown) =>
    key === '' || /^\d+$/.test(key) || fields.has(key) ? value : undefined,
  );
  return json(200, { data: JSON.parse(text) });
}

function refuse(status: number, message: string, path?: readonly string[]): Reply {
  return json(status, { errors: [{ message, ...(path !== undefined && { path }) }], data: null });
}
