import type { RegistryAdapter } from '../../api.ts';
import { createAcrRepository } from './acrRepository.ts';
import { acrKind } from './kinds.ts';

/**
 * Azure Container Registry, whose API is on the same origin and takes the same tokens. Its catalogue is the registry's.
 * There are no pages for people that a registry's address leads to: those of the portal want the subscription.
 * https://learn.microsoft.com/en-us/rest/api/containerregistry/
 */
export const acrAdapter: RegistryAdapter = {
  ...acrKind,
  open: (target, context) => {
    const { host } = new URL(target.url);
    const registry = context.oci();
    return {
      ...registry,
      repository: (name, access) =>
        createAcrRepository(name, { host, registry: registry.repository(name, access), http: context.http }),
    };
  },
};
