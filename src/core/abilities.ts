import type { RegistrySession, RepositorySession } from '../api.ts';

/** What can be done with a registry besides listing it. */
export type RegistryAbility = 'createRepository' | 'rateLimit' | 'search';

/** What can be done with a repository besides reading it. A tag has the abilities of its repository. */
export type RepositoryAbility =
  | 'write'
  | 'deleteTag'
  | 'deleteManifest'
  | 'deleteRepository'
  | 'untagged'
  | 'vulnerabilities'
  | 'history'
  | 'protect'
  | 'readme'
  | 'web';

/** Optional methods are the abilities: nothing is asked. */
export function registryAbilities(session: RegistrySession): ReadonlySet<RegistryAbility> {
  return present([
    ['createRepository', session.createRepository],
    ['rateLimit', session.rateLimit],
    ['search', session.searchRepositories],
  ]);
}

export function repositoryAbilities(repository: RepositorySession): ReadonlySet<RepositoryAbility> {
  return present([
    ['write', repository.putManifest],
    ['deleteTag', repository.deleteTag],
    ['deleteManifest', repository.deleteManifest],
    ['deleteRepository', repository.deleteRepository],
    ['untagged', repository.listUntagged],
    ['vulnerabilities', repository.vulnerabilities],
    ['history', repository.tagHistory],
    ['protect', repository.protectTag],
    ['readme', repository.readme],
    ['web', isWebPage(repository.webUrl?.()) ? repository.webUrl : undefined],
  ]);
}

/** Pages are opened in the user's browser, which knows other schemes that start programs. */
export function isWebPage(url: string | undefined): url is string {
  return url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function present<T>(abilities: readonly (readonly [ability: T, method: unknown])[]): ReadonlySet<T> {
  return new Set(abilities.flatMap(([ability, method]) => (method === undefined ? [] : [ability])));
}
