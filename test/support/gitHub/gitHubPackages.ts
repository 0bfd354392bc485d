import type { Artifact } from '../oci.ts';

interface Version {
  readonly id: number;
  readonly createdAt: string;
  downloads: number;
}

/** What GitHub knows of packages besides what its registry holds. */
export class GitHubPackages {
  readonly #versions = new Map<string, Version>();
  readonly #public = new Set<string>();

  /** Manifests that an index names are versions too, without a tag. */
  push(name: string, artifact: Artifact): void {
    for (const child of artifact.children) this.push(name, child);
    const key = `${name}@${artifact.manifest.descriptor.digest}`;
    if (this.#versions.has(key)) return;
    const number = this.#versions.size;
    const createdAt = new Date(Date.UTC(2025, 5, 1) + number * 60_000).toISOString().replace('.000', '');
    this.#versions.set(key, { id: 700 + number, createdAt, downloads: 0 });
  }

  version(name: string, digest: string): Version | undefined {
    return this.#versions.get(`${name}@${digest}`);
  }

  publish(name: string): void {
    this.#public.add(name);
  }

  isPublic(name: string): boolean {
    return this.#public.has(name);
  }
}
