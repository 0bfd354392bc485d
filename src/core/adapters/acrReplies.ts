import * as v from 'valibot';
import type { Protection, UntaggedManifest } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { formatPlatform } from '../oci/platform.ts';
import { isTag } from '../oci/reference.ts';
import { countSchema, dateSchema, lenient, parsed, platformPartSchema, textSchema } from './replyFields.ts';

/*
 * What the API of Azure's registries answers beside the registry.
 *
 * https://learn.microsoft.com/en-us/rest/api/containerregistry/manifests/get-list
 */

export interface AcrManifest extends UntaggedManifest {
  readonly tags: readonly string[];
  readonly platform?: string;
  /** What its own lock keeps; tags can have locks of their own beside it. */
  readonly protectedFrom: readonly Protection[];
}

export interface AcrManifests {
  readonly items: readonly AcrManifest[];
  /** As they came, to go on after the last. */
  readonly digests: readonly unknown[];
}

const manifestSchema = v.object({
  digest: v.pipe(v.string(), v.check(isDigest)),
  imageSize: lenient(v.pipe(countSchema, v.minValue(1))),
  createdTime: lenient(dateSchema),
  mediaType: lenient(textSchema),
  os: lenient(platformPartSchema),
  architecture: lenient(platformPartSchema),
  tags: lenient(v.array(v.unknown())),
  changeableAttributes: lenient(v.object({ deleteEnabled: lenient(v.boolean()), writeEnabled: lenient(v.boolean()) })),
});

/** A page of manifests; `undefined` for what is none. */
export function readManifests(document: unknown): AcrManifests | undefined {
  const page = parsed(v.object({ manifests: v.nullish(v.array(v.unknown())) }), document);
  // Repositories can be empty, and some lists are null then.
  if (page?.manifests === undefined) return undefined;
  const listed = page.manifests ?? [];
  return {
    items: listed.flatMap(readManifest),
    digests: listed.map((item) => (item as { readonly digest?: unknown } | null)?.digest),
  };
}

function readManifest(item: unknown): readonly AcrManifest[] {
  const manifest = parsed(manifestSchema, item);
  if (manifest === undefined) return [];
  const { digest, imageSize, createdTime, mediaType, os, architecture, changeableAttributes: lock } = manifest;
  const tags = (manifest.tags ?? []).filter((tag): tag is string => typeof tag === 'string' && isTag(tag));
  return [
    {
      digest,
      tags,
      protectedFrom: protections(lock),
      ...(mediaType !== undefined && { mediaType }),
      ...(imageSize !== undefined && { size: imageSize }),
      ...(createdTime !== undefined && { pushedAt: createdTime }),
      ...(os !== undefined && architecture !== undefined && { platform: formatPlatform({ os, architecture }) }),
    },
  ];
}

/**
 * What may not be written can be neither moved nor deleted.
 * https://learn.microsoft.com/en-us/azure/container-registry/container-registry-image-lock
 */
function protections(
  lock: { readonly deleteEnabled?: boolean | undefined; readonly writeEnabled?: boolean | undefined } | undefined,
): readonly Protection[] {
  if (lock?.writeEnabled === false) return ['move', 'delete'];
  return lock?.deleteEnabled === false ? ['delete'] : [];
}
