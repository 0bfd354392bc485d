import type { ImageIndex, IndexEntry, PlatformFields } from './manifest.ts';

/** Set by BuildKit on the attestations that it puts beside the images of an index. */
const attestationAnnotation = 'vnd.docker.reference.type';

/** `os/architecture[/variant]`. */
export function formatPlatform(platform: PlatformFields): string {
  const { os, architecture, variant } = platform;
  return variant ? `${os}/${architecture}/${variant}` : `${os}/${architecture}`;
}

/** The entries that are images of a platform: neither attestations nor artifacts. */
export function platformEntries(index: ImageIndex): readonly (IndexEntry & { readonly platform: PlatformFields })[] {
  return index.manifests.filter(
    (entry): entry is IndexEntry & { readonly platform: PlatformFields } =>
      entry.platform !== undefined &&
      entry.platform.os !== 'unknown' &&
      entry.annotations?.[attestationAnnotation] === undefined,
  );
}

/** Each platform of an index once: Windows has several images of one platform, for its versions. */
export function platformNames(index: ImageIndex): readonly string[] {
  return [...new Set(platformEntries(index).map((entry) => formatPlatform(entry.platform)))];
}

/**
 * The entry for a platform; variants that every machine of an architecture has may be left out, so `linux/arm64` finds
 * `linux/arm64/v8`. Without `wanted`: linux on `architecture`, else the first.
 */
export function selectPlatform(
  index: ImageIndex,
  wanted: string | undefined,
  architecture: string,
): IndexEntry | undefined {
  const entries = platformEntries(index);
  const find = (platform: string): IndexEntry | undefined =>
    entries.find((entry) => formatPlatform(entry.platform) === platform) ??
    entries.find((entry) => isSamePlatform(formatPlatform(entry.platform), platform));
  if (wanted !== undefined) return find(wanted);
  // An index of artifacts has no platforms; its first entry says the most about it.
  return find(`linux/${architecture}`) ?? entries[0] ?? index.manifests[0];
}

/** Whether an image for one platform runs wherever one for the other does. */
export function isSamePlatform(a: string, b: string): boolean {
  return normalised(a) === normalised(b);
}

/** As containerd's platforms.Normalize does: the default variant of an architecture is none. */
function normalised(platform: string): string {
  return platform
    .replace(/^([^/]+\/arm64)\/v?8$/, '$1')
    .replace(/^([^/]+\/arm)$/, '$1/v7')
    .replace(/^([^/]+\/amd64)\/v1$/, '$1');
}
