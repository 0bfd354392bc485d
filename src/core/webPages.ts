import { isDigest } from './oci/digest.ts';
import { isRepositoryName, isTag } from './oci/reference.ts';

/** A place in a registry that a page for people is about. */
export interface RegistryPlace {
  /** Host of the registry, and the path that the names of its repositories begin with where only those are meant. */
  readonly address: string;
  /** Name in the registry, in whole. */
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

interface Page {
  readonly host: string;
  /** Of the path, decoded. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Of the fragment, decoded. */
  readonly fragment: readonly string[];
}

type ReadPage = (page: Page) => readonly RegistryPlace[] | undefined;

/**
 * Which registry a page of a vendor's console shows, the likeliest first; none when the page does not tell; `undefined`
 * for an address that is no such page. Consoles are known by their hosts, those that people run themselves by their paths.
 */
export function readWebPage(url: URL): readonly RegistryPlace[] | undefined {
  const page: Page = {
    host: url.host,
    segments: segmentsOf(url.pathname),
    query: url.searchParams,
    fragment: segmentsOf(url.hash.slice(1)),
  };
  const read = consoles.find(([host]) => host.test(url.host))?.[1];
  if (read !== undefined) return read(page) ?? [];
  for (const readOwn of ownConsoles) {
    const places = readOwn(page);
    if (places !== undefined) return places;
  }
  return undefined;
}

const consoles: readonly (readonly [host: RegExp, read: ReadPage])[] = [
  [/^hub\.docker\.com$/, dockerHubPage],
  [/^(?:www\.)?github\.com$/, gitHubPage],
  [/^console\.cloud\.google\.com$/, googlePage],
  [/(?:^|\.)console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)$/, amazonPage],
  [/^gallery\.ecr\.aws$/, ({ segments }) => [place('public.ecr.aws', segments)]],
  [/^portal\.azure\.(?:com|cn|us)$/, azurePage],
  [/^cloud\.digitalocean\.com$/, () => [{ address: 'registry.digitalocean.com' }]],
  [/^catalog\.redhat\.com$/, redHatPage],
  [/^catalog\.ngc\.nvidia\.com$/, nvidiaPage],
  [/^images\.chainguard\.dev$/, chainguardPage],
];

const ownConsoles: readonly ReadPage[] = [
  apiPage,
  harborPage,
  gitLabPage,
  giteaPage,
  artifactoryPage,
  quayPage,
  microsoftPage,
];

/** `/r/NS/NAME/tags`, `/_/NAME`, `/layers/NS/NAME/TAG/images/…`, `/repository/docker/NS/NAME`. */
function dockerHubPage({ segments, query }: Page): readonly RegistryPlace[] {
  const [first = '', second = '', third = '', fourth] = segments;
  const tag = query.get('name') ?? undefined;
  if (first === '_') return [place('docker.io', ['library', second], tag)];
  if (first === 'r') return [place('docker.io', [second, third], tag)];
  if (first === 'layers') return [place('docker.io', [second, third], fourth)];
  if (first === 'repository' && second === 'docker') return [place('docker.io', [third, fourth ?? ''], tag)];
  return [{ address: 'docker.io' }];
}

/** `/orgs/OWNER/packages/container/[package/]NAME`, the same with `users`, `/OWNER/REPOSITORY/pkgs/container/NAME`. */
function gitHubPage({ segments, query }: Page): readonly RegistryPlace[] {
  const at = segments.findIndex(
    (each, index) => each === 'container' && /^(?:packages|pkgs)$/.test(segments[index - 1] ?? ''),
  );
  if (at < 0) return [{ address: 'ghcr.io' }];
  const owner = /^(?:orgs|users)$/.test(segments[0] ?? '') ? segments[1] : segments[0];
  const name = segments[at + 1] === 'package' ? segments[at + 2] : segments[at + 1];
  return [place('ghcr.io', [owner ?? '', name ?? ''], query.get('tag') ?? undefined)];
}

/** `/repository/NS/NAME?tab=tags&tag=TAG`, `/repository/NS/NAME/manifest/DIGEST`, `/organization/NS`; Quay's own too. */
function quayPage({ host, segments, query }: Page): readonly RegistryPlace[] | undefined {
  const [first, namespace = '', name = '', kind, reference] = segments;
  const isQuay = host === 'quay.io';
  if (isQuay && (first === 'organization' || first === 'user') && isRepositoryName(namespace)) {
    return [{ address: `${host}/${namespace}` }];
  }
  if (first !== 'repository' || !(isQuay || query.has('tab') || kind === 'manifest')) return undefined;
  return [place(host, [namespace, name], kind === 'manifest' ? reference : (query.get('tag') ?? undefined))];
}

