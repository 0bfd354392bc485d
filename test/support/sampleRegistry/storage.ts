import { type Artifact, sha256 } from '../oci.ts';

/** What the sample registry holds: plain maps, in memory. */
export interface Storage {
  readonly repositories: Map<string, Repository>;
  /** Blobs are kept once, whatever the number of repositories that hold them. */
  readonly blobs: Map<string, Buffer>;
  /** Blobs that are still coming, by the id in their address. */
  readonly uploads: Map<string, Upload>;
}

export interface Upload {
  readonly repository: string;
  readonly chunks: Buffer[];
  /** Of all chunks. */
  size: number;
}

export interface Repository {
  /** Tag to digest. */
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, StoredManifest>;
  /** Digests of the blobs that may be read through this repository. */
  readonly blobs: Set<string>;
}

export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export function createStorage(): Storage {
  return { repositories: new Map(), blobs: new Map(), uploads: new Map() };
}

/** The repository of that name, which appears with its first content. */
export function openRepository(storage: Storage, name: string): Repository {
  let repository = storage.repositories.get(name);
  if (repository === undefined) {
    repository = { tags: new Map(), manifests: new Map(), blobs: new Set() };
    storage.repositories.set(name, repository);
  }
  return repository;
}

/** Stores bytes unchecked and returns their digest. */
export function putBlob(storage: Storage, repositoryName: string, bytes: Buffer, digest = sha256(bytes)): string {
  openRepository(storage, repositoryName).blobs.add(digest);
  storage.blobs.set(digest, bytes);
  return digest;
}

/** Stores bytes unchecked, so that tests can hold broken manifests too, and returns their digest. */
export function putManifest(
  storage: Storage,
  repositoryName: string,
  manifest: StoredManifest,
  tags: readonly string[] = [],
  digest = sha256(manifest.bytes),
): string {
  const repository = openRepository(storage, repositoryName);
  repository.manifests.set(digest, manifest);
  for (const tag of tags) repository.tags.set(tag, digest);
  return digest;
}

/** Stores an artifact with all that it refers to and returns its digest. */
export function pushArtifact(
  storage: Storage,
  repositoryName: string,
  { manifest, blobs, children }: Artifact,
  tags: readonly string[] = [],
): string {
  for (const blob of blobs) putBlob(storage, repositoryName, blob.bytes, blob.descriptor.digest);
  for (const child of children) pushArtifact(storage, repositoryName, child);
  const { mediaType, digest } = manifest.descriptor;
  return putManifest(storage, repositoryName, { mediaType, bytes: manifest.bytes }, tags, digest);
}
