import type { Descriptor, ImageReference } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { blobPath, indexFile, type LayoutEntry, layoutFile, layoutFileContent, withEntry } from '../oci/layout.ts';
import { isLocalRegistry } from '../oci/localReference.ts';
import { type ImageManifest, parseManifest } from '../oci/manifest.ts';
import { configTypes } from '../oci/mediaType.ts';
import type { TarFile } from '../writeTar.ts';
import type { PullPlan } from './plan.ts';

/** The bytes of a blob that is there. */
export type ReadBlob = (blob: Descriptor) => AsyncIterable<Uint8Array>;

/** An OCI image layout as an archive, as skopeo and podman call `oci-archive`: manifests byte for byte. */
export function ociArchiveFiles(plan: PullPlan, entry: LayoutEntry, readBlob: ReadBlob): readonly TarFile[] {
  return [
    inMemory(layoutFile, new TextEncoder().encode(layoutFileContent)),
    ...plan.blobs.map((blob) => ({ path: blobPath(blob.digest), size: blob.size, chunks: () => readBlob(blob) })),
    ...plan.manifests.map(({ descriptor, bytes }) => inMemory(blobPath(descriptor.digest), bytes)),
    inMemory(indexFile, withEntry(undefined, entry, 'the archive')),
  ];
}

/**
 * What `docker save` writes of one image, and every engine loads: its config and layers, without the manifest. Layers stay
 * compressed as they are in the registry, which engines take too.
 *
 * Errors: `unsupported` for what is no image of files, or lacks layers that may not be distributed.
 */
export function dockerArchiveFiles(plan: PullPlan, reference: ImageReference, readBlob: ReadBlob): readonly TarFile[] {
  const { config, layers } = imageOf(plan, reference);
  const files = [...new Map(layers.map((layer) => [layer.digest, layer])).values()];
  const list = [{ Config: configName(config), RepoTags: namesOf(reference), Layers: layers.map(layerName) }];
  return [
    inMemory('manifest.json', new TextEncoder().encode(JSON.stringify(list))),
    { path: configName(config), size: config.size, chunks: () => readBlob(config) },
    ...files.map((layer) => ({ path: layerName(layer), size: layer.size, chunks: () => readBlob(layer) })),
  ];
}

/** The one image of a plan. Errors: as {@link dockerArchiveFiles}. */
export function imageOf({ top, omitted }: PullPlan, { familiar }: ImageReference): ImageManifest {
  const manifest = parseManifest(top.bytes, top.descriptor.mediaType, familiar);
  if (manifest.kind !== 'image' || !configTypes.includes(manifest.config.mediaType)) {
    throw new RegistryError(
      'unsupported',
      `${familiar} is no image of files that an engine could run. Pull it into a folder as an OCI image layout.`,
    );
  }
  if (omitted.length > 0) {
    throw new RegistryError(
      'unsupported',
      `${familiar} has layers that may not be distributed, which its registry does not hold. Pull it into a folder as an OCI image layout, without them.`,
    );
  }
  return manifest;
}

/** As skopeo writes them, in full: Docker shows the short form again. */
function namesOf({ registry, repository, tag, digest }: ImageReference): readonly string[] {
  if (isLocalRegistry(registry)) return tag === undefined ? [] : [tag];
  if (tag === undefined && digest !== undefined) return [];
  return [`${registry}/${repository}:${tag ?? 'latest'}`];
}

function configName({ digest }: Descriptor): string {
  return `${hexOf(digest)}.json`;
}

function layerName({ digest }: Descriptor): string {
  return `${hexOf(digest)}.tar`;
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}

function inMemory(path: string, bytes: Uint8Array): TarFile {
  return {
    path,
    size: bytes.length,
    chunks: async function* () {
      yield bytes;
    },
  };
}
