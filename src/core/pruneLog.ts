import { isRecord } from './isRecord.ts';
import type { DataStore } from './ports.ts';
import type { PrunedEntry, PrunePlan, PruneResult } from './transfer/pruneRun.ts';

/** Characters that are kept of each repository: manifests of some thousand images. */
const capacity = 8 * 1024 * 1024;

/** A run of a prune, with what is needed to put back what it has removed. */
export interface PruneRecord {
  /** ISO 8601. */
  readonly at: string;
  readonly repository: string;
  readonly rule: PrunePlan['rule'];
  readonly removed: readonly {
    readonly digest: string;
    readonly tags: readonly string[];
    readonly how: PrunedEntry['how'];
    readonly mediaType: string;
    /** Its exact bytes, as text. Absent where they are no UTF-8. */
    readonly manifest?: string;
  }[];
  /** Why it ended early. */
  readonly stopped?: string;
}

export function pruneRecord(
  plan: PrunePlan,
  { removed, stopped }: Pick<PruneResult, 'removed' | 'stopped'>,
  at: number,
): PruneRecord {
  return {
    at: new Date(at).toISOString(),
    repository: plan.repository,
    rule: plan.rule,
    removed: removed.map(({ digest, tags, how, manifest }) => {
      const text = exactText(manifest.bytes);
      const { mediaType } = manifest.descriptor;
      return { digest, tags, how, mediaType, ...(text !== undefined && { manifest: text }) };
    }),
    ...(stopped !== undefined && { stopped: stopped.message }),
  };
}

/** Adds a run to what is kept of its repository, newest first. `key` is the repository's on its connection. */
export async function keepRecord(store: DataStore, key: string, record: PruneRecord): Promise<void> {
  const name = `prunes ${key}`;
  const kept: unknown[] = [record];
  let size = JSON.stringify(record).length;
  for (const older of parseList(await store.read(name))) {
    if (isRecord(older) && older['at'] === record.at) continue;
    size += JSON.stringify(older).length;
    if (size > capacity) break;
    kept.push(older);
  }
  await store.write(name, JSON.stringify(kept));
}

function parseList(text: string | undefined): readonly unknown[] {
  if (text === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function exactText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
