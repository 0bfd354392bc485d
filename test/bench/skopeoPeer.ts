import { findOnPath } from '../support/findOnPath.ts';
import type { SampleRegistry } from '../support/sampleRegistry.ts';
import { type SkopeoTarget, skopeoProgram } from '../support/skopeo.ts';
import { countRequests } from './countRequests.ts';
import { type Access, login } from './crowd.ts';
import type { Peer } from './line.ts';

/** What skopeo asks of a registry. It keeps nothing between its runs: each is a cold one. */
export async function skopeoPeer(
  { registry, as }: { readonly registry: SampleRegistry; readonly as: Access },
  action: (target: SkopeoTarget) => Promise<unknown>,
): Promise<Peer> {
  if (findOnPath(skopeoProgram) === undefined) return { name: 'skopeo', figure: 'is not on this machine' };
  const target = { host: registry.host, ...(as === 'bearer' && { login }) };
  return { name: 'skopeo', figure: await countRequests(registry, () => action(target)) };
}
