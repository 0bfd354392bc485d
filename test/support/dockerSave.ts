import type { Artifact } from './oci.ts';
import { file, writeTar } from './tarWriter.ts';

/** An archive as `docker save` writes it, of one image with plain layers and its names. */
export function writeDockerSave(image: Artifact, ...names: string[]): Buffer {
  const [config, ...layers] = image.blobs
    .map(({ descriptor, bytes }) => {
      const hex = descriptor.digest.replace('sha256:', '');
      return { isConfig: descriptor.mediaType.includes('config'), hex, bytes };
    })
    .sort((a, b) => Number(b.isConfig) - Number(a.isConfig));
  if (config === undefined) throw new Error('An image has a config');
  const manifest = { Config: `${config.hex}.json`, RepoTags: names, Layers: layers.map(({ hex }) => `${hex}.tar`) };
  return writeTar([
    file(`${config.hex}.json`, config.bytes),
    ...layers.map(({ hex, bytes }) => file(`${hex}.tar`, bytes)),
    file('manifest.json', JSON.stringify([manifest])),
  ]);
}
