import type { Descriptor } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { shortDigest } from '../oci/digest.ts';
import { essence } from '../oci/mediaType.ts';
import { printable } from '../printable.ts';

/** Throws `unsupported`, with the reason, for a layer whose files cannot be listed. */
export function checkReadable({ digest, mediaType }: Descriptor): void {
  const type = essence(mediaType);
  const layer = `The layer ${shortDigest(digest)}`;
  if (/\bforeign\b|nondistributable/.test(type)) {
    throw new RegistryError(
      'unsupported',
      `${layer} may not be distributed by registries, as those of Windows may not: its publisher has it. Its files cannot be listed.`,
    );
  }
  if (/\+encrypted\b/.test(type)) {
    throw new RegistryError('unsupported', `${layer} is encrypted. Its files cannot be listed without its key.`);
  }
  if (!/(?:^|[./+-])tar(?:$|[.+-])/.test(type)) {
    throw new RegistryError(
      'unsupported',
      `${layer} is no archive of files but ${printable(type) || 'of no type'}. Save it to look at it.`,
    );
  }
}

/** Part of the key under which something of a layer is kept. */
export function layerKey(digest: string): string {
  return digest.replace(':', '-');
}
