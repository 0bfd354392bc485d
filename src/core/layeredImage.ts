import { RegistryError } from './errors.ts';
import type { OpenBlob } from './image/layerSource.ts';
import type { LayeredImage } from './imageFiles.ts';
import { type InspectContext, readImageConfig } from './inspect.ts';
import { isSamePlatform } from './oci/platform.ts';
import { fetchParsed, findPlatformImage, noSuchPlatform } from './oci/platformImage.ts';

/**
 * The image of one platform behind a reference, to look into.
 *
 * Errors: `not-found` for a platform that there is not, `unsupported` for what has no layers, and those of fetching.
 */
export async function findLayeredImage(
  context: InspectContext & { readonly openBlob: OpenBlob },
  target: { readonly reference: string; readonly tagOrDigest: string; readonly platform: string | undefined },
): Promise<LayeredImage> {
  const { reference, platform } = target;
  const top = await fetchParsed(context.fetchManifest, target);
  const wanted = { reference, platform, architecture: context.architecture };
  const image = await findPlatformImage(context.fetchManifest, top, wanted);
  if (image === undefined) throw new RegistryError('unsupported', `${reference} names no image, and so has no files.`);
  const { manifest, descriptor } = image;
  const config = await readImageConfig(context, manifest.config);
  const own = image.platform ?? config?.platform;
  // Without an index, only the config tells.
  if (platform !== undefined && own !== undefined && !isSamePlatform(own, platform)) {
    throw noSuchPlatform(reference, platform, [own]);
  }
  return {
    reference,
    digest: descriptor.digest,
    layers: manifest.layers,
    diffIds: config?.diffIds ?? [],
    openBlob: context.openBlob,
  };
}
