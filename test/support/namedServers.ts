import type { Send } from '../../src/core/ports.ts';
import { createTransport } from '../../src/node/transport.ts';
import { directNetwork } from './directNetwork.ts';
import { leadTo, type SentRequest } from './realNames.ts';
import type { RegistryRequest, Reply } from './sampleRegistry/http.ts';
import { listen, RequestLog } from './sampleRegistry/server.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from './sampleRegistry.ts';

/** A registry and the API beside it, under names that cannot be reached from tests. */
export interface NamedServers {
  /** Leads requests for these names here, and no others anywhere. */
  readonly send: Send;
  readonly requests: SentRequest[];
  readonly registry: SampleRegistry;
  close(): Promise<void>;
}

export interface NamedServersOptions {
  readonly registry: SampleRegistryOptions;
  /** The API logs in by itself. */
  readonly answerApi: (request: RegistryRequest, registry: SampleRegistry) => Reply | Promise<Reply>;
  /** The sockets behind the names, by origin. */
  readonly namesOf: (servers: { readonly registry: SampleRegistry; readonly api: string }) => Record<string, string>;
  /** Where a request goes that was led to one of the two, if not there. */
  readonly urlOf?: (url: URL, servers: { readonly registry: SampleRegistry; readonly api: string }) => URL;
}

export async function startNamedServers(options: NamedServersOptions): Promise<NamedServers> {
  const { answerApi, namesOf, urlOf = (url) => url } = options;
  const registry = await startSampleRegistry(options.registry);
  const api = await listen({
    port: 0,
    tls: undefined,
    latency: 0,
    log: new RequestLog(),
    fault: () => undefined,
    handle: (request) => answerApi(request, registry),
  });
  const servers = { registry, api: api.origin };
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const send = transport.open({ registry: new URL(registry.url) });
  const requests: SentRequest[] = [];
  return {
    registry,
    send: leadTo(
      namesOf(servers),
      (request, signal) => send({ ...request, url: urlOf(request.url, servers) }, signal),
      requests,
    ),
    requests,
    close: async () => {
      await Promise.all([transport.dispose(), registry.close(), api.close()]);
    },
  };
}
