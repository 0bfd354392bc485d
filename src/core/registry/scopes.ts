import { limits } from './limits.ts';

/** The scopes of a challenge or of a token request: `repository:a:pull repository:b:pull,push`. */
export function parseScopes(text: string | undefined): readonly string[] {
  return text?.split(/\s+/).filter((scope) => scope !== '') ?? [];
}

/** All of them, each once; the first ones where they are too many. Some servers read only the very first. */
export function mergeScopes(...groups: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(groups.flat())].slice(0, limits.scopes);
}

/**
 * The same for token servers that know no other actions than `pull` and `push`, and no other resources than
 * repositories: Quay answers all others with 400, and takes `push` for the right to delete.
 */
export function pullingScopes(scopes: readonly string[]): readonly string[] {
  return scopes
    .filter((scope) => !scope.startsWith('registry:'))
    .map((scope) => scope.replace(/[^:]*$/, (actions) => replaceDelete(actions)));
}

function replaceDelete(actions: string): string {
  const replaced = actions.split(',').map((action) => (action === 'delete' ? 'push' : action));
  return [...new Set(replaced)].join(',');
}
