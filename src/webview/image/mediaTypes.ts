import type { MediaTypeName } from '../../messages.ts';

const names: ReadonlyMap<string, MediaTypeName> = new Map([
  ['application/vnd.oci.image.index.v1+json', 'ociIndex'],
  ['application/vnd.oci.image.manifest.v1+json', 'ociManifest'],
  ['application/vnd.docker.distribution.manifest.list.v2+json', 'dockerManifestList'],
  ['application/vnd.docker.distribution.manifest.v2+json', 'dockerManifest'],
  ['application/vnd.docker.distribution.manifest.v1+json', 'dockerSchema1'],
  ['application/vnd.docker.distribution.manifest.v1+prettyjws', 'dockerSchema1'],
  ['application/vnd.cncf.helm.config.v1+json', 'helmChart'],
  ['application/vnd.wasm.config.v0+json', 'wasmModule'],
  ['application/vnd.wasm.config.v1+json', 'wasmModule'],
  ['application/vnd.dev.cosign.artifact.sig.v1+json', 'cosignSignature'],
  ['application/vnd.cncf.notary.signature', 'notationSignature'],
  ['application/vnd.in-toto+json', 'inTotoAttestation'],
  ['application/spdx+json', 'spdxDocument'],
  ['text/spdx+json', 'spdxDocument'],
  ['application/vnd.cyclonedx+json', 'cycloneDxDocument'],
  ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'helmChartContent'],
  ['application/vnd.cncf.openpolicyagent.config.v1+json', 'policyBundle'],
  ['application/vnd.cncf.openpolicyagent.manifest.layer.v1+json', 'policyBundle'],
  ['application/vnd.cncf.flux.config.v1+json', 'fluxManifests'],
  ['application/vnd.docker.compose.project', 'composeApplication'],
  ['application/vnd.devcontainers', 'devContainerFeature'],
  ['application/vnd.aquasec.trivy.config.v1+json', 'vulnerabilityDatabase'],
  ['application/vnd.kitops.modelkit.config.v1+json', 'model'],
  ['application/vnd.cncf.model.manifest.v1+json', 'model'],
  ['application/vnd.wasm.content.layer.v1+wasm', 'wasmModule'],
  ['application/wasm', 'wasmModule'],
  ['application/vnd.unknown.artifact.v1', 'someFiles'],
  ['application/vnd.unknown.config.v1+json', 'someFiles'],
  // Of statements about an image.
  ['https://spdx.dev/document', 'spdxDocument'],
  ['https://cyclonedx.org/bom', 'cycloneDxDocument'],
]);

/** How to name a media type, an artifact type or the type of a predicate in human words, where that is known. */
export function mediaTypeName(mediaType: string): MediaTypeName | undefined {
  const [type = ''] = mediaType.toLowerCase().split(';');
  // The version is a part of the name: `application/vnd.dev.sigstore.bundle.v0.3+json`.
  if (type.startsWith('application/vnd.dev.sigstore.bundle')) return 'sigstoreBundle';
  if (type.startsWith('https://slsa.dev/provenance/')) return 'slsaProvenance';
  return names.get(type.trim());
}
