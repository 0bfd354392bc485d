import { type Layer, writeImage, writeLayer } from '../imageWriter.ts';
import type { Artifact } from '../oci.ts';
import { file } from '../tarWriter.ts';
import { platforms, type Release } from './builds.ts';

/** Much of everything, but small: what a registry looks like after some years. */

/** 5,000 tags, or as many of them as are wanted, each with an image of its own. */
export function* manyReleases(
  created: string,
  most = 5000,
): Generator<{ readonly tag: string; readonly image: Artifact }> {
  let left = most;
  for (let major = 1; major <= 10; major++) {
    for (let minor = 0; minor < 20; minor++) {
      for (let patch = 0; patch < 25; patch++) {
        if (left-- === 0) return;
        const version = `${major}.${minor}.${patch}`;
        yield { tag: version, image: buildTiny({ version, created }) };
      }
    }
  }
}

/** 300 repositories in 12 namespaces. */
export function manyRepositories(): string[] {
  return teams.flatMap((team) => components.map((component) => `${team}/${component}`));
}

export function buildTiny({ version, created }: Release): Artifact {
  const labels = { 'org.opencontainers.image.created': created, 'org.opencontainers.image.version': version };
  return writeImage({
    platform: platforms.amd64,
    created,
    steps: [
      { createdBy: 'COPY hello /hello # buildkit', layer: hello },
      { createdBy: 'CMD ["/hello"]', comment: 'buildkit.dockerfile.v0' },
    ],
    config: { Cmd: ['/hello'], Labels: labels },
  });
}

const hello: Layer = writeLayer([file('hello', '#!/bin/sh\necho "Hello"\n', { mode: 0o755 })]);

const teams = [
  ...['billing', 'catalog', 'checkout', 'data', 'fraud', 'growth'],
  ...['identity', 'logistics', 'media', 'mobile', 'payments', 'search'],
];

const components = [
  ...['admin', 'api', 'archiver', 'backup', 'batch', 'cache', 'consumer', 'cron', 'exporter'],
  ...['gateway', 'importer', 'indexer', 'mailer', 'migrations', 'monitor', 'notifier', 'proxy', 'reports'],
  ...['scheduler', 'seeder', 'sidecar', 'sync', 'web', 'webhooks', 'worker'],
];
