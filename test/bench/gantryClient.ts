import { type Client, openClient } from '../registry/openClient.ts';
import type { SampleRegistry } from '../support/sampleRegistry.ts';
import { type Access, login } from './crowd.ts';

/** Gantry's core on its real transport, connected with a registry of which it knows nothing yet. */
export async function withGantry<T>(
  { registry, as }: { readonly registry: Pick<SampleRegistry, 'url'>; readonly as: Access },
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await openClient();
  try {
    const account = as === 'anonymous' ? {} : { username: login.user, password: login.password };
    await client.gantry.addConnection({ url: registry.url, ...account });
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Another process in the place of an earlier one: it has what that one stored, and nothing else. */
export async function withRestarted<T>({ ports }: Client, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await openClient({ state: ports.state, secrets: ports.secrets });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
