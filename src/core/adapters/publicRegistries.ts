import type {
  AdapterContext,
  Page,
  PageCallOptions,
  RegistryAdapter,
  RegistrySession,
  RepositoryListing,
  TagChange,
} from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isTag } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';
import { chainguardKind, kubernetesKind, nvidiaKind, redHatKind } from './kinds.ts';
import { nextPage, numberedPage, pageQuery } from './numberedPages.ts';
import { readHistory, readSearch } from './publicRegistriesReplies.ts';
import { readOnly } from './readOnly.ts';

/*
 * Registries of images for everybody, which list no repositories: those are opened by name and pinned. Each has little
 * beyond the OCI protocol.
 */

/** It only redirects, and answers nothing but reads. https://github.com/kubernetes/registry.k8s.io */
export const kubernetesAdapter: RegistryAdapter = {
  ...kubernetesKind,
  open: (_target, context) => withoutList(context, { isReadOnly: true }),
};

/** https://docs.nvidia.com/ngc/latest/ngc-catalog-user-guide.html */
export const nvidiaAdapter: RegistryAdapter = {
  ...nvidiaKind,
  open: (_target, context) => withoutList(context, { isReadOnly: true }),
};

/** https://edu.chainguard.dev/chainguard/chainguard-images/features/using-the-tag-history-api/ */
export const chainguardAdapter: RegistryAdapter = {
  ...chainguardKind,
  open: (target, context) => {
    const { host } = new URL(target.url);
    const session = withoutList(context, { isReadOnly: false });
    return {
      ...session,
      repository: (name, access) => ({
        ...session.repository(name, access),
        tagHistory: (tag, options) => fetchHistory(context, { host, name, tag }, options),
      }),
    };
  },
};

/** Its public host still knows the search of Docker's first protocol. https://access.redhat.com/RegistryAuthentication */
export const redHatAdapter: RegistryAdapter = {
  ...redHatKind,
  open: (target, context) => {
    const { host } = new URL(target.url);
    const session = withoutList(context, { isReadOnly: true });
    if (host !== 'registry.access.redhat.com') return session;
    return { ...session, searchRepositories: (query, options) => search(context, { host, query }, options) };
  },
};

function withoutList(context: AdapterContext, { isReadOnly }: { readonly isReadOnly: boolean }): RegistrySession {
  const { listRepositories: _listRepositories, ...registry } = context.oci();
  return {
    ...registry,
    repository: (name, access) =>
      isReadOnly ? readOnly(registry.repository(name)) : registry.repository(name, access),
  };
}

async function fetchHistory(
  { http }: AdapterContext,
  { host, name, tag }: { readonly host: string; readonly name: string; readonly tag: string },
  { signal }: PageCallOptions,
): Promise<Page<TagChange>> {
  if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag.`);
  const response = await http.send({
    method: 'GET',
    path: `/v2/${name}/_chainguard/history/${tag}`,
    scopes: [`repository:${name}:pull`],
    signal,
  });
  if (response.status !== 200) throw await response.error(`the history of ${name}:${tag}`);
  const items = readHistory(await response.json());
  if (items === undefined) throw notARegistry(host, 'JSON of another form');
  return { items, total: items.length };
}

async function search(
  { http }: AdapterContext,
  { host, query }: { readonly host: string; readonly query: string },
  options: PageCallOptions,
): Promise<Page<RepositoryListing>> {
  const words = query.trim();
  if (words === '') return { items: [] };
  const page = numberedPage(options, 100);
  const parameters = new URLSearchParams({ q: words, page: String(page.page), n: String(page.size) });
  const response = await http.send({ method: 'GET', path: `/v1/search?${parameters}`, signal: options.signal });
  if (response.status !== 200) throw await response.error(`a search for "${words}"`);
  const found = readSearch(await response.json());
  if (found === undefined) throw notARegistry(host, 'JSON of another form');
  return {
    items: found.items,
    ...(found.pages > page.page && { cursor: pageQuery(nextPage(page)) }),
    ...(found.total !== undefined && { total: found.total }),
  };
}
