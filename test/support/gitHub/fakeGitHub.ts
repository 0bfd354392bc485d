import type { NamedServers } from '../namedServers.ts';
import type { Artifact } from '../oci.ts';
import type { RegistryRequest, Reply } from '../sampleRegistry/http.ts';
import { startVendorServers } from '../vendorServers.ts';
import { answerGitHubApi } from './gitHubApi.ts';
import { GitHubPackages } from './gitHubPackages.ts';

export const gitHubOrigins = { registry: 'https://ghcr.io', api: 'https://api.github.com' } as const;

/** Of somebody who is in the organization `shop`, which nobody else is told. */
export const gitHubUser = 'Octocat';
export const gitHubToken = 'canary-ghp_octocat';

export interface FakeGitHubOptions {
  readonly origins?: { readonly registry: string; readonly api: string };
  /** Before each path of the API: `/api/v3` of GitHub Enterprise Server. */
  readonly root?: string;
  /** Of the token; all that Gantry knows unless told. */
  readonly scopes?: readonly string[];
  /** Organizations that the user is a member of for everybody to see. */
  readonly publicOrganizations?: readonly string[];
}

/** GitHub's registry and the API beside it, as GitHub's documentation describes them. */
export interface FakeGitHub extends NamedServers {
  readonly packages: GitHubPackages;
  /** Answers in place of the API, where it answers anything. */
  answerApi: ((request: RegistryRequest) => Reply | undefined) | undefined;
  push(name: string, artifact: Artifact, ...tags: string[]): string;
}

export async function startFakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const {
    origins = gitHubOrigins,
    root = '',
    scopes = ['read:packages', 'delete:packages', 'read:org'],
    publicOrganizations = [],
  } = options;
  const packages = new GitHubPackages();
  let answerApi: FakeGitHub['answerApi'];
  const servers = await startVendorServers({
    origin: origins.registry,
    realm: `${origins.registry}/token`,
    service: new URL(origins.registry).host,
    auth: {
      users: { [gitHubUser]: gitHubToken },
      // Public packages are for everybody.
      allow: (user, { name, actions }) =>
        user !== undefined ? actions : actions.filter((action) => action === 'pull' && packages.isPublic(name)),
    },
    // https://docs.github.com/en/packages/working-with-a-github-packages-registry: versions are deleted by the API.
    registry: { catalog: false, referrers: false, deletes: 'none' },
    apiOrigin: origins.api,
    answerApi: (request, registry) =>
      answerApi?.(request) ?? answerGitHubApi(request, { registry, packages, root, scopes, publicOrganizations }),
  });
  return {
    ...servers,
    packages,
    get answerApi() {
      return answerApi;
    },
    set answerApi(answer) {
      answerApi = answer;
    },
    push: (name, artifact, ...tags) => {
      packages.push(name, artifact);
      return servers.registry.push(name, artifact, ...tags);
    },
  };
}
