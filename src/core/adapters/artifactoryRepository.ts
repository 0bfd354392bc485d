import type {
  AdapterRequest,
  ApiOrigin,
  CallOptions,
  Page,
  PageCallOptions,
  RepositorySession,
  TagSummary,
} from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { assertDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import {
  type ImageFiles,
  imageFiles,
  readFileList,
  readFolder,
  readQueryResult,
  type StoredFile,
} from './artifactoryReplies.ts';
import { checkDeletable, type KeyedPlace } from './keyedRegistry.ts';
import type { KeyedRepositoryOptions } from './keyedSession.ts';
import { registryCursor, registryTags } from './registryTags.ts';

/** Passwords, API keys and access tokens all are passwords there. */
export const artifactoryApi: ApiOrigin = { id: 'api', origin: '{origin}', auth: 'basic' };

/** Files of one image that are looked at. There is no order in which they could be asked for in pages. */
const largestResult = 20_000;

/** What this server, or this login, does not have: the query language is not for everybody, lists are not in JCR. */
export interface ArtifactoryMemory {
  refusesQueries?: boolean;
  refusesLists?: boolean;
}

const refusals: readonly number[] = [400, 401, 403, 405];

/** An image in a repository of Artifactory: a folder with one folder for each tag. */
export function createArtifactoryRepository(
  name: string,
  options: KeyedRepositoryOptions & { readonly memory: ArtifactoryMemory },
): RepositorySession {
  const { origin, registry, http, keyed, memory } = options;
  const { host } = new URL(origin);

  /**
   * All at once with sizes and dates, where the repository holds the image itself. What is fetched from elsewhere is
   * listed by the registry, which asks there; dates are those of the copies.
   */
  async function listTags(call: PageCallOptions): Promise<Page<TagSummary>> {
    const place = await keyed.placeOf(name, call.signal);
    if (place?.kind === 'hosted' && call.cursor === undefined) {
      const tags = (await fetchFiles(place, call))?.tags ?? [];
      if (tags.length > 0) return { items: tags, total: tags.length };
    }
    if (call.cursor !== undefined && !call.cursor.startsWith(registryCursor)) {
      throw new RegistryError(
        'invalid',
        `"${call.cursor}" is not a place to continue a list from. List it from the start.`,
      );
    }
    const page = await registryTags(registry, call);
    if (place === undefined || place.kind === 'hosted' || page.items.length === 0) return page;
    const copies = new Map((await fetchFiles(place, call))?.tags.map((tag) => [tag.name, tag]));
    return { ...page, items: page.items.map((tag) => ({ ...tag, ...copies.get(tag.name) })) };
  }

  /** By the query language, else by the list of the folder; `undefined` where neither is allowed. */
  async function fetchFiles(place: KeyedPlace, { signal }: CallOptions): Promise<ImageFiles | undefined> {
    const files = (await queryFiles(place, signal)) ?? (await listFiles(place, signal));
    return files && imageFiles(files, place.image);
  }

  /** https://docs.jfrog.com/artifactory/docs/artifactory-query-language */
  async function queryFiles({ key, kind, image }: KeyedPlace, signal: AbortSignal): Promise<Files> {
    if (memory.refusesQueries) return undefined;
    // What a remote repository has fetched is in a repository beside it.
    const criteria = {
      repo: kind === 'proxy' ? `${key}-cache` : key,
      path: { $match: `${image}/*` },
      type: 'file',
    };
    // Whoever is no administrator has to ask for the first three fields.
    const fields = '"repo","path","name","size","modified","sha256"';
    const text = `items.find(${JSON.stringify(criteria)}).include(${fields}).limit(${largestResult})`;
    const path = '/artifactory/api/search/aql';
    const response = await http.send({ api: artifactoryApi.id, method: 'POST', path, text, signal });
    if (refusals.includes(response.status) || response.status === 404) {
      memory.refusesQueries = true;
      return undefined;
    }
    if (response.status !== 200) throw await response.error(`the tags of ${name}`);
    const files = readQueryResult(await response.json());
    if (files === undefined) throw notARegistry(host, 'JSON of another form');
    return files.length < largestResult ? files : undefined;
  }

  /** https://docs.jfrog.com/artifactory/reference/getfilelist */
  async function listFiles({ key, kind, image }: KeyedPlace, signal: AbortSignal): Promise<Files> {
    if (memory.refusesLists) return undefined;
    const folder = `${kind === 'proxy' ? `${key}-cache` : key}/${image}`;
    const path = `/artifactory/api/storage/${folder}?list&deep=1&listFolders=0`;
    const response = await http.send({ api: artifactoryApi.id, method: 'GET', path, signal });
    if (refusals.includes(response.status)) memory.refusesLists = true;
    // The registry says whether the image is there.
    if (refusals.includes(response.status) || response.status === 404) return undefined;
    if (response.status !== 200) throw await response.error(`the tags of ${name}`);
    const files = readFileList(await response.json(), image);
    if (files === undefined) throw notARegistry(host, 'JSON of another form');
    return files;
  }

  /** A tag is a folder. So may be an image whose name goes on there, which must not go with it. */
  async function deleteTag(tag: string, call: CallOptions): Promise<void> {
    if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag. Nothing was removed.`);
    const place = await keyed.placeOf(name, call.signal);
    if (place === undefined) return await registry.deleteTag?.(tag, call);
    checkDeletable(place, host, words);
    const folder = `${place.key}/${place.image}/${tag}`;
    const path = `/artifactory/api/storage/${folder}`;
    const response = await http.send({ api: artifactoryApi.id, method: 'GET', path, signal: call.signal });
    if (refusals.includes(response.status)) return await registry.deleteTag?.(tag, call);
    if (response.status !== 200) throw await response.error(`${name}:${tag}`);
    const held = readFolder(await response.json());
    if (held === undefined) throw notARegistry(host, 'JSON of another form');
    if (!held.isTag) throw new RegistryError('not-found', `${host} does not have ${name}:${tag}. Check the name.`);
    if (held.hasFolders) {
      throw new RegistryError(
        'conflict',
        `${name}:${tag} is in the same folder of ${host} as the image ${name}/${tag}, which would be deleted with it. Nothing was removed.`,
        { host },
      );
    }
    await removeFolder(folder, `to delete ${name}:${tag}`, call.signal);
  }

  /** Each tag has a copy of its manifest, and is removed by itself. */
  async function deleteManifest(digest: string, call: CallOptions): Promise<void> {
    assertDigest(digest);
    const place = await keyed.placeOf(name, call.signal);
    if (place !== undefined) checkDeletable(place, host, words);
    const tags = (place && (await fetchFiles(place, call)))?.tags.filter((tag) => tag.digest === digest) ?? [];
    if (tags.length === 0) return await registry.deleteManifest?.(digest, call);
    for (const tag of tags) await deleteTag(tag.name, call);
  }

  async function deleteRepository(call: CallOptions): Promise<void> {
    const place = await keyed.placeOf(name, call.signal);
    if (place !== undefined) checkDeletable(place, host, words);
    const files = place && (await fetchFiles(place, call));
    if (place === undefined || files === undefined) {
      throw new RegistryError(
        'unsupported',
        `${host} does not tell what else is in the folder of ${name}. Nothing was removed. Delete its tags one by one, or in the pages of Artifactory.`,
        { host },
      );
    }
    if (files.inside.length > 0) {
      throw new RegistryError(
        'conflict',
        `The folder of ${name} on ${host} holds other images too: ${files.inside.slice(0, 5).join(', ')}. Nothing was removed. Delete the tags of ${name} one by one.`,
        { host },
      );
    }
    await removeFolder(`${place.key}/${place.image}`, `to delete ${name}`, call.signal);
  }

  /** https://docs.jfrog.com/artifactory/reference/deleteartifact */
  async function removeFolder(folder: string, what: string, signal: AbortSignal): Promise<void> {
    const request: AdapterRequest = {
      api: artifactoryApi.id,
      method: 'DELETE',
      path: `/artifactory/${folder}`,
      signal,
    };
    const response = await http.send(request);
    if (response.status < 200 || response.status > 299) throw await response.error(what);
  }

  function webUrl(reference?: string): string | undefined {
    const place = keyed.knownPlace(name);
    if (place === undefined) return undefined;
    const page = `${origin}/ui/repos/tree/General/${place.key}/${place.image}`;
    return reference !== undefined && isTag(reference) ? `${page}/${reference}` : page;
  }

  return { ...registry, listTags, deleteTag, deleteManifest, deleteRepository, webUrl };
}

type Files = readonly StoredFile[] | undefined;

const words = { group: 'is a virtual one, which joins others' };
