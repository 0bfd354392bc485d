import type { Connection } from '../../core/connections.ts';
import { registryOf, repositoryReference } from '../../core/connectionUrl.ts';
import { neverAborted } from '../../core/neverAborted.ts';
import { dockerHub, parseReference } from '../../core/oci/reference.ts';
import type { Services } from '../services.ts';
import type { ImageLookups } from './imageLookups.ts';

/** Names that are proposed at once. */
const most = 200;

/**
 * References of repositories for what is typed of one, from names that were seen: at once, and also where a registry does not answer.
 * A registry whose address is typed is asked behind; it is waited for only where nothing of it is known.
 */
export async function repositoryNames(
  { services, lookups }: { readonly services: Services; readonly lookups: ImageLookups },
  typed: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const connections = services.connections.all().filter(({ url }) => /^https?:/.test(url));
  const found = await Promise.all(
    connections.map(async (connection) => {
      const prefix = prefixOf(connection);
      if (!typed.startsWith(prefix)) return [];
      const names = await namesOf({ services, lookups }, connection, { isTyped: prefix !== '', signal });
      return matching(connection, names, typed.slice(prefix.length));
    }),
  );
  const addresses = connections.map(prefixOf).filter((prefix) => prefix !== '' && !typed.startsWith(prefix));
  const opened = services.recent.all().flatMap((reference) => nameOf(reference) ?? []);
  return [...new Set([...opened, ...found.flat(), ...addresses])].filter((name) => name.includes(typed));
}

async function namesOf(
  { services, lookups }: { readonly services: Services; readonly lookups: ImageLookups },
  { id, url }: Connection,
  { isTyped, signal }: { readonly isTyped: boolean; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const seen = await services.gantry.knownNames(id);
  const pinned = services.pins.of(url);
  const known = pinned.length === 0 ? seen : [...pinned, ...seen];
  // Docker Hub's list is of nobody's interest as a whole.
  if (!isTyped) return known;
  const listing = lookups.repositories(id, known.length > 0 ? neverAborted : signal).catch(() => []);
  if (known.length > 0) return known;
  await listing;
  return services.gantry.knownNames(id);
}

/** Before they become references, since there can be fifty thousand. */
function matching({ url }: Connection, names: readonly string[], typed: string): readonly string[] {
  const found: string[] = [];
  for (const name of names) {
    if (!name.includes(typed)) continue;
    found.push(repositoryReference(url, name));
    if (found.length === most) break;
  }
  return found;
}

/** What references of a connection begin with; nothing for Docker Hub. */
function prefixOf({ url }: Connection): string {
  const registry = registryOf(url);
  return registry === dockerHub ? '' : `${registry}/`;
}

function nameOf(reference: string): string | undefined {
  try {
    const { registry, repository } = parseReference(reference);
    return parseReference(`${registry}/${repository}`).familiar;
  } catch {
    return undefined;
  }
}
