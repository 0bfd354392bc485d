import type {
  AdapterContext,
  ConnectionTarget,
  NamespaceSummary,
  Page,
  PageCallOptions,
  RegistryAdapter,
  RegistrySession,
  RepositoryListing,
} from '../../api.ts';
import { googleApis } from '../apiAuth/googleLogin.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { notARegistry } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import { parseGooglePlace } from './googlePlace.ts';
import { type ApiPage, readArtifactRepositories, readPackages } from './googleReplies.ts';
import { createGoogleRepository, fetchGoogleTags } from './googleRepository.ts';
import { googleKind } from './kinds.ts';

const [api = ''] = googleApis;

/**
 * Google's Artifact Registry and gcr.io. The registry tells all of an image's tags at once, and the names below a name;
 * whole lists of a project's repositories come from an API that wants an access token.
 * https://cloud.google.com/artifact-registry/docs/reference/rest
 */
export const googleAdapter: RegistryAdapter = {
  ...googleKind,
  apis: [{ id: 'artifact-registry', origin: api, auth: 'google' }],
  open: openGoogle,
};

function openGoogle(target: ConnectionTarget, context: AdapterContext): RegistrySession {
  const { http } = context;
  const url = new URL(target.url);
  const { host } = url;
  const registry = context.oci();
  const place = parseGooglePlace(host, url.pathname);
  const { location, project, projectPath, repository } = place;
  const isArtifactRegistry = host.endsWith('pkg.dev');

  async function listNamespaces(call: PageCallOptions): Promise<Page<NamespaceSummary>> {
    const path = `/v1/projects/${project}/locations/${location}/repositories`;
    const page = await fetchPage(path, `the repositories of ${project}`, call, readArtifactRepositories);
    if (page.items.length === 0 && page.cursor === undefined && call.cursor === undefined) {
      // The answer for none is `{}`, which is no list of anything.
      throw new RegistryError(
        'protocol',
        `${new URL(api).host} names no repository for images in the project ${project} at ${location}. Check the project and the location in ${host}/${projectPath}; images can be opened by name.`,
        { host: new URL(api).host },
      );
    }
    return {
      items: page.items.map(({ id, ...details }) => ({ name: `${projectPath}/${id}`, ...details })),
      ...(page.cursor !== undefined && { cursor: page.cursor }),
    };
  }

  async function listRepositories(
    namespace: string | undefined,
    call: PageCallOptions,
  ): Promise<Page<RepositoryListing>> {
    const inside = namespace === undefined ? place : parseGooglePlace(host, namespace);
    if (!isArtifactRegistry) return listInContainerRegistry(call);
    if (inside.projectPath === undefined || inside.repository === undefined) {
      throw new RegistryError(
        'unsupported',
        `${host} is shared by all projects, and lists nothing without one. Add the registry with its project and repository, as ${host}/PROJECT/REPOSITORY; images can be opened by name.`,
        { host },
      );
    }
    const prefix = `${inside.projectPath}/${inside.repository}`;
    const below = namespace === undefined && inside.image !== undefined ? `${prefix}/${inside.image}` : prefix;
    try {
      const path = `/v1/projects/${inside.project}/locations/${inside.location}/repositories/${inside.repository}/packages`;
      const page = await fetchPage(path, `the images of ${prefix}`, call, (document) => readPackages(document, prefix));
      // Nothing is answered as `{}`, which could be anything: the registry knows too.
      if (page.items.length === 0 && call.cursor === undefined) return await listChildren(below, call);
      return { ...page, items: page.items.filter(({ name }) => name === below || name.startsWith(`${below}/`)) };
    } catch (error) {
      if (!isRegistryError(error, 'unauthorized', 'denied') || call.cursor !== undefined) throw error;
      context.log.info(`${below} is listed without the API of Artifact Registry: ${error.message}`);
      return listChildren(below, call);
    }
  }

  /** All of what the account may see, else what is directly below the connection's path. */
  async function listInContainerRegistry(call: PageCallOptions): Promise<Page<RepositoryListing>> {
    try {
      return (await registry.listRepositories?.(undefined, call)) ?? { items: [] };
    } catch (error) {
      const path = url.pathname.replace(/^\/+|\/+$/g, '');
      if (!isRegistryError(error, 'unauthorized', 'denied', 'not-found', 'unsupported') || path === '') throw error;
      return listChildren(path, call);
    }
  }

  async function listChildren(name: string, { signal }: PageCallOptions): Promise<Page<RepositoryListing>> {
    const { children, tagsByDigest } = await fetchGoogleTags(http, name, host, { signal });
    const own = tagsByDigest.size > 0 ? [name] : [];
    return { items: [...own, ...children.map((child) => `${name}/${child}`)].map((found) => ({ name: found })) };
  }

  async function fetchPage<T>(
    path: string,
    what: string,
    { limit = limits.pageSize, cursor, signal }: PageCallOptions,
    read: (document: unknown) => ApiPage<T> | undefined,
  ): Promise<Page<T>> {
    const pageSize = Math.max(1, Math.min(limit, limits.pageSize));
    const query = new URLSearchParams({
      pageSize: String(pageSize),
      ...(cursor !== undefined && { pageToken: cursor }),
    });
    const response = await http.send({ api: 'artifact-registry', method: 'GET', path: `${path}?${query}`, signal });
    if (response.status !== 200) throw await response.error(what);
    const page = read(await response.json());
    if (page === undefined) throw notARegistry(new URL(api).host, 'JSON of another form');
    return { items: page.items, ...(page.nextPageToken !== undefined && { cursor: page.nextPageToken }) };
  }

  return {
    ...registry,
    // The repositories of a project are its namespaces, when the connection is for the project.
    ...(location !== undefined && project !== undefined && repository === undefined && { listNamespaces }),
    listRepositories,
    repository: (name, access) =>
      createGoogleRepository(name, { host, registry: registry.repository(name, access), http }),
  };
}
