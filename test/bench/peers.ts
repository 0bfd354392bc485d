import { findOnPath } from '../support/findOnPath.ts';
import type { SampleRegistry } from '../support/sampleRegistry.ts';
import { type SkopeoTarget, skopeoProgram } from '../support/skopeo.ts';
import { countRequests } from './countRequests.ts';
import { type Access, login } from './crowd.ts';
import type { Figure, Peer } from './line.ts';
import { type MicrosoftClient, openMicrosoft } from './microsoft.ts';

export interface PeerTarget {
  readonly registry: SampleRegistry;
  readonly as: Access;
}

/** What skopeo asks of a registry. It keeps nothing between its runs: each is a cold one. */
export async function skopeoPeer(
  { registry, as }: PeerTarget,
  action: (target: SkopeoTarget) => Promise<unknown>,
): Promise<Peer> {
  if (findOnPath(skopeoProgram) === undefined) return { name: 'skopeo', figure: 'is not on this machine' };
  const target = { host: registry.host, ...(as === 'bearer' && { login }) };
  return { name: 'skopeo', figure: await countRequests(registry, () => action(target)) };
}

/** What Microsoft's provider asks; `measure` gets one that knows nothing of the registry yet. */
export async function microsoftPeer<T>(
  { registry, as }: PeerTarget,
  measure: (client: MicrosoftClient) => Promise<T>,
): Promise<T | string> {
  try {
    return await measure(await openMicrosoft({ url: registry.url, ...(as === 'bearer' && { login }) }));
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : error}`;
  }
}

/** To the end of what it asks, of which most comes after its answer. */
export function countMicrosoftList(
  registry: SampleRegistry,
  client: MicrosoftClient,
  repository: string,
): Promise<Figure> {
  return countRequests(
    registry,
    () => client.listTags(repository),
    ({ allRead }) => allRead,
  );
}
