import { gzipSync } from 'node:zlib';
import { writeArtifact } from '../artifactWriter.ts';
import { type Artifact, content, jsonContent } from '../oci.ts';
import { directory, file, writeTar } from '../tarWriter.ts';

/** A Helm chart as `helm push` stores it: a manifest that is no image. https://helm.sh/docs/topics/registries/ */
export function buildChart(name: string, version: string, created: string): Artifact {
  const metadata = { apiVersion: 'v2', name, version, description: `A chart for ${name}`, type: 'application' };
  const archive = writeTar([
    directory(name),
    file(
      `${name}/Chart.yaml`,
      Object.entries(metadata)
        .map(([key, value]) => `${key}: ${value}\n`)
        .join(''),
    ),
    file(`${name}/values.yaml`, 'replicas: 2\nimage:\n  repository: shop/web\n'),
    directory(`${name}/templates`),
    file(`${name}/templates/deployment.yaml`, 'apiVersion: apps/v1\nkind: Deployment\n'),
  ]);
  return writeArtifact({
    config: jsonContent('application/vnd.cncf.helm.config.v1+json', metadata),
    layers: [content('application/vnd.cncf.helm.chart.content.v1.tar+gzip', gzipSync(archive))],
    annotations: {
      'org.opencontainers.image.created': created,
      'org.opencontainers.image.description': metadata.description,
      'org.opencontainers.image.title': name,
      'org.opencontainers.image.version': version,
    },
  });
}
