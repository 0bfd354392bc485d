import type { RegistryAdapter } from '../../api.ts';
import { ociKind } from './kinds.ts';

/** Any registry that speaks the OCI distribution protocol. */
export const ociAdapter: RegistryAdapter = { ...ociKind, open: (_target, context) => context.oci() };
