import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { findOnPath } from '../support/findOnPath.ts';
import type { RealRegistry } from '../support/realRegistry.ts';
import { buildTiny, manyReleases } from '../support/sampleImages/crowd.ts';
import { pushWithSkopeo, skopeoProgram } from '../support/skopeo.ts';
import { crowdSize, repository } from './crowd.ts';

const created = '2026-03-01T00:00:00Z';
/** One image for all tags: here they are only listed. */
const image = buildTiny({ version: '1.0.0', created });

/** Runs `use` with Distribution 2.8, on which the peers were measured; `undefined` where it is not on this machine. */
export async function withDistributionCrowd<T>(use: (registry: RealRegistry) => Promise<T>): Promise<T | undefined> {
  const missing = [distributionProgram, skopeoProgram].filter((program) => findOnPath(program) === undefined);
  if (missing.length > 0) {
    console.log(`Not measured on Distribution 2.8: this machine has no ${missing.join(', ')}.`);
    return undefined;
  }
  const registry = await startDistribution();
  try {
    const names = [...manyReleases(created)].slice(0, crowdSize).map(({ tag }) => tag);
    const [first = ''] = names;
    await pushWithSkopeo(registry, repository, image, first);
    for (const name of names.slice(1)) await putTag(registry, name);
    return await use(registry);
  } finally {
    await registry.close();
  }
}

async function putTag({ url }: RealRegistry, tag: string): Promise<void> {
  const { descriptor, bytes } = image.manifest;
  const response = await fetch(`${url}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'Content-Type': descriptor.mediaType },
    body: new Uint8Array(bytes),
  });
  if (!response.ok) throw new Error(`Distribution answered ${response.status} to a tag: ${await response.text()}`);
}
