import { writeAttestation } from '../artifactWriter.ts';
import {
  type BuildStep,
  type Compression,
  type Layer,
  type RuntimeConfig,
  writeImage,
  writeIndex,
  writeLayer,
} from '../imageWriter.ts';
import { type Artifact, type Platform, sha256 } from '../oci.ts';
import type { TarEntry } from '../tarWriter.ts';
import { baseFiles, packageFiles } from './files.ts';

/** Builds images as a small company might: one base, several services on top of it. */

export const platforms = {
  amd64: { os: 'linux', architecture: 'amd64' },
  arm64: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  armV7: { os: 'linux', architecture: 'arm', variant: 'v7' },
} as const satisfies Record<string, Platform>;

export interface Release {
  readonly version: string;
  readonly created: string;
}

export interface Service {
  readonly name: string;
  readonly description: string;
  /** The oldest first. */
  readonly versions: readonly string[];
  readonly platforms: readonly Platform[];
  /** One platform only, in Docker's own media types, as `docker push` leaves it; otherwise an OCI index. */
  readonly isDocker?: boolean;
  readonly compression?: Compression;
  readonly steps: (platform: Platform, release: Release, compression: Compression) => readonly BuildStep[];
  readonly config: RuntimeConfig;
  /** Adds to every platform what BuildKit says about its build. */
  readonly withAttestations?: boolean;
}

export function buildRelease(service: Service, release: Release): Artifact {
  const images = service.platforms.map((platform) => buildImage(service, release, platform));
  const [only] = images;
  if (service.isDocker && only !== undefined) return only;
  const attestations = service.withAttestations ? images.map((image) => attest(image, service, release)) : [];
  return writeIndex([...images, ...attestations], { annotations: describe(service, release) });
}

/** The steps that every service starts from. */
export function baseSteps(platform: Platform, version: string, compression: Compression = 'gzip'): BuildStep[] {
  const machine = machineNames[platform.architecture] ?? platform.architecture;
  return [
    step(
      `ADD alpine-minirootfs-${version}.0-${machine}.tar.gz / # buildkit`,
      cachedLayer(`base ${machine} ${version} ${compression}`, () => baseFiles(machine, version), compression),
    ),
    step('CMD ["/bin/sh"]'),
    step(
      'RUN /bin/sh -c apk add --no-cache ca-certificates libssl3 tzdata # buildkit',
      cachedLayer(`packages ${machine} ${compression}`, () => packageFiles(machine), compression),
    ),
  ];
}

export function step(createdBy: string, layer?: Layer): BuildStep {
  return { createdBy, comment: 'buildkit.dockerfile.v0', ...(layer && { layer }) };
}

export function layerStep(createdBy: string, entries: readonly TarEntry[], compression: Compression): BuildStep {
  return step(createdBy, writeLayer(entries, compression));
}

const machineNames: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', arm: 'armv7' };

const layers = new Map<string, Layer>();

/** Images share the layers of their base: written once, stored once. */
function cachedLayer(key: string, entries: () => readonly TarEntry[], compression: Compression): Layer {
  let layer = layers.get(key);
  if (layer === undefined) {
    layer = writeLayer(entries(), compression);
    layers.set(key, layer);
  }
  return layer;
}

function buildImage(service: Service, release: Release, platform: Platform): Artifact {
  const labels = describe(service, release);
  return writeImage({
    platform,
    format: service.isDocker ? 'docker' : 'oci',
    created: release.created,
    steps: service.steps(platform, release, service.compression ?? 'gzip'),
    config: { ...service.config, Labels: { ...service.config.Labels, ...labels } },
    // Docker's manifests know no annotations.
    ...(!service.isDocker && { annotations: labels }),
  });
}

function describe(service: Service, { version, created }: Release): Record<string, string> {
  return {
    'org.opencontainers.image.created': created,
    'org.opencontainers.image.description': service.description,
    'org.opencontainers.image.licenses': 'Apache-2.0',
    'org.opencontainers.image.revision': sha256(Buffer.from(`${service.name} ${version}`)).slice(7, 47),
    'org.opencontainers.image.source': `https://gitlab.example.com/${service.name}`,
    'org.opencontainers.image.title': service.name.replace(/^.*\//, ''),
    'org.opencontainers.image.vendor': 'Example Shop',
    'org.opencontainers.image.version': version,
  };
}

function attest(image: Artifact, service: Service, { version, created }: Release): Artifact {
  const { descriptor } = image.manifest;
  const { os, architecture } = descriptor.platform ?? platforms.amd64;
  return writeAttestation(
    descriptor,
    [
      {
        predicateType: 'https://spdx.dev/Document',
        predicate: {
          spdxVersion: 'SPDX-2.3',
          dataLicense: 'CC0-1.0',
          SPDXID: 'SPDXRef-DOCUMENT',
          name: service.name,
          creationInfo: { created, creators: ['Organization: Example Shop'] },
          packages: [
            { SPDXID: 'SPDXRef-busybox', name: 'busybox', versionInfo: '1.37.0-r12', licenseDeclared: 'GPL-2.0-only' },
            { SPDXID: 'SPDXRef-musl', name: 'musl', versionInfo: '1.2.5-r9', licenseDeclared: 'MIT' },
            { SPDXID: 'SPDXRef-libssl3', name: 'libssl3', versionInfo: '3.3.3-r0', licenseDeclared: 'Apache-2.0' },
          ],
        },
      },
      {
        predicateType: 'https://slsa.dev/provenance/v0.2',
        predicate: {
          builder: { id: `https://ci.example.com/${service.name}` },
          buildType: 'https://mobyproject.org/buildkit@v1',
          materials: [],
          invocation: {
            configSource: { entryPoint: 'Dockerfile' },
            parameters: { frontend: 'dockerfile.v0' },
            environment: { platform: `${os}/${architecture}` },
          },
          metadata: {
            buildStartedOn: created,
            buildFinishedOn: created,
            completeness: { parameters: true, environment: true, materials: false },
            reproducible: false,
          },
        },
      },
    ],
    { subjectName: `pkg:docker/${service.name}@${version}?platform=${os}%2F${architecture}` },
  );
}
