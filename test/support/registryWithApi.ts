import { type NamedServers, type NamedServersOptions, startNamedServers } from './namedServers.ts';
import type { SampleRegistry } from './sampleRegistry.ts';

/** A registry that shares its origin with the API of the product that it is a part of, under a name of its own. */
export type RegistryWithApi = NamedServers;

export interface RegistryWithApiOptions extends Pick<NamedServersOptions, 'registry' | 'answerApi'> {
  readonly origin: string;
  /** Paths that are not the registry's. */
  readonly apiPaths: RegExp;
  /** Where tokens are issued, beside the sample registry's own place; rewrites a path of the registry too. */
  readonly pathOf?: (pathname: string, registry: SampleRegistry) => string;
}

export function startRegistryWithApi(options: RegistryWithApiOptions): Promise<RegistryWithApi> {
  const { origin, apiPaths, pathOf, registry, answerApi } = options;
  return startNamedServers({
    registry,
    answerApi,
    namesOf: (servers) => ({ [origin]: servers.registry.url }),
    urlOf: ({ pathname, search }, servers) =>
      apiPaths.test(pathname)
        ? new URL(`${pathname}${search}`, servers.api)
        : new URL(`${pathOf?.(pathname, servers.registry) ?? pathname}${search}`, servers.registry.url),
  });
}
