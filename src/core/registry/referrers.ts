import type { CallOptions, Descriptor, FetchedManifest, Page, PageCallOptions } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { parseManifest } from '../oci/manifest.ts';
import { essence, mediaTypes } from '../oci/mediaType.ts';
import type { HttpHeaders } from '../ports.ts';
import { readBody } from './body.ts';
import { limits } from './limits.ts';
import { nextPageQuery } from './nextPage.ts';
import type { OciSessionOptions } from './ociSession.ts';
import { responseError } from './responseError.ts';

/** Statuses by which registries without the referrers API answer; others are real errors. */
const unsupportedStatuses: readonly number[] = [400, 404, 405, 406];

export interface ReferrersContext extends OciSessionOptions {
  readonly name: string;
  /** Of the token that this takes. */
  readonly scope: string;
  readonly fetchManifest: (reference: string, options: CallOptions) => Promise<FetchedManifest>;
}

/**
 * What refers to a manifest: by the referrers API, else by the index under the tag that stands for the digest
 * (OCI distribution-spec, "Listing Referrers" and "Referrers Tag Schema").
 */
export async function listReferrers(
  context: ReferrersContext,
  digest: string,
  options: PageCallOptions & { readonly artifactType?: string },
): Promise<Page<Descriptor>> {
  const { artifactType, signal, cursor } = options;
  const page = (await fromApi(context, digest, options)) ?? {
    items: await taggedReferrers(context, digest, { signal }),
    filters: [],
  };
  const isFiltered = artifactType === undefined || page.filters.includes('artifactType');
  const items = isFiltered ? page.items : page.items.filter((item) => item.artifactType === artifactType);
  return { items, ...(page.cursor !== undefined && page.cursor !== cursor && { cursor: page.cursor }) };
}

interface ReferrersPage {
  readonly items: readonly Descriptor[];
  /** What the registry has filtered by. */
  readonly filters: readonly string[];
  readonly cursor?: string | undefined;
}

async function fromApi(
  { url, name, scope, send }: ReferrersContext,
  digest: string,
  { artifactType, cursor, signal }: PageCallOptions & { readonly artifactType?: string },
): Promise<ReferrersPage | undefined> {
  const target = new URL(`/v2/${name}/referrers/${digest}`, url);
  if (cursor !== undefined) target.search = cursor;
  else if (artifactType !== undefined) target.searchParams.set('artifactType', artifactType);
  const request = {
    method: 'GET',
    url: target,
    headers: { accept: mediaTypes.ociIndex },
    bodyLimit: limits.manifest,
  } as const;
  const response = await send({ ...request, scopes: [scope] }, signal);
  const isIndex = essence(response.headers.get('content-type')) === mediaTypes.ociIndex;
  // Some servers answer with a page for people instead of an error.
  if (unsupportedStatuses.includes(response.status) || (response.status === 200 && !isIndex)) {
    response.discard();
    return undefined;
  }
  if (response.status !== 200) {
    throw await responseError(response, { host: url.host, what: `what refers to ${name}@${digest}` });
  }
  const items = readReferrers(await readBody(response, limits.manifest, url.host));
  return {
    items,
    filters: filtersOf(response.headers),
    cursor: nextPageQuery({ headers: response.headers, query: target.search.slice(1), items: [] }),
  };
}

/** What the index under the tag that stands for a digest names. */
export async function taggedReferrers(
  { fetchManifest }: Pick<ReferrersContext, 'fetchManifest'>,
  digest: string,
  options: CallOptions,
): Promise<readonly Descriptor[]> {
  try {
    return readReferrers((await fetchManifest(referrersTag(digest), options)).bytes);
  } catch (error) {
    if (isRegistryError(error, 'not-found')) return [];
    throw error;
  }
}

/** The tag that stands for a digest: its algorithm cut at 32 characters, its value at 64. */
export function referrersTag(digest: string): string {
  const [algorithm = '', encoded = ''] = digest.split(':');
  return `${algorithm.slice(0, 32)}-${encoded.slice(0, 64)}`;
}

/** The entries of an index of referrers. */
export function readReferrers(bytes: Uint8Array): readonly Descriptor[] {
  const index = parseManifest(bytes, mediaTypes.ociIndex);
  if (index.kind !== 'index') return [];
  return index.manifests
    .filter((entry) => isDigest(entry.digest))
    .map(({ platform: _platform, ...descriptor }): Descriptor => descriptor);
}

function filtersOf(headers: HttpHeaders): readonly string[] {
  return (headers.get('oci-filters-applied') ?? '').split(',').map((filter) => filter.trim());
}
