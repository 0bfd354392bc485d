import type { Descriptor } from './oci.ts';
import { buildRelease, type Release, type Service } from './sampleImages/builds.ts';
import { buildChart } from './sampleImages/chart.ts';
import { buildTiny, manyReleases, manyRepositories } from './sampleImages/crowd.ts';
import { buildCosignSignature, buildNotationSignature, buildSbom, cosignTag } from './sampleImages/referrers.ts';
import { alpine, api, base, proxy, web, worker } from './sampleImages/services.ts';
import type { SampleRegistry } from './sampleRegistry.ts';

/** Fills the sample registry with what `npm start` shows. */
export function seedSampleRegistry(registry: Target): void {
  seedCompany(registry);
  for (const { tag, image } of manyReleases(today)) registry.push('platform/nightly', image, tag);
  const tiny = buildTiny({ version: '1.0.0', created: today });
  for (const name of manyRepositories()) registry.push(name, tiny, '1.0.0', 'latest');
}

/** Only the images that differ from each other: few enough to be seen at once. */
export function seedCompany(registry: Target): void {
  for (const service of [alpine, base, proxy, worker]) pushReleases(registry, service);

  const newestWeb = pushReleases(registry, web);
  registry.push(web.name, buildSbom(newestWeb, today));
  registry.push(web.name, buildNotationSignature(newestWeb, today));

  const newestApi = pushReleases(registry, api);
  registry.push(api.name, buildCosignSignature(newestApi, api.name), cosignTag(newestApi));

  for (const { version, created } of releases(['0.9.0', '0.10.0'])) {
    registry.push('charts/shop', buildChart('shop', version, created), version);
  }
}

type Target = Pick<SampleRegistry, 'push'>;

const today = '2025-06-01T12:00:00Z';

/**
 * Every version has its tag, the newest of a minor version is `MAJOR.MINOR` too, and the newest of all is `latest`:
 * that one is returned.
 */
function pushReleases(registry: Target, service: Service): Descriptor {
  const artifacts = releases(service.versions).map((release) => {
    const artifact = buildRelease(service, release);
    const minor = /^\d+\.\d+(?=\.\d+$)/.exec(release.version)?.[0];
    registry.push(service.name, artifact, release.version, ...(minor === undefined ? [] : [minor]));
    return artifact;
  });
  const newest = artifacts.at(-1);
  if (newest === undefined) throw new Error(`${service.name} has no version`);
  registry.push(service.name, newest, 'latest');
  return newest.manifest.descriptor;
}

/** Three weeks between two releases. */
function releases(versions: readonly string[]): Release[] {
  const interval = 21 * 24 * 60 * 60 * 1000;
  return versions.map((version, index) => ({
    version,
    created: new Date(Date.parse(today) - (versions.length - 1 - index) * interval).toISOString().replace('.000', ''),
  }));
}
