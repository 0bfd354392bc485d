import type { RegistryAdapter } from '../../api.ts';
import type { CreateHash, Files } from '../ports.ts';
import { dockerArchiveAdapter } from './dockerArchive.ts';
import { dockerHubAdapter } from './dockerHub.ts';
import { dockerArchiveKind, localKind, ociLayoutKind } from './kinds.ts';
import { ociAdapter } from './ociAdapter.ts';
import { ociLayoutAdapter } from './ociLayout.ts';

/** Adapters that need nothing but what the core has already; those of vendors are loaded at first use. */
const common: readonly RegistryAdapter[] = [ociAdapter, dockerHubAdapter];

/** The adapter with this id; the plain one when it is gone. For images of this machine the address decides. */
export async function loadAdapter(
  connection: { readonly url: string; readonly adapterId: string },
  ports: { readonly files: Files; readonly createHash: CreateHash },
): Promise<RegistryAdapter> {
  switch (localKind(connection.url)) {
    case ociLayoutKind:
      return ociLayoutAdapter(ports);
    case dockerArchiveKind:
      return dockerArchiveAdapter(ports);
  }
  const known = common.find(({ id }) => id === connection.adapterId);
  if (known !== undefined) return known;
  const { vendorAdapters } = await import('./vendors.ts');
  return vendorAdapters.find(({ id }) => id === connection.adapterId) ?? ociAdapter;
}
