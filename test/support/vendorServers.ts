import { type NamedServers, type NamedServersOptions, startNamedServers } from './namedServers.ts';
import { bearerChallenge } from './sampleRegistry/tokenQuirks.ts';
import type { BearerAuth, SampleRegistryOptions } from './sampleRegistry.ts';

/** A vendor's registry with its token server, and the vendor's API on another origin. */
export interface VendorOptions extends Pick<NamedServersOptions, 'answerApi'> {
  /** The registry's origin. */
  readonly origin: string;
  /** Where tokens come from, of whatever origin. */
  readonly realm: string;
  readonly service: string;
  readonly auth: Omit<BearerAuth, 'scheme' | 'quirks'>;
  readonly registry: Omit<SampleRegistryOptions, 'auth'>;
  readonly apiOrigin: string;
}

export function startVendorServers(options: VendorOptions): Promise<NamedServers> {
  const { origin, realm, service, auth, apiOrigin, answerApi } = options;
  const { pathname } = new URL(realm);
  const challenge: NonNullable<BearerAuth['quirks']>['challenge'] = (parameters) => [
    bearerChallenge({ ...parameters, realm, service }),
  ];
  return startNamedServers({
    registry: { ...options.registry, auth: { ...auth, scheme: 'bearer', quirks: { challenge } } },
    answerApi,
    namesOf: ({ registry, api }) => ({ [apiOrigin]: api, [origin]: registry.url }),
    // The token server is ours, whatever path the vendor gives it.
    urlOf: (url, { registry }) => (url.pathname === pathname ? new URL(url.search, registry.realm) : url),
  });
}
