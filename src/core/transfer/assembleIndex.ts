import type { Descriptor, FetchedManifest } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import type { PlatformFields } from '../oci/manifest.ts';
import { indexTypes, manifestTypes, mediaTypes } from '../oci/mediaType.ts';
import { formatPlatform } from '../oci/platform.ts';
import type { ParsedManifest } from '../oci/platformImage.ts';
import type { CreateHash } from '../ports.ts';
import { digestOf } from '../registry/verify.ts';

/** What goes into an index. */
interface IndexMember extends Descriptor {
  readonly platform?: PlatformFields | undefined;
}

/** An image that an index is made of. */
export interface IndexPart {
  /** For messages. */
  readonly reference: string;
  readonly top: ParsedManifest;
  /** Of an image by itself, as its config tells it. */
  readonly platform: PlatformFields | undefined;
}

/** Platforms of what belongs to an image: attestations of BuildKit. */
const noPlatform = 'unknown';

/**
 * An index of the images that some references name. Of indexes it takes the members, with their attestations.
 *
 * Errors: `invalid` for two images of one platform, for what has none, and for nothing at all.
 */
export function assembleIndex(parts: readonly IndexPart[], createHash: CreateHash): FetchedManifest {
  const members = new Map<string, IndexMember>();
  const holders = new Map<string, string>();
  for (const part of parts) {
    for (const member of membersOf(part)) {
      if (members.has(member.digest)) continue;
      const { platform: fields } = member;
      const platform = fields && fields.os !== noPlatform ? formatPlatform(fields) : undefined;
      const holder = platform === undefined ? undefined : holders.get(platform);
      // An index of Windows has several of one platform, for its versions.
      if (platform !== undefined && holder !== undefined && holder !== part.reference)
        throw samePlatform(platform, holder, part.reference);
      if (platform !== undefined) holders.set(platform, part.reference);
      members.set(member.digest, member);
    }
  }
  if (members.size === 0) throw new RegistryError('invalid', 'An index takes one image at least. Choose some.');
  const manifests = [...members.values()];
  // Only an index of Docker's own may be of Docker's type; one of OCI may name either.
  const isDocker = manifests.every(({ mediaType }) => mediaType === mediaTypes.dockerManifest);
  const mediaType = isDocker ? mediaTypes.dockerManifestList : mediaTypes.ociIndex;
  const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType, manifests }, undefined, 2));
  return { descriptor: { mediaType, digest: digestOf(bytes, createHash), size: bytes.length }, bytes };
}

function membersOf({ top, platform, reference }: IndexPart): readonly IndexMember[] {
  const { manifest, descriptor } = top;
  if (manifest.kind === 'index') {
    const nested = manifest.manifests.find(({ mediaType }) => indexTypes.includes(mediaType));
    if (nested !== undefined) throw notAnImage(reference);
    // As they stand there, with what we do not know of: that they are entries has been looked at.
    const { manifests } = JSON.parse(new TextDecoder().decode(top.bytes)) as { readonly manifests: IndexMember[] };
    return manifests;
  }
  if (!manifestTypes.includes(descriptor.mediaType) || platform === undefined) throw notAnImage(reference);
  const { mediaType, digest, size } = descriptor;
  return [{ mediaType, size, digest, platform }];
}

function samePlatform(platform: string, one: string, other: string): RegistryError {
  return new RegistryError(
    'invalid',
    `${one} and ${other} both have an image for ${platform}, and an index has one of each. Leave one of them out.`,
  );
}

function notAnImage(reference: string): RegistryError {
  return new RegistryError(
    'invalid',
    `${reference} is no image of one platform, and no index of such images. Leave it out.`,
  );
}