/** `/artifacts/docker/PROJECT/LOCATION/REPOSITORY/IMAGE/DIGEST`, `/gcr/images/PROJECT/LOCATION/IMAGE`. */
function googlePage({ segments }: Page): readonly RegistryPlace[] | undefined {
  const [first, second, project, location, ...rest] = segments.map((segment) => segment.replace(/;.*$/, ''));
  if (project === undefined) return undefined;
  // A project of a domain, example.com:name, is a path in names.
  const projectPath = project.split(':');
  if (first === 'artifacts' && second === 'docker' && location !== undefined) {
    const [repository, ...image] = rest;
    const address = [`${location}-docker.pkg.dev`, ...projectPath, ...(repository === undefined ? [] : [repository])];
    if (image.length === 0) return [{ address: address.join('/') }];
    return [placeWithReference(address.join('/'), [...projectPath, repository ?? '', ...image])];
  }
  if (first !== 'gcr' || second !== 'images') return undefined;
  const host = location === undefined || /^global$/i.test(location) ? 'gcr.io' : `${location.toLowerCase()}.gcr.io`;
  const address = [host, ...projectPath].join('/');
  return [rest.length === 0 ? { address } : placeWithReference(address, [...projectPath, ...rest])];
}

/** `/ecr/repositories/private/ACCOUNT/NAME?region=REGION`, with `/_/image/DIGEST/details` behind it. */
function amazonPage({ host, segments, query }: Page): readonly RegistryPlace[] | undefined {
  const [first, second, kind, account = '', ...rest] = segments;
  const region = query.get('region') ?? /^([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(host)?.[1];
  if (first !== 'ecr' || second !== 'repositories') return undefined;
  if (kind === 'public') return [{ address: 'public.ecr.aws' }];
  if (kind !== 'private' || !/^\d{12}$/.test(account) || region === undefined) return undefined;
  if (!/^[a-z0-9-]+$/.test(region)) return undefined;
  const end = rest.indexOf('_');
  const name = end < 0 ? rest : rest.slice(0, end);
  const address = `${account}.dkr.ecr.${region}.amazonaws.com${host.endsWith('.cn') ? '.cn' : ''}`;
  return [place(address, name, rest.slice(end).find(isDigest))];
}

/** `#@TENANT/resource/subscriptions/…/Microsoft.ContainerRegistry/registries/NAME/…`. */
function azurePage({ host, fragment }: Page): readonly RegistryPlace[] | undefined {
  const at = fragment.findIndex((segment) => segment.toLowerCase() === 'microsoft.containerregistry');
  const name = at < 0 || fragment[at + 1] !== 'registries' ? undefined : fragment[at + 2];
  return name === undefined
    ? undefined
    : [{ address: `${name.toLowerCase()}.azurecr${host.slice(host.lastIndexOf('.')).replace('.com', '.io')}` }];
}

/** `/LOCALE/artifact/mar/NAME/tags`, `/product/NAME/about`. */
function microsoftPage({ host, segments }: Page): readonly RegistryPlace[] | undefined {
  const at = segments.findIndex((segment) => segment === 'mar' || segment === 'product');
  if (host !== 'mcr.microsoft.com' || at < 0) return undefined;
  const name = segments.slice(at + 1);
  return [place(host, /^(?:about|tags)$/.test(name.at(-1) ?? '') ? name.slice(0, -1) : name)];
}

/** `/software/containers/NS/NAME/ID`. */
function redHatPage({ segments }: Page): readonly RegistryPlace[] {
  const at = segments.indexOf('containers');
  return [place('registry.access.redhat.com', at < 0 ? [] : segments.slice(at + 1, at + 3))];
}

/** `/orgs/ORG/teams/TEAM/containers/NAME`. */
function nvidiaPage({ segments }: Page): readonly RegistryPlace[] {
  const after = (word: string): readonly string[] => {
    const at = segments.indexOf(word);
    return at < 0 ? [] : segments.slice(at + 1, at + 2);
  };
  const name = after('containers');
  return [place('nvcr.io', name.length === 0 ? [] : [...after('orgs'), ...after('teams'), ...name])];
}

/** `/directory/image/NAME/overview`. */
function chainguardPage({ segments }: Page): readonly RegistryPlace[] {
  const [, image, name] = segments;
  return [place('cgr.dev', image === 'image' && name !== undefined ? ['chainguard', name] : [])];
}

/** `/v2/NAME/manifests/REFERENCE`, `/v2/NAME/tags/list`. */
function apiPage({ host, segments }: Page): readonly RegistryPlace[] | undefined {
  if (segments[0] !== 'v2') return undefined;
  const at = segments.findLastIndex((segment) => ['manifests', 'tags', 'blobs', 'referrers'].includes(segment));
  if (segments[1] === '_catalog') return [{ address: host }];
  if (at < 2) return undefined;
  const reference = segments[at] === 'manifests' ? segments[at + 1] : undefined;
  return [place(host, segments.slice(1, at), reference)];
}

/** `/harbor/projects/NUMBER/repositories/NAME/…`: its name holds the project's in older versions only. */
function harborPage({ host, segments }: Page): readonly RegistryPlace[] | undefined {
  if (segments[0] !== 'harbor' || (segments[1] !== 'projects' && segments[1] !== 'sign-in')) return undefined;
  const name = segments[3] === 'repositories' ? segments[4] : undefined;
  return [name?.includes('/') ? place(host, name.split('/')) : { address: host }];
}

/** `/GROUP/PROJECT/container_registry`, also behind `/-/`. Whoever runs a GitLab chooses its registry's address. */
function gitLabPage({ host, segments }: Page): readonly RegistryPlace[] | undefined {
  const at = segments.findIndex((segment) => /^container_registr(?:y|ies)$/.test(segment));
  if (at < 0) return undefined;
  const path = segments.slice(segments[0] === 'groups' ? 1 : 0, at).filter((segment) => segment !== '-');
  const name = path.join('/').toLowerCase();
  const below = isRepositoryName(name) ? `/${name}` : '';
  if (host === 'gitlab.com') return [{ address: `registry.gitlab.com${below}` }];
  const hostname = host.replace(/:\d+$/, '');
  const siblings = hostname.startsWith('gitlab.') ? [`registry.${hostname.slice('gitlab.'.length)}`] : [];
  return [`registry.${hostname}`, ...siblings, `${hostname}:5050`].map((address) => ({
    address: `${address}${below}`,
  }));
}

/** `/OWNER/-/packages/container/NAME/VERSION` of Gitea, Forgejo and Codeberg. */
function giteaPage({ host, segments }: Page): readonly RegistryPlace[] | undefined {
  const [owner, dash, packages, container, name, version] = segments;
  if (dash !== '-' || packages !== 'packages') return undefined;
  return [container === 'container' ? place(host, [owner ?? '', name ?? ''], version) : { address: host }];
}

/** `/ui/repos/tree/General/KEY/…`, `/ui/native/KEY/…`, `/artifactory/api/docker/KEY`, `/artifactory/KEY/…`. */
function artifactoryPage({ host, segments }: Page): readonly RegistryPlace[] | undefined {
  const path = segments.join('/');
  const [, key] =
    /^(?:ui\/repos\/tree\/[^/]+|ui\/native|artifactory\/api\/docker|artifactory(?!\/(?:api|webapp)\b))\/([^/]+)/.exec(
      path,
    ) ?? [];
  if (key !== undefined && isRepositoryName(key)) return [{ address: `${host}/${key}` }];
  return /^(?:ui|artifactory)(?:\/|$)/.test(path) ? [{ address: host }] : undefined;
}

/** Whose last segment is a tag or a digest where it can only be one. */
function placeWithReference(address: string, name: readonly string[]): RegistryPlace {
  const last = name.at(-1) ?? '';
  return isDigest(last) ? place(address, name.slice(0, -1), last) : place(address, name);
}

/** What cannot be a name or a reference is left out: the registry is known all the same. */
function place(address: string, name: readonly string[], reference?: string): RegistryPlace {
  const repository = name.join('/').toLowerCase();
  if (name.includes('') || !isRepositoryName(repository)) return { address };
  const isDigested = reference !== undefined && isDigest(reference);
  const isTagged = reference !== undefined && isTag(reference);
  return { address, repository, ...(isDigested && { digest: reference }), ...(isTagged && { tag: reference }) };
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').flatMap((segment) => (segment === '' ? [] : [decoded(segment)]));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
