import type { RegistryAdapter } from '../../api.ts';
import { microsoftKind } from './kinds.ts';
import { readOnly } from './readOnly.ts';

/**
 * Microsoft's public registry. Its catalogue comes whole in one answer, some hundred KB of it.
 * https://github.com/microsoft/containerregistry
 */
export const microsoftAdapter: RegistryAdapter = {
  ...microsoftKind,
  open: (_target, context) => {
    const registry = context.oci();
    return {
      ...registry,
      repository: (name) => ({
        ...readOnly(registry.repository(name)),
        webUrl: () => `https://mcr.microsoft.com/artifact/mar/${name}/about`,
      }),
    };
  },
};
