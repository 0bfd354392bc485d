import type { NamedServers } from '../namedServers.ts';
import type { Artifact } from '../oci.ts';
import type { RegistryRequest, Reply } from '../sampleRegistry/http.ts';
import { startVendorServers } from '../vendorServers.ts';
import { answerGitLabApi } from './gitLabApi.ts';

export const gitLabOrigins = { registry: 'https://registry.gitlab.com', gitLab: 'https://gitlab.com' } as const;
export const gitLabUser = 'alice';
/** A token for everything, one that may read images only, and a deploy token, which the API does not know. */
export const gitLabTokens = {
  api: 'glpat-canary-api',
  registry: 'glpat-canary-registry',
  deploy: 'gldt-canary-deploy',
} as const;

export interface FakeGitLabOptions {
  readonly origins?: { readonly registry: string; readonly gitLab: string };
  /** Fields of GraphQL that came after this GitLab was made. */
  readonly unknownFields?: readonly string[];
  /** Groups that the account is in, besides its own namespace. */
  readonly groups?: readonly string[];
}

export interface CleanUpPolicy {
  readonly enabled: boolean;
  readonly keepN?: string | null;
  readonly olderThan?: string | null;
  readonly nextRunAt?: string | null;
}

/**
 * GitLab with its registry, as GitLab's documentation describes them. The first two parts of a name are its project, in the
 * group of the first part; `alice` is a user.
 */
export interface FakeGitLab extends NamedServers {
  /** Of projects, by path. */
  readonly policies: Map<string, CleanUpPolicy>;
  /** Tags that a rule protects, as `name:tag`. */
  readonly protectedTags: Set<string>;
  /** Repositories that are being deleted. */
  readonly deleting: Set<string>;
  /** Answers in place of the API, where it answers anything. */
  answerApi: ((request: RegistryRequest) => Reply | undefined) | undefined;
  push(name: string, artifact: Artifact, ...tags: string[]): string;
}

export async function startFakeGitLab(options: FakeGitLabOptions = {}): Promise<FakeGitLab> {
  const { origins = gitLabOrigins, unknownFields = [], groups = ['shop'] } = options;
  const state = {
    policies: new Map<string, CleanUpPolicy>(),
    protectedTags: new Set<string>(),
    deleting: new Set<string>(),
  };
  const ids: string[] = [];
  let answerApi: FakeGitLab['answerApi'];
  const servers = await startVendorServers({
    origin: origins.registry,
    realm: `${origins.gitLab}/jwt/auth`,
    service: 'container_registry',
    auth: {
      users: { [gitLabUser]: gitLabTokens.api, reader: gitLabTokens.registry, deployer: gitLabTokens.deploy },
      allow: (user, { actions }) =>
        user === gitLabUser ? actions : actions.filter((action) => user !== undefined && action === 'pull'),
    },
    registry: { catalog: false, referrers: false },
    apiOrigin: origins.gitLab,
    answerApi: async (request, registry) =>
      answerApi?.(request) ??
      answerGitLabApi(request, { ...state, ids, registry, unknownFields, groups, web: origins.gitLab }),
  });
  return {
    ...servers,
    ...state,
    get answerApi() {
      return answerApi;
    },
    set answerApi(answer) {
      answerApi = answer;
    },
    push: (name, artifact, ...tags) => {
      if (!ids.includes(name)) ids.push(name);
      return servers.registry.push(name, artifact, ...tags);
    },
  };
}
