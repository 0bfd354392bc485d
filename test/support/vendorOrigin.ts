import type { Send } from '../../src/core/ports.ts';
import { createTransport } from '../../src/node/transport.ts';
import { directNetwork } from './directNetwork.ts';
import { leadTo, type SentRequest } from './realNames.ts';
import { type RegistryRequest, type Reply, tokenPath } from './sampleRegistry/http.ts';
import { listen, RequestLog } from './sampleRegistry/server.ts';
import type { SampleRegistry } from './sampleRegistry.ts';

/** A registry, its token server and the API of its vendor under one name, which cannot be reached from tests. */
export interface VendorOrigin {
  /** Leads requests for that name here, and no others anywhere. */
  readonly send: Send;
  readonly requests: readonly SentRequest[];
  /** The registry's too. */
  close(): Promise<void>;
}

export async function startVendorOrigin(options: {
  readonly origin: string;
  readonly registry: SampleRegistry;
  /** Where the vendor has its token server. */
  readonly tokenPath: string;
  /** Answers the paths below `/api/`, whoever asks. */
  readonly answerApi: (request: RegistryRequest) => Reply;
}): Promise<VendorOrigin> {
  const { origin, registry, answerApi } = options;
  const common = { port: 0, tls: undefined, latency: 0, log: new RequestLog(), fault: () => undefined };
  const api = await listen({ ...common, handle: answerApi });
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const send = transport.open({ registry: new URL(origin) });
  const requests: SentRequest[] = [];
  const placeOf = (path: string): URL => {
    if (path.startsWith('/api/')) return new URL(path, api.origin);
    return path === options.tokenPath ? new URL(tokenPath, registry.realm) : new URL(path, registry.url);
  };
  return {
    send: leadTo(
      { [origin]: registry.url },
      (request, signal) => {
        const url = placeOf(request.url.pathname);
        url.search = request.url.search;
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
