import { isRecord } from './isRecord.ts';
import { isDigest } from './oci/digest.ts';
import type { CreateHash, DataStore } from './ports.ts';
import { digestOf } from './registry/verify.ts';
import type { PrunedEntry, PrunePlan, PruneResult } from './transfer/pruneRun.ts';
import type { Undoable, UndoStep } from './transfer/undo.ts';

/** Characters that are kept of each repository: manifests of some thousand images. */
const capacity = 8 * 1024 * 1024;
/** Which repositories have records, those of the last prunes. */
const listName = 'prunes';
const mostRepositories = 200;

/** A run of a prune, with what is needed to put back what it has removed. */
export interface PruneRecord {
  /** ISO 8601. */
  readonly at: string;
  readonly repository: string;
  readonly rule: PrunePlan['rule'];
  readonly removed: readonly RemovedImage[];
  /** Why it ended early. */
  readonly stopped?: string;
  /** When all of it was put back. ISO 8601. */
  readonly restoredAt?: string;
}

interface RemovedImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly how: PrunedEntry['how'];
  readonly mediaType: string;
  /** Its exact bytes, as text. Absent where they are no UTF-8. */
  readonly manifest?: string;
}

/** A repository on its connection. */
export interface PrunedRepository {
  readonly connectionId: string;
  readonly name: string;
}

/** A prune whose record is kept, also of an earlier session. */
export interface KeptPrune extends Undoable {
  /** Tags that went. */
  readonly tags: number;
}

interface FoundPrune {
  readonly kept: KeptPrune;
  readonly of: PrunedRepository;
  readonly removed: readonly RemovedImage[];
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

/** Adds a run to what is kept of its repository, newest first. */
export async function keepRecord(store: DataStore, of: PrunedRepository, record: PruneRecord): Promise<void> {
  const kept: unknown[] = [record];
  let size = JSON.stringify(record).length;
  for (const older of parseList(await store.read(fileName(of)))) {
    if (isRecord(older) && older['at'] === record.at) continue;
    size += JSON.stringify(older).length;
    if (size > capacity) break;
    kept.push(older);
  }
  await store.write(fileName(of), JSON.stringify(kept));
  const others = (await repositories(store)).filter((other) => fileName(other) !== fileName(of));
  await store.write(listName, JSON.stringify([of, ...others].slice(0, mostRepositories)));
}

/** What tells a run from others, in this session and the next. */
export function recordId({ connectionId, name }: PrunedRepository, at: string): string {
  return `${at} ${connectionId} ${name}`;
}

/** Prunes that were not put back, newest first. */
export async function keptPrunes(store: DataStore): Promise<readonly KeptPrune[]> {
  const found = await findPrunes(store);
  return found.map(({ kept }) => kept).sort((one, other) => other.at - one.at);
}

/** What puts a prune back: what of its record is what it says. `undefined` for one that is not kept. */
export async function restoreSteps(
  store: DataStore,
  id: string,
  createHash: CreateHash,
): Promise<
  { readonly kept: KeptPrune; readonly of: PrunedRepository; readonly steps: readonly UndoStep[] } | undefined
> {
  const found = (await findPrunes(store)).find(({ kept }) => kept.id === id);
  if (found === undefined) return undefined;
  const steps = found.removed.flatMap(({ digest, tags, how, mediaType, manifest: text }): readonly UndoStep[] => {
    if (text === undefined) return [];
    const bytes = new TextEncoder().encode(text);
    if (digestOf(bytes, createHash, digest) !== digest) return [];
    const manifest = { bytes, descriptor: { mediaType, digest, size: bytes.length } };
    return (how === 'digest' ? [digest, ...tags] : tags).map((name) => ({ name, manifest, now: undefined }));
  });
  return { kept: found.kept, of: found.of, steps };
}

/** It stays in the log, and is offered no more. */
export async function markRestored(store: DataStore, id: string, at: number): Promise<void> {
  for (const of of await repositories(store)) {
    const records = parseList(await store.read(fileName(of)));
    const isIt = (record: unknown): boolean => isRecord(record) && recordId(of, String(record['at'])) === id;
    if (!records.some(isIt)) continue;
    const restoredAt = new Date(at).toISOString();
    const marked = records.map((record) => (isRecord(record) && isIt(record) ? { ...record, restoredAt } : record));
    await store.write(fileName(of), JSON.stringify(marked));
  }
}

async function findPrunes(store: DataStore): Promise<readonly FoundPrune[]> {
  const found: FoundPrune[] = [];
  for (const of of await repositories(store)) {
    for (const record of parseList(await store.read(fileName(of)))) {
      const prune = parseRecord(record, of);
      if (prune !== undefined) found.push(prune);
    }
  }
  return found;
}

async function repositories(store: DataStore): Promise<readonly PrunedRepository[]> {
  return parseList(await store.read(listName)).flatMap((entry): readonly PrunedRepository[] => {
    if (!isRecord(entry)) return [];
    const { connectionId, name } = entry;
    return typeof connectionId === 'string' && typeof name === 'string' ? [{ connectionId, name }] : [];
  });
}

/** As far as it is one that can be put back; another version may have written it. */
function parseRecord(record: unknown, of: PrunedRepository): FoundPrune | undefined {
  if (!isRecord(record) || record['restoredAt'] !== undefined) return undefined;
  const { at, repository, removed } = record;
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at)) || typeof repository !== 'string') return undefined;
  if (!Array.isArray(removed)) return undefined;
  const images = removed.flatMap(parseRemoved);
  if (images.length === 0) return undefined;
  const tags = images.reduce((sum, image) => sum + image.tags.length, 0);
  const { connectionId } = of;
  const kept = {
    id: recordId(of, at),
    kind: 'pruned' as const,
    reference: repository,
    connectionId,
    at: Date.parse(at),
  };
  return { kept: { ...kept, tags }, of, removed: images };
}

function parseRemoved(image: unknown): readonly RemovedImage[] {
  if (!isRecord(image)) return [];
  const { digest, tags, how, mediaType, manifest } = image;
  if (typeof digest !== 'string' || !isDigest(digest) || typeof mediaType !== 'string') return [];
  if ((how !== 'digest' && how !== 'tags') || !Array.isArray(tags)) return [];
  const names = tags.filter((tag): tag is string => typeof tag === 'string');
  return [{ digest, tags: names, how, mediaType, ...(typeof manifest === 'string' && { manifest }) }];
}

function fileName({ connectionId, name }: PrunedRepository): string {
  return `prunes ${connectionId} ${name}`;
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
