import type { Descriptor } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { printable } from '../printable.ts';
import type { LocalImage } from './localImages.ts';

/** Names told in a message. */
const maxNames = 5;

/**
 * The image that a name or digest stands for; `undefined` for a digest that none of them has, which may be of a manifest
 * below one. A name may be the end of a longer one, as `1.0` of `shop/web:1.0`, and where there is only one image, as
 * `latest` it needs none: that is what a reference without a name means.
 *
 * Errors: `not-found`, `invalid` for the end of several names.
 */
export function findImage(images: readonly LocalImage[], reference: string, path: string): Descriptor | undefined {
  if (isDigest(reference)) return images.find(({ descriptor }) => descriptor.digest === reference)?.descriptor;
  const exact = images.filter(({ names }) => names.includes(reference));
  const matching =
    exact.length > 0 ? exact : images.filter(({ names }) => names.some((name) => name.endsWith(`:${reference}`)));
  const [first, ...others] = matching;
  if (first !== undefined && others.every(({ descriptor }) => descriptor.digest === first.descriptor.digest)) {
    return first.descriptor;
  }
  if (first !== undefined) {
    throw new RegistryError(
      'invalid',
      `${path} has several images "${reference}": ${told(matching)}. Write the whole name.`,
    );
  }
  const [only, ...rest] = images;
  if (reference === 'latest' && only !== undefined && rest.length === 0) return only.descriptor;
  throw new RegistryError(
    'not-found',
    images.length === 0 ? `${path} holds no images.` : `${path} has no image "${reference}". It has: ${told(images)}.`,
  );
}

function told(images: readonly LocalImage[]): string {
  const names = images.slice(0, maxNames).map(({ names: [name], descriptor }) => printable(name ?? descriptor.digest));
  return `${names.join(', ')}${images.length > maxNames ? ', …' : ''}`;
}
