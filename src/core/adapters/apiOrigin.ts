import type { ApiOrigin, RegistryAdapter } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { matchHost } from './hostPattern.ts';

/**
 * Where an API is for a registry: its origin with the names in it filled in, `{realm}` aside, which the registry has to be
 * asked for. Throws `invalid`.
 */
export function apiOrigin(api: ApiOrigin, adapter: Pick<RegistryAdapter, 'hosts' | 'label'>, registry: URL): string {
  if (api.origin === '{origin}') return registry.origin;
  const names: Readonly<Record<string, string>> = {
    host: registry.hostname,
    ...domainOf(registry),
    ...partsOfHost(adapter, registry),
  };
  const filled = api.origin.replace(/\{([a-z]+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(names, name) ? (names[name] ?? placeholder) : placeholder,
  );
  if (!filled.includes('{') && URL.canParse(filled) && new URL(filled).origin === filled) return filled;
  throw new RegistryError(
    'invalid',
    `${registry.host} does not tell where the API of ${adapter.label} is. Choose another kind for this registry.`,
    { host: registry.host },
  );
}

/** Whether an API is where the registry says, or its name suggests: not known to belong to it before the user says so. */
export function isDerived({ origin }: ApiOrigin): boolean {
  return origin === '{realm}' || origin.includes('{domain}');
}

/**
 * Whether an API belongs to a registry, so that its login may go there: it is the registry itself, or the registry is one
 * of the vendor's own. A registry elsewhere, as a mirror, has logins that are not the vendor's.
 */
export function belongsTo(origin: string, adapter: Pick<RegistryAdapter, 'hosts'>, registry: URL): boolean {
  return origin === registry.origin || (registry.protocol === 'https:' && partsOfHost(adapter, registry) !== undefined);
}

/** What the host is a part of; nothing for an address, and for a host without a domain. */
function domainOf({ hostname }: URL): Readonly<Record<string, string>> {
  const [, domain] = /^[a-z0-9-]+\.((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*)$/.exec(hostname) ?? [];
  return domain === undefined ? {} : { domain };
}

function partsOfHost(
  { hosts }: Pick<RegistryAdapter, 'hosts'>,
  registry: URL,
): Readonly<Record<string, string>> | undefined {
  const longestFirst = [...hosts].sort((a, b) => b.length - a.length);
  for (const pattern of longestFirst) {
    const parts = matchHost(pattern, registry.host);
    if (parts !== undefined) return parts;
  }
  return undefined;
}
