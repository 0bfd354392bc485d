import type { RegistryAdapter } from '../../api.ts';
import type { Ports } from '../ports.ts';
import { dockerArchiveAdapter } from './dockerArchive.ts';
import { dockerHubAdapter } from './dockerHub.ts';
import { guardAdapter } from './guard.ts';
import { adapterKinds, dockerArchiveKind, engineKind, localKind, ociLayoutKind } from './kinds.ts';
import { ociAdapter } from './ociAdapter.ts';
import { ociLayoutAdapter } from './ociLayout.ts';

/** Adapters that need nothing but what the core has already; those of vendors are loaded at first use. */
const common: readonly RegistryAdapter[] = [ociAdapter, dockerHubAdapter];

export interface LoadedAdapter {
  readonly adapter: RegistryAdapter;
  /** Whether it is of another extension. */
  readonly isForeign: boolean;
}

/** The adapter with this id; the plain one when it is gone. For images of this machine the address decides. */
export async function loadAdapter(
  connection: { readonly url: string; readonly adapterId: string },
  ports: Pick<Ports, 'createHash' | 'files' | 'findEngine' | 'foreignAdapters' | 'log' | 'sleep'>,
): Promise<LoadedAdapter> {
  const own = await loadOwnAdapter(connection, ports);
  if (own !== undefined) return { adapter: own, isForeign: false };
  const foreign = await ports.foreignAdapters.load(connection.adapterId);
  if (foreign === undefined) return { adapter: ociAdapter, isForeign: false };
  return { adapter: guardAdapter(foreign, ports), isForeign: true };
}

async function loadOwnAdapter(
  connection: { readonly url: string; readonly adapterId: string },
  ports: Pick<Ports, 'createHash' | 'files' | 'findEngine'>,
): Promise<RegistryAdapter | undefined> {
  switch (localKind(connection.url)) {
    case ociLayoutKind:
      return ociLayoutAdapter(ports);
    case dockerArchiveKind:
      return dockerArchiveAdapter(ports);
    case engineKind:
      return (await import('./vendors.ts')).engineAdapter(ports);
  }
  const known = common.find(({ id }) => id === connection.adapterId);
  if (known !== undefined) return known;
  if (!adapterKinds.some(({ id }) => id === connection.adapterId)) return undefined;
  const { vendorAdapters } = await import('./vendors.ts');
  return vendorAdapters.find(({ id }) => id === connection.adapterId);
}
