import type { Artifact, Content } from '../oci.ts';

/** A user of Docker Hub, or an organization with one of its access tokens. */
export interface HubAccount {
  readonly password: string;
  /** Organizations beside the account's own namespace. */
  readonly organizations?: readonly string[];
  /** Organization access tokens are refused by the routes under `/v2/repositories/`. */
  readonly isOrganizationToken?: boolean;
}

export interface HubRepository {
  readonly name: string;
  readonly description: string;
  /** Markdown. */
  readonly fullDescription: string;
  readonly pulls: number;
  readonly isPrivate: boolean;
  readonly tags: Map<string, HubTag>;
}

/** A tag as the API knows it: its images in the words of the API. */
export interface HubTag {
  readonly name: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly pushedAt: string;
  readonly images: readonly HubImage[];
}

export interface HubImage {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
  readonly digest: string;
  readonly size: number;
}

/** What Docker Hub knows beside the content of its registry. */
export class HubStore {
  readonly accounts: ReadonlyMap<string, HubAccount>;
  readonly repositories = new Map<string, HubRepository>();
  #pushes = 0;

  constructor(accounts: Readonly<Record<string, HubAccount>>) {
    this.accounts = new Map(Object.entries(accounts));
  }

  namespacesOf(user: string): readonly string[] {
    return [user, ...(this.accounts.get(user)?.organizations ?? [])];
  }

  mayRead(user: string | undefined, name: string): boolean {
    return this.repositories.get(name)?.isPrivate === false || this.mayWrite(user, name);
  }

  mayWrite(user: string | undefined, name: string): boolean {
    const [namespace = ''] = name.split('/');
    return user !== undefined && this.namespacesOf(user).includes(namespace);
  }

  /** Gives an image that is known by another tag this one. */
  copyTag(repository: string, name: string, digest: string | undefined): void {
    const tags = this.repositories.get(repository)?.tags;
    const known = [...(tags?.values() ?? [])].find((tag) => tag.digest === digest);
    if (known !== undefined) tags?.set(name, { ...known, name });
  }

  /** Each push is one minute after the one before. */
  addTags(repository: HubRepository, artifact: Artifact, tags: readonly string[]): void {
    for (const name of tags) {
      const pushedAt = new Date(Date.UTC(2025, 5, 1) + this.#pushes++ * 60_000).toISOString().replace('Z', '456Z');
      const { digest, mediaType } = artifact.manifest.descriptor;
      repository.tags.set(name, { name, digest, mediaType, pushedAt, images: imagesOf(artifact) });
    }
  }
}

/** An attestation is an image of an unknown platform. */
function imagesOf(artifact: Artifact): readonly HubImage[] {
  const images = artifact.children.length > 0 ? artifact.children : [artifact];
  return images.map(({ manifest, blobs }) => {
    const { os = 'unknown', architecture = 'unknown', variant = null } = manifest.descriptor.platform ?? {};
    return { os, architecture, variant, digest: manifest.descriptor.digest, size: sizeOf(blobs) };
  });
}

function sizeOf(blobs: readonly Content[]): number {
  return blobs.reduce((size, { descriptor }) => size + descriptor.size, 0);
}
