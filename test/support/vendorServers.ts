import type { Send } from '../../src/core/ports.ts';
import { createTransport } from '../../src/node/transport.ts';
import { directNetwork } from './directNetwork.ts';
import { leadTo, type SentRequest } from './realNames.ts';
import type { RegistryRequest, Reply } from './sampleRegistry/http.ts';
import { listen, RequestLog } from './sampleRegistry/server.ts';
import { bearerChallenge } from './sampleRegistry/tokenQuirks.ts';
import {
  type BearerAuth,
  type SampleRegistry,
  type SampleRegistryOptions,
  startSampleRegistry,
} from './sampleRegistry.ts';

/** A vendor's registry with its token server, and the vendor's API, under their real names. */
export interface VendorServers {
  /** Leads requests for the vendor's origins here, and no others anywhere. */
  readonly send: Send;
  readonly requests: SentRequest[];
  readonly registry: SampleRegistry;
  close(): Promise<void>;
}

export interface VendorOptions {
  /** The registry's origin. */
  readonly origin: string;
  /** Where tokens come from, of whatever origin. */
  readonly realm: string;
  readonly service: string;
  readonly auth: Omit<BearerAuth, 'scheme' | 'quirks'>;
  readonly registry: Omit<SampleRegistryOptions, 'auth'>;
  readonly apiOrigin: string;
  readonly answerApi: (request: RegistryRequest, registry: SampleRegistry) => Reply | Promise<Reply>;
}

export async function startVendorServers(options: VendorOptions): Promise<VendorServers> {
  const { origin, realm, service, apiOrigin } = options;
  const registry = await startSampleRegistry({
    ...options.registry,
    auth: {
      ...options.auth,
      scheme: 'bearer',
      quirks: { challenge: (parameters) => [bearerChallenge({ ...parameters, realm, service })] },
    },
  });
  const api = await listen({
    port: 0,
    tls: undefined,
    latency: 0,
    log: new RequestLog(),
    fault: () => undefined,
    handle: (request) => options.answerApi(request, registry),
  });
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const send = transport.open({ registry: new URL(registry.url) });
  const requests: SentRequest[] = [];
  const { pathname } = new URL(realm);
  return {
    send: leadTo(
      { [apiOrigin]: api.origin, [origin]: registry.url },
      // The token server is ours, whatever path the vendor gives it.
      (request, signal) =>
        send(
          request.url.pathname === pathname
            ? { ...request, url: new URL(request.url.search, registry.realm) }
            : request,
          signal,
        ),
      requests,
    ),
    requests,
    registry,
    close: async () => {
      await Promise.all([transport.dispose(), registry.close(), api.close()]);
    },
  };
}
