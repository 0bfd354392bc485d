import type { ApiOrigin, CallOptions, Page, PageCallOptions, RepositorySession, TagSummary } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { assertDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import { checkDeletable, type KeyedPlace } from './keyedRegistry.ts';
import type { KeyedRepositoryOptions } from './keyedSession.ts';
import { type NexusComponent, type NexusPage, readComponents, tagsOf } from './nexusReplies.ts';
import { registryCursor, registryTags } from './registryTags.ts';

/** Passwords and user tokens alike. */
export const nexusApi: ApiOrigin = { id: 'api', origin: '{origin}', auth: 'basic' };

/** What this login may not. */
export interface NexusMemory {
  refusesSearch?: boolean;
}

const refusals: readonly number[] = [400, 401, 403, 404, 405];

/** An image in a repository of Nexus, where each tag is a component. */
export function createNexusRepository(
  name: string,
  options: KeyedRepositoryOptions & { readonly memory: NexusMemory },
): RepositorySession {
  const { origin, registry, http, keyed, memory } = options;
  const { host } = new URL(origin);

  /**
   * In pages with digests and dates, where the repository holds the image itself. What is fetched from elsewhere, or joined,
   * is listed by the registry, which asks there; digests and dates are those of what Nexus has got.
   */
  async function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    const { cursor, signal } = call;
    if (cursor?.startsWith(registryCursor)) return registryTags(registry, call);
    const place = await keyed.placeOf(name, signal);
    if (place?.kind === 'hosted') {
      const page = await search(place, { signal, ...(cursor !== undefined && { cursor }) });
      if (page !== undefined && (cursor !== undefined || page.items.length > 0)) {
        const { continuationToken: next } = page;
        return { items: tagsOf(page.items), ...(next !== undefined && { cursor: next }) };
      }
    }
    if (cursor !== undefined) throw notACursor(cursor);
    const page = await registryTags(registry, call);
    if (place === undefined || place.kind === 'hosted' || page.items.length === 0) return page;
    const found = tagsOf((await search(place, { signal }))?.items ?? []);
    const held = new Map(found.map((tag) => [tag.name, tag]));
    return { ...page, items: page.items.map((tag) => ({ ...tag, ...held.get(tag.name) })) };
  }

  /** https://help.sonatype.com/en/search-api.html. `undefined` where it is not allowed. */
  async function search(
    { key, image }: KeyedPlace,
    { cursor, version, signal }: CallOptions & { readonly cursor?: string; readonly version?: string },
  ): Promise<NexusPage | undefined> {
    if (memory.refusesSearch) return undefined;
    // A token is opaque, and never the way to another place.
    if (cursor !== undefined && !/^[\w.~%:=&+/-]+$/.test(cursor)) throw notACursor(cursor);
    const query = new URLSearchParams({
      repository: key,
      name: image,
      ...(version !== undefined && { version }),
      ...(cursor !== undefined && { continuationToken: cursor }),
    });
    const path = `/service/rest/v1/search?${query}`;
    const response = await http.send({ api: nexusApi.id, method: 'GET', path, signal });
    if (refusals.includes(response.status)) {
      // One of them is the answer to a token that has ended.
      if (cursor !== undefined) throw await response.error(`the tags of ${name}`);
      memory.refusesSearch = true;
      return undefined;
    }
    if (response.status !== 200) throw await response.error(`the tags of ${name}`);
    const page = readComponents(await response.json(), image);
    if (page === undefined) throw notARegistry(host, 'JSON of another form');
    return page;
  }

  /** Everything of the image; `undefined` where the search is not allowed. */
  async function searchAll(place: KeyedPlace, { signal }: CallOptions): Promise<readonly NexusComponent[] | undefined> {
    const found = new Map<string, NexusComponent>();
    let cursor: string | undefined;
    for (let pages = 0; pages < limits.pages; pages++) {
      const page = await search(place, { signal, ...(cursor !== undefined && { cursor }) });
      if (page === undefined) return undefined;
      for (const component of page.items) found.set(component.id, component);
      cursor = page.continuationToken;
      if (cursor === undefined) break;
    }
    return [...found.values()];
  }

  /** Where the API is not there, the registry may be able to. */
  async function deleteTag(tag: string, call: CallOptions): Promise<void> {
    if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag. Nothing was removed.`);
    const place = await deletablePlace(call);
    const found = place && (await search(place, { signal: call.signal, version: tag }));
    const component = found?.items.find(({ version }) => version === tag);
    if (component === undefined) return await registry.deleteTag?.(tag, call);
    await remove([component], `${name}:${tag}`, call);
  }

  /** Newer versions keep the tags of a manifest that is deleted, which then name nothing. */
  async function deleteManifest(digest: string, call: CallOptions): Promise<void> {
    assertDigest(digest);
    const place = await deletablePlace(call);
    const all = (place && (await searchAll(place, call))) ?? [];
    const tags = all.filter((component) => component.digest === digest && isTag(component.version));
    await remove(tags, `${name}@${digest}`, call);
    try {
      await registry.deleteManifest?.(digest, call);
    } catch (error) {
      // It has gone with its last tag.
      if (tags.length === 0 || !isRegistryError(error, 'not-found')) throw error;
    }
  }

  async function deleteRepository(call: CallOptions): Promise<void> {
    const place = await deletablePlace(call);
    const all = place && (await searchAll(place, call));
    if (all === undefined) {
      throw new RegistryError(
        'unsupported',
        `${host} does not tell this login what ${name} has. Nothing was removed. Delete its tags one by one.`,
        { host },
      );
    }
    if (all.length === 0)
      throw new RegistryError('not-found', `${host} does not have ${name}. Check the name.`, { host });
    await remove(all, name, call);
  }

  async function deletablePlace({ signal }: CallOptions): Promise<KeyedPlace | undefined> {
    const place = await keyed.placeOf(name, signal);
    if (place !== undefined) checkDeletable(place, host, { group: 'is a group, which joins others' });
    return place;
  }

  /** https://help.sonatype.com/en/components-api.html */
  async function remove(components: readonly NexusComponent[], what: string, { signal }: CallOptions): Promise<void> {
    for (const [done, { id }] of components.entries()) {
      const path = `/service/rest/v1/components/${encodeURIComponent(id)}`;
      const response = await http.send({ api: nexusApi.id, method: 'DELETE', path, signal });
      if (response.status === 204 || (response.status === 404 && done > 0)) continue;
      const told = done === 0 ? '' : `, of which ${done} of ${components.length} parts are deleted now`;
      throw await response.error(`to delete ${what}${told}`);
    }
  }

  function webUrl(reference?: string): string | undefined {
    const place = keyed.knownPlace(name);
    if (place === undefined) return undefined;
    const path = `v2/${place.image}${reference === undefined ? '' : `/manifests/${reference}`}`;
    return `${origin}/#browse/browse:${place.key}:${encodeURIComponent(path)}`;
  }

  return { ...registry, listTags, deleteTag, deleteManifest, deleteRepository, webUrl };
}

function notACursor(cursor: string): RegistryError {
  return new RegistryError('invalid', `"${cursor}" is not a place to continue a list from. List it from the start.`);
}
