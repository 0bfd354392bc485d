import type { RegistryAdapter } from '../../api.ts';
import { dockerHubAdapter } from './dockerHub.ts';
import { ociAdapter } from './ociAdapter.ts';

const builtIn: readonly RegistryAdapter[] = [ociAdapter, dockerHubAdapter];

/** The adapter with this id; the plain one when it is gone. */
export function adapterById(id: string): RegistryAdapter {
  return builtIn.find((adapter) => adapter.id === id) ?? ociAdapter;
}

/** The adapter that serves a host (with its port): the longest pattern wins, the plain one takes the rest. */
export function adapterForHost(host: string, adapters: readonly RegistryAdapter[] = builtIn): RegistryAdapter {
  const matches = adapters.flatMap((adapter) =>
    adapter.hosts
      .filter((pattern) => matchesHost(pattern, host))
      .map((pattern) => ({ adapter, length: pattern.length })),
  );
  matches.sort((a, b) => b.length - a.length);
  return matches[0]?.adapter ?? ociAdapter;
}

function matchesHost(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), host.toLowerCase()];
  return wanted.startsWith('*.') ? given.endsWith(wanted.slice(1)) : given === wanted;
}
