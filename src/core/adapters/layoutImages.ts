import { RegistryError } from '../errors.ts';
import { imageNameAnnotation, refNameAnnotation } from '../oci/layout.ts';
import { isLocalName } from '../oci/localReference.ts';
import { type IndexEntry, parseManifest } from '../oci/manifest.ts';
import { mediaTypes } from '../oci/mediaType.ts';
import type { LocalImage } from './localImages.ts';

/** The images that an `index.json` names. `path` is for messages. */
export function layoutImages(index: Uint8Array, path: string): readonly LocalImage[] {
  const entries = readEntries(index, path);
  const refNames = entries.map((entry) => entry.annotations?.[refNameAnnotation]);
  return entries.map((entry) => {
    const { mediaType, digest, size } = entry;
    const refName = entry.annotations?.[refNameAnnotation];
    const imageName = entry.annotations?.[imageNameAnnotation];
    // Archives of several repositories have a `latest` of each.
    const isUnique = refNames.filter((other) => other === refName).length === 1;
    const names = isUnique ? [refName, imageName] : [imageName, refName];
    return {
      descriptor: { mediaType, digest, size },
      names: names.filter((name): name is string => name !== undefined && isLocalName(name)),
    };
  });
}

function readEntries(index: Uint8Array, path: string): readonly IndexEntry[] {
  try {
    const parsed = parseManifest(index, mediaTypes.ociIndex);
    return parsed.kind === 'index' ? parsed.manifests : [];
  } catch (error) {
    throw new RegistryError(
      'protocol',
      `The index.json of ${path} names no images as it should. Copy the image again.`,
      {
        cause: error,
      },
    );
  }
}
