import type { RegistryAdapter } from '../../api.ts';
import { dockerHubAdapter } from './dockerHub.ts';
import { ociAdapter } from './ociAdapter.ts';

const builtIn: readonly RegistryAdapter[] = [ociAdapter, dockerHubAdapter];

/** The adapter with this id; the plain one when it is gone. */
export function adapterById(id: string): RegistryAdapter {
  return builtIn.find((adapter) => adapter.id === id) ?? ociAdapter;
}
