import type { Artifact } from '../oci.ts';
import { json, ociError, type RegistryRequest, type Reply } from '../sampleRegistry/http.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';

/** What ACR knows of a manifest beside its content. */
export interface AcrRecord {
  readonly createdTime: string;
  readonly size: number;
  readonly platform: { readonly os?: string; readonly architecture?: string };
  writeEnabled: boolean;
  deleteEnabled: boolean;
}

export class AcrStore {
  readonly #records = new Map<string, AcrRecord>();
  #pushes = 0;

  /** Each push is one minute after the one before. */
  push(name: string, artifact: Artifact): void {
    for (const child of artifact.children) this.push(name, child);
    const { digest, platform = {} } = artifact.manifest.descriptor;
    const size = [...artifact.blobs, artifact.manifest].reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    const time = new Date(Date.UTC(2025, 5, 1) + this.#pushes++ * 60_000).toISOString();
    // Seven digits of a second, as the documentation shows.
    const createdTime = time.replace('Z', '1234Z');
    this.#records.set(`${name}@${digest}`, { createdTime, size, platform, writeEnabled: true, deleteEnabled: true });
  }

  record(name: string, digest: string): AcrRecord | undefined {
    return this.#records.get(`${name}@${digest}`);
  }
}

export interface AcrApiOptions {
  readonly host: string;
  readonly store: AcrStore;
  readonly registry: SampleRegistry;
  readonly maximumPageSize: number;
}

/** The parts of ACR's API that Gantry asks; `undefined` for paths of the registry. */
export function answerAcrApi(request: RegistryRequest, options: AcrApiOptions): Reply | undefined {
  const { method, url } = request;
  const [matched, name = '', list, tag = ''] =
    /^\/acr\/v1\/(.+?)(?:\/_(manifests|tags)(?:\/(.+))?)?$/.exec(url.pathname) ?? [];
  if (matched === undefined) return undefined;
  const repository = options.registry.storage.repositories.get(name);
  if (repository === undefined) return ociError('NAME_UNKNOWN', { name });
  if (method === 'GET' && list === 'manifests') return listManifests(url, name, options);
  if (method !== 'DELETE') return ociError('UNSUPPORTED');
  if (list === undefined) {
    // https://learn.microsoft.com/en-us/rest/api/containerregistry/repository/delete
    const isLocked = [...repository.manifests.keys()].some((digest) => isLockedAgainstDeleting(options, name, digest));
    if (isLocked) return lockedReply;
    options.registry.storage.repositories.delete(name);
    return json(202, { manifestsDeleted: [...repository.manifests.keys()], tagsDeleted: [...repository.tags.keys()] });
  }
  // https://learn.microsoft.com/en-us/rest/api/containerregistry/tag/delete
  const digest = repository.tags.get(tag);
  if (digest === undefined)
    return json(404, { errors: [{ code: 'TAG_UNKNOWN', message: 'the specified tag does not exist' }] });
  if (isLockedAgainstDeleting(options, name, digest)) return lockedReply;
  repository.tags.delete(tag);
  return { status: 202 };
}

/** https://learn.microsoft.com/en-us/azure/container-registry/container-registry-image-lock */
export const lockedReply: Reply = json(405, {
  errors: [{ code: 'UNSUPPORTED', message: 'The operation is disallowed on this registry, repository or image.' }],
});

function isLockedAgainstDeleting({ store }: AcrApiOptions, name: string, digest: string): boolean {
  const record = store.record(name, digest);
  return record !== undefined && !(record.writeEnabled && record.deleteEnabled);
}

/** https://learn.microsoft.com/en-us/rest/api/containerregistry/manifests/get-list */
function listManifests(url: URL, name: string, { host, store, registry, maximumPageSize }: AcrApiOptions): Reply {
  const repository = registry.storage.repositories.get(name);
  const asked = Number(url.searchParams.get('n') ?? 100);
  if (!Number.isInteger(asked) || asked < 1) return ociError('PAGINATION_NUMBER_INVALID');
  const all = [...(repository?.manifests ?? [])].map(([digest, { mediaType }]) => {
    const { createdTime, size, platform, writeEnabled, deleteEnabled } = store.record(name, digest) ?? {
      createdTime: '2025-01-01T00:00:00.0000000Z',
      size: 1,
      platform: {},
      writeEnabled: true,
      deleteEnabled: true,
    };
    const tags = [...(repository?.tags ?? [])].filter(([, tagged]) => tagged === digest).map(([tag]) => tag);
    return {
      digest,
      imageSize: size,
      createdTime,
      lastUpdateTime: createdTime,
      architecture: platform.architecture,
      os: platform.os,
      mediaType,
      ...(tags.length > 0 && { tags }),
      changeableAttributes: { deleteEnabled, writeEnabled, readEnabled: true, listEnabled: true },
    };
  });
  if (url.searchParams.get('orderby') === 'timedesc') all.sort((a, b) => (a.createdTime < b.createdTime ? 1 : -1));
  const last = url.searchParams.get('last');
  const start = last === null ? 0 : all.findIndex(({ digest }) => digest === last) + 1;
  const items = all.slice(start, start + Math.min(asked, maximumPageSize));
  const query = new URLSearchParams(url.searchParams);
  query.set('last', items.at(-1)?.digest ?? '');
  const link = `<${url.pathname}?${query}>; rel="next"`;
  return json(
    200,
    { registry: host, imageName: name, manifests: items },
    start + items.length < all.length ? { Link: link } : {},
  );
}
