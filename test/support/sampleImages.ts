import type { Artifact } from './oci.ts';
import { buildRelease, buildSingle, type Release, type Service } from './sampleImages/builds.ts';
import { buildChart } from './sampleImages/chart.ts';
import { alpine, api, base, proxy, web, worker } from './sampleImages/services.ts';
import type { SampleRegistry } from './sampleRegistry.ts';

/** Fills the sample registry with what `npm start` shows. */
export function seedSampleRegistry(registry: Pick<SampleRegistry, 'push'>): void {
  for (const service of [alpine, base, web, api, proxy]) pushReleases(registry, service, buildRelease);
  pushReleases(registry, worker, buildSingle);
  for (const { version, created } of releases(['0.9.0', '0.10.0'])) {
    registry.push('charts/shop', buildChart('shop', version, created), version);
  }
}

const versions: Readonly<Record<string, readonly string[]>> = {
  'library/alpine': ['3.9.6', '3.10.9', '3.20.6', '3.21.3'],
  'platform/base': ['1.0.0', '1.1.0', '2.0.0'],
  'shop/web': ['1.8.0', '1.9.0', '1.10.0', '1.10.1'],
  'shop/api': ['2.0.0-rc.1', '2.0.0', '2.9.0', '2.10.0'],
  'shop/worker': ['0.9.2', '0.10.0', '0.11.0'],
  'platform/tools/proxy': ['4.2.0', '4.10.0'],
};

/** Every version has its tag; the newest is `latest` too, and the newest of a minor version is `MAJOR.MINOR`. */
function pushReleases(
  registry: Pick<SampleRegistry, 'push'>,
  service: Service,
  build: (service: Service, release: Release) => Artifact,
): void {
  const all = releases(versions[service.name] ?? []);
  for (const [index, release] of all.entries()) {
    const minor = /^\d+\.\d+(?=\.\d+$)/.exec(release.version)?.[0];
    const tags = [release.version, ...(minor === undefined ? [] : [minor])];
    registry.push(service.name, build(service, release), ...tags, ...(index === all.length - 1 ? ['latest'] : []));
  }
}

/** Three weeks between two releases. */
function releases(names: readonly string[]): Release[] {
  const last = Date.UTC(2025, 5, 1, 12);
  const interval = 21 * 24 * 60 * 60 * 1000;
  return names.map((version, index) => ({
    version,
    created: new Date(last - (names.length - 1 - index) * interval).toISOString().replace('.000', ''),
  }));
}
