import type { Artifact } from '../oci.ts';

/** What ECR knows beside the content of its registry. */
export interface EcrImageRecord {
  readonly digest: string;
  readonly mediaType: string;
  /** As ECR counts it: of an index, that of its largest image. */
  readonly size: number;
  /** Seconds since 1970, with fractions. */
  readonly pushedAt: number;
  readonly pulledAt: number | undefined;
  readonly isIndex: boolean;
  readonly children: readonly string[];
}

export interface EcrRepositoryRecord {
  readonly name: string;
  readonly createdAt: number;
  mutability: string;
  /** Wildcards. */
  exclusions: readonly string[];
  readonly images: Map<string, EcrImageRecord>;
  readonly tags: Map<string, string>;
  /** Replies of DescribeImageScanFindings, page by page, by digest. */
  readonly scans: Map<string, readonly object[]>;
}

export class EcrStore {
  readonly repositories = new Map<string, EcrRepositoryRecord>();
  #pushes = 0;

  create(name: string): EcrRepositoryRecord {
    const repository: EcrRepositoryRecord = {
      name,
      createdAt: Date.UTC(2025, 0, 1) / 1000 + 0.5,
      mutability: 'MUTABLE',
      exclusions: [],
      images: new Map(),
      tags: new Map(),
      scans: new Map(),
    };
    this.repositories.set(name, repository);
    return repository;
  }

  /** Each push is one minute after the one before. */
  push(name: string, artifact: Artifact, tags: readonly string[]): void {
    const repository = this.repositories.get(name) ?? this.create(name);
    const pushedAt = Date.UTC(2025, 5, 1) / 1000 + this.#pushes++ * 60 + 0.25;
    for (const child of artifact.children) this.#add(repository, child, pushedAt);
    this.#add(repository, artifact, pushedAt);
    for (const tag of tags) repository.tags.set(tag, artifact.manifest.descriptor.digest);
  }

  /** Removes an image with its tags, if it is there. */
  delete(repository: EcrRepositoryRecord, digest: string): void {
    repository.images.delete(digest);
    for (const [tag, tagged] of repository.tags) if (tagged === digest) repository.tags.delete(tag);
  }

  #add(repository: EcrRepositoryRecord, { manifest, blobs, children }: Artifact, pushedAt: number): void {
    const { digest, mediaType } = manifest.descriptor;
    const sizeOf = (artifact: Artifact): number =>
      artifact.blobs.reduce((size, { descriptor }) => size + descriptor.size, artifact.manifest.bytes.length);
    const size = children.length > 0 ? Math.max(...children.map(sizeOf)) : sizeOf({ manifest, blobs, children });
    repository.images.set(digest, {
      digest,
      mediaType,
      size,
      pushedAt,
      pulledAt: children.length > 0 ? undefined : pushedAt + 30,
      isIndex: children.length > 0,
      children: children.map((child) => child.manifest.descriptor.digest),
    });
  }
}
