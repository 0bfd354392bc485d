import type { Send } from '../../src/core/ports.ts';
import { createTransport } from '../../src/node/transport.ts';
import { directNetwork } from './directNetwork.ts';
import { leadTo, type SentRequest } from './realNames.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from './sampleRegistry.ts';

/** A sample registry that is asked for by the name of another, which cannot be reached from tests. */
export interface NamedRegistry {
  readonly registry: SampleRegistry;
  /** Leads requests for that name here, and no others anywhere. */
  readonly send: Send;
  readonly requests: readonly SentRequest[];
  close(): Promise<void>;
}

export async function startNamedRegistry(origin: string, options: SampleRegistryOptions): Promise<NamedRegistry> {
  const registry = await startSampleRegistry(options);
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  const requests: SentRequest[] = [];
  return {
    registry,
    send: leadTo({ [origin]: registry.url }, transport.open({ registry: new URL(registry.url) }), requests),
    requests,
    close: async () => {
      await Promise.all([transport.dispose(), registry.close()]);
    },
  };
}
