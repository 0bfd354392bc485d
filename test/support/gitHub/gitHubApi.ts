import { json, type RegistryRequest, type Reply } from '../sampleRegistry/http.ts';
import type { Repository } from '../sampleRegistry/storage.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';
import { gitHubToken, gitHubUser } from './fakeGitHub.ts';
import type { GitHubPackages } from './gitHubPackages.ts';

export interface GitHubApiOptions {
  readonly registry: SampleRegistry;
  readonly packages: GitHubPackages;
  readonly root: string;
  readonly scopes: readonly string[];
  readonly publicOrganizations: readonly string[];
}

/** Owners that are organizations; everybody else is a user. */
const organizations: readonly string[] = ['shop', 'acme'];

/** Shapes and statuses of https://docs.github.com/en/rest, with the page named where there is more to say. */
export function answerGitHubApi(request: RegistryRequest, options: GitHubApiOptions): Reply {
  const { method, url, headers } = request;
  // https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#failed-login-limit
  if (headers.authorization === undefined) return message(401, 'Requires authentication');
  if (headers.authorization !== `Bearer ${gitHubToken}`) return message(401, 'Bad credentials');
  if (!url.pathname.startsWith(`${options.root}/`)) return message(404, 'Not Found');
  const path = url.pathname.slice(options.root.length);
  if (path === '/user') return json(200, { login: gitHubUser, id: 1, type: 'User' });
  // https://docs.github.com/en/rest/orgs/orgs#list-organizations-for-the-authenticated-user
  if (path === '/user/orgs') {
    if (!options.scopes.includes('read:org')) return forbidden('You need at least read:org scope', 'read:org, user');
    return page(request, ['Shop'].map(describeOrganization));
  }
  if (path.toLowerCase() === `/users/${gitHubUser.toLowerCase()}/orgs`) {
    return page(request, options.publicOrganizations.map(describeOrganization));
  }
  const [, kind, owner = '', rest] = /^\/(orgs|users)\/([^/]+)\/packages(?:\/container\/(.+))?$/.exec(path) ?? [];
  if (kind === undefined || organizations.includes(owner) !== (kind === 'orgs')) return message(404, 'Not Found');
  if (method === 'DELETE' && !options.scopes.includes('delete:packages')) {
    return forbidden('You need at least delete:packages scope to delete a package', 'delete:packages');
  }
  if (rest === undefined) return listPackages(request, owner, options);
  const [image = '', versions, id] = rest.split('/');
  const name = `${owner}/${decodeURIComponent(image)}`;
  const held = options.registry.storage.repositories.get(name);
  if (held === undefined) return message(404, 'Package not found.');
  if (method === 'DELETE') return remove(name, held, id === undefined ? undefined : Number(id), options);
  return versions === 'versions' ? listVersions(request, name, held, options) : message(404, 'Not Found');
}

/** https://docs.github.com/en/rest/packages/packages#list-packages-for-an-organization */
function listPackages(request: RegistryRequest, owner: string, { registry, packages }: GitHubApiOptions): Reply {
  if (request.url.searchParams.get('package_type') !== 'container') return message(400, 'package_type is required');
  const names = [...registry.storage.repositories.keys()].filter((name) => name.startsWith(`${owner}/`));
  return page(
    request,
    names.map((name, number) => ({
      id: 100 + number,
      name: name.slice(owner.length + 1),
      package_type: 'container',
      owner: { login: owner, type: 'Organization' },
      version_count: registry.storage.repositories.get(name)?.manifests.size,
      visibility: packages.isPublic(name) ? 'public' : 'private',
      created_at: '2025-05-19T22:19:11Z',
      updated_at: '2025-06-02T22:19:11Z',
      repository: { id: 1, full_name: name, description: number === 0 ? 'What we sell' : null },
    })),
  );
}

/** https://docs.github.com/en/rest/packages/packages#list-package-versions-for-a-package-owned-by-an-organization */
function listVersions(request: RegistryRequest, name: string, held: Repository, options: GitHubApiOptions): Reply {
  const all = [...held.manifests.keys()].map((digest) => ({ digest, ...versionOf(name, digest, options) }));
  all.sort((a, b) => b.id - a.id);
  return page(
    request,
    all.map(({ digest, id, createdAt }) => ({
      id,
      name: digest,
      url: `https://api.github.com/${name}/versions/${id}`,
      created_at: createdAt,
      updated_at: createdAt,
      metadata: {
        package_type: 'container',
        container: { tags: [...held.tags].filter(([, tagged]) => tagged === digest).map(([tag]) => tag) },
      },
    })),
  );
}

/** https://docs.github.com/en/rest/packages/packages#delete-package-version-for-an-organization */
function remove(name: string, held: Repository, id: number | undefined, options: GitHubApiOptions): Reply {
  const digests = [...held.manifests.keys()];
  const isKept = (digest: string): boolean =>
    options.packages.isPublic(name) && versionOf(name, digest, options).downloads > 5000;
  if (id === undefined) {
    if (digests.some(isKept)) {
      return message(
        400,
        'Publicly visible packages with more than 5000 downloads cannot be deleted. Contact GitHub support',
      );
    }
    options.registry.storage.repositories.delete(name);
    return { status: 204 };
  }
  const digest = digests.find((each) => versionOf(name, each, options).id === id);
  if (digest === undefined) return message(404, 'Package version not found.');
  if (isKept(digest)) {
    return message(400, 'Publicly visible package versions with more than 5000 downloads cannot be deleted.');
  }
  if (digests.length === 1) {
    return message(400, 'You cannot delete the last version of a package. You must delete the package instead.');
  }
  held.manifests.delete(digest);
  for (const [tag, tagged] of held.tags) if (tagged === digest) held.tags.delete(tag);
  return { status: 204 };
}

/** What was pushed past this server has no record. */
function versionOf(
  name: string,
  digest: string,
  { packages }: GitHubApiOptions,
): { readonly id: number; readonly createdAt: string; readonly downloads: number } {
  return packages.version(name, digest) ?? { id: 1, createdAt: '2025-01-01T00:00:00Z', downloads: 0 };
}

function describeOrganization(login: string): object {
  return { login, id: 7, url: `https://api.github.com/orgs/${login}`, description: null };
}

/** https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function page({ url }: RegistryRequest, all: readonly object[]): Reply {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), 100);
  const number = Number(url.searchParams.get('page') ?? 1);
  const end = number * size;
  const next = new URL(`https://api.github.com${url.pathname}${url.search}`);
  next.searchParams.set('page', String(number + 1));
  const links = [`<${next}>; rel="next"`, `<${next}>; rel="last"`].join(', ');
  return json(200, all.slice(end - size, end), end < all.length ? { Link: links } : {});
}

function message(status: number, text: string): Reply {
  return json(status, { message: text, documentation_url: 'https://docs.github.com/rest', status: String(status) });
}

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps */
function forbidden(text: string, scopes: string): Reply {
  const reply = message(403, text);
  return { ...reply, headers: { ...reply.headers, 'X-Accepted-OAuth-Scopes': scopes } };
}
