import type { Artifact, Platform } from './oci.ts';

/** What a vendor knows of a manifest beside its content. */
export interface PushRecord {
  readonly artifact: Artifact;
  readonly pushedAt: Date;
  /** Of its config and layers, or those of all that it names. */
  readonly size: number;
  readonly platform: Platform | undefined;
}

/** When and what was pushed, by repository and digest. Each push is one minute after the one before. */
export class PushRecords {
  readonly #records = new Map<string, PushRecord>();
  #pushes = 0;

  push(name: string, artifact: Artifact): PushRecord {
    for (const child of artifact.children) this.push(name, child);
    const { digest, platform } = artifact.manifest.descriptor;
    const pushedAt = new Date(Date.UTC(2025, 5, 1) + this.#pushes++ * 60_000);
    const record = { artifact, pushedAt, size: sizeOf(artifact), platform };
    this.#records.set(`${name}@${digest}`, record);
    return record;
  }

  /** `undefined` for what came through the registry. */
  find(name: string, digest: string): PushRecord | undefined {
    return this.#records.get(`${name}@${digest}`);
  }
}

function sizeOf({ blobs, children }: Artifact): number {
  const own = blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  return children.reduce((sum, child) => sum + sizeOf(child), own);
}
