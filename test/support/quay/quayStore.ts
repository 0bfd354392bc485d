import type { Artifact } from '../oci.ts';
import { PushRecords } from '../pushRecords.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';

/** What a tag names, or has named. */
export interface QuayTagRecord {
  readonly name: string;
  readonly digest: string;
  /** Seconds since 1970. */
  readonly start: number;
  /** When it stopped to, or will. */
  end: number | undefined;
  isReversion: boolean;
  isImmutable: boolean;
}

/** What Quay knows beside the content of its registry: all that tags have ever named. */
export class QuayStore {
  readonly records = new PushRecords();
  readonly public = new Set<string>();
  readonly descriptions = new Map<string, string>();
  /** Bodies of the answers of scans, by digest. */
  readonly scans = new Map<string, object>();
  /** Mirrors of other repositories, which nobody may change. */
  readonly mirrors = new Set<string>();
  readonly #tags = new Map<string, QuayTagRecord[]>();
  #clock = Date.UTC(2025, 5, 1) / 1000;

  push(name: string, artifact: Artifact, tags: readonly string[]): void {
    this.records.push(name, artifact);
    for (const tag of tags) this.#move(name, tag, artifact.manifest.descriptor.digest);
  }

  /** The history of a repository's tags, newest first. What came through the registry is noticed here. */
  history(name: string, registry: SampleRegistry): readonly QuayTagRecord[] {
    const current = registry.storage.repositories.get(name)?.tags ?? new Map<string, string>();
    const known = this.#tags.get(name) ?? [];
    for (const record of known) if (record.end === undefined && !current.has(record.name)) record.end = this.#tick();
    for (const [tag, digest] of current) {
      const active = known.find((record) => record.name === tag && isActive(record));
      if (active?.digest !== digest) this.#move(name, tag, digest);
    }
    return [...(this.#tags.get(name) ?? [])].sort((a, b) => b.start - a.start || (a.name < b.name ? -1 : 1));
  }

  #move(name: string, tag: string, digest: string): void {
    const start = this.#tick();
    const known = this.#tags.get(name) ?? [];
    for (const record of known) if (record.name === tag && isActive(record)) record.end = start;
    known.push({ name: tag, digest, start, end: undefined, isReversion: false, isImmutable: false });
    this.#tags.set(name, known);
  }

  /** One minute later. */
  #tick(): number {
    this.#clock += 60;
    return this.#clock;
  }
}

export function isActive({ end }: QuayTagRecord): boolean {
  return end === undefined || end > Date.now() / 1000;
}
