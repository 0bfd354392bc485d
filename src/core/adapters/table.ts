import type { RegistryAdapter } from '../../api.ts';
import type { CreateHash, Files } from '../ports.ts';
import { dockerArchiveAdapter } from './dockerArchive.ts';
import { dockerHubAdapter } from './dockerHub.ts';
import { dockerArchiveKind, localKind, ociLayoutKind } from './kinds.ts';
import { ociAdapter } from './ociAdapter.ts';
import { ociLayoutAdapter } from './ociLayout.ts';

/** Serve registries on the network. */
const remote: readonly RegistryAdapter[] = [ociAdapter, dockerHubAdapter];

/** The adapter with this id; the plain one when it is gone. For images of this machine the address decides. */
export function adapterFor(
  connection: { readonly url: string; readonly adapterId: string },
  ports: { readonly files: Files; readonly createHash: CreateHash },
): RegistryAdapter {
  switch (localKind(connection.url)) {
    case ociLayoutKind:
      return ociLayoutAdapter(ports);
    case dockerArchiveKind:
      return dockerArchiveAdapter(ports);
    default:
      return remote.find(({ id }) => id === connection.adapterId) ?? ociAdapter;
  }
}
