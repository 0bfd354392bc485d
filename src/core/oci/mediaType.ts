/** Media types of OCI image-spec, media-types.md, and of Docker's image manifest v2. */
export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociArtifactManifest: 'application/vnd.oci.artifact.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
} as const;

export const indexTypes: readonly string[] = [mediaTypes.ociIndex, mediaTypes.dockerManifestList];
export const manifestTypes: readonly string[] = [mediaTypes.ociManifest, mediaTypes.dockerManifest];
export const schema1Types: readonly string[] = [mediaTypes.dockerSchema1, mediaTypes.dockerSchema1Signed];
export const configTypes: readonly string[] = [mediaTypes.ociConfig, mediaTypes.dockerConfig];

/**
 * Every type by name: given a bare wildcard, Quay converts down to schema 1, and Distribution answers with the
 * linux/amd64 child of a list. The wildcard at the end is for artifacts of types that are not known yet.
 */
export const acceptedManifests: string = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerManifestList,
  mediaTypes.dockerManifest,
  mediaTypes.dockerSchema1Signed,
  mediaTypes.dockerSchema1,
  mediaTypes.ociArtifactManifest,
  '*/*',
].join(', ');

/** Whether a layer lies there as it is unpacked: a plain tar, as container engines and `docker save` have them. */
export function isPlainTar(mediaType: string): boolean {
  return essence(mediaType).endsWith('.tar');
}

/** A media type without its parameters, in lower case; `''` for none. */
export function essence(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
