import type { RegistryAdapter } from '../../api.ts';

/** Any registry that speaks the OCI distribution protocol; it serves the hosts that no other adapter knows. */
export const ociAdapter: RegistryAdapter = {
  id: 'oci',
  label: 'OCI registry',
  hosts: [],
  open: (_target, context) => context.oci(),
};
