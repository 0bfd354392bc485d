import type { Send } from '../../src/core/ports.ts';
import { createTransport } from '../../src/node/transport.ts';
import { directNetwork } from './directNetwork.ts';
import { leadTo, type SentRequest } from './realNames.ts';
import type { RegistryRequest, Reply } from './sampleRegistry/http.ts';
import { listen, RequestLog } from './sampleRegistry/server.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from './sampleRegistry.ts';

/** A registry that shares its origin with the API of the product that it is a part of, under a name of its own. */
export interface RegistryWithApi {
  readonly registry: SampleRegistry;
  /** Leads requests for that origin here, and no others anywhere. */
  readonly send: Send;
  readonly requests: readonly SentRequest[];
  close(): Promise<void>;
}

export interface RegistryWithApiOptions {
  readonly origin: string;
  readonly registry: SampleRegistryOptions;
  /** Paths that are not the registry's. The API logs in by itself. */
  readonly apiPaths: RegExp;
  readonly answerApi: (request: RegistryRequest, registry: SampleRegistry) => Reply | Promise<Reply>;
  /** Where tokens are issued, beside the sample registry's own place; rewrites a path of the registry too. */
  readonly pathOf?: (pathname: string, registry: SampleRegistry) => string;
}

export async function startRegistryWithApi(options: RegistryWithApiOptions): Promise<RegistryWithApi> {
  const { origin, apiPaths, answerApi, pathOf } = options;
  const registry = await startSampleRegistry(options.registry);
  const api = await listen({
    port: 0,
    tls: undefined,
    latency: 0,
    log: new RequestLog(),
    fault: () => undefined,
    handle: (request) => answerApi(request, registry),
  });
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const send = transport.open({ registry: new URL(registry.url) });
  const requests: SentRequest[] = [];
  return {
    registry,
    send: leadTo(
      { [origin]: registry.url },
      (request, signal) => {
        const { pathname, search } = request.url;
        const url = apiPaths.test(pathname)
          ? new URL(`${pathname}${search}`, api.origin)
          : new URL(`${pathOf?.(pathname, registry) ?? pathname}${search}`, registry.url);
        return send({ ...request, url }, signal);
      },
      requests,
    ),
    requests,
    close: async () => {
      await Promise.all([transport.dispose(), registry.close(), api.close()]);
    },
  };
}
