import type { RegistryRequest } from './http.ts';
import { parseRoute } from './routes.ts';

/** A right to do something to something. https://distribution.github.io/distribution/spec/auth/scope/ */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** What a request needs, as Distribution asks for it. */
export function neededAccess({ method, url }: RegistryRequest): Access[] {
  const route = parseRoute(url.pathname);
  if (route?.kind === 'catalog') return [{ type: 'registry', name: 'catalog', actions: ['*'] }];
  if (route === undefined || !('repository' in route)) return [];
  const access = [{ type: 'repository', name: route.repository, actions: actionsOf(method) }];
  const mountedFrom = url.searchParams.get('from');
  if (method === 'POST' && mountedFrom !== null) {
    access.push({ type: 'repository', name: mountedFrom, actions: ['pull'] });
  }
  return access;
}

/** `undefined` where the text is no scope. The name may hold a `:`, so it is split from both ends. */
export function parseScope(scope: string): Access | undefined {
  const [matched, type = '', name = '', actions = ''] = /^([^:]+):(.+):([^:]*)$/.exec(scope) ?? [];
  return matched === undefined
    ? undefined
    : { type, name, actions: actions.split(',').filter((action) => action !== '') };
}

export function formatScope({ type, name, actions }: Access): string {
  return `${type}:${name}:${actions.join(',')}`;
}

export function includesAccess(granted: readonly Access[], needed: Access): boolean {
  const actions = granted
    .filter(({ type, name }) => type === needed.type && name === needed.name)
    .flatMap((access) => access.actions);
  return actions.includes('*') || needed.actions.every((action) => actions.includes(action));
}

function actionsOf(method: string): string[] {
  if (method === 'GET' || method === 'HEAD') return ['pull'];
  return method === 'DELETE' ? ['delete'] : ['pull', 'push'];
}
