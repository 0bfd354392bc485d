import type { Descriptor, FetchedManifest, TransferProgress, TransferResult } from '../../api.ts';
import { isRegistryError, RegistryError, withState } from '../errors.ts';
import { mediaTypes } from '../oci/mediaType.ts';
import type { CreateHash } from '../ports.ts';
import { readReferrers, referrersTag } from '../registry/referrers.ts';
import { digestOf } from '../registry/verify.ts';
import type { AttachedArtifact, CopyPlan, CopySource } from './copyPlan.ts';
import type { CopyTarget } from './copyTarget.ts';
import { blobsAtOnce, type Lanes } from './lanes.ts';
import { ProgressMeter } from './progress.ts';
import { tagConflict } from './retag.ts';
import { RewindableSource } from './rewindableSource.ts';
import { runAtOnce } from './runAtOnce.ts';

export { archiveTarget } from './archiveTarget.ts';
export { assembleIndex, type IndexPart } from './assembleIndex.ts';
export { planCopy } from './copyPlan.ts';
export { layoutTarget, repositoryTarget } from './copyTarget.ts';
export { planWhole } from './plan.ts';

export interface CopyContext {
  readonly source: Pick<CopySource, 'openBlob'>;
  readonly target: CopyTarget;
  readonly createHash: CreateHash;
  readonly lanes: Lanes;
}

export interface CopyRun {
  readonly plan: CopyPlan;
  /** Absent: the copy is found by its digest only. */
  readonly tag: string | undefined;
  /** Whether the target is the repository that is copied from, and so has everything. */
  readonly isRetag: boolean;
  readonly overwrite: boolean;
  readonly expected: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
  /** Told what the tag named before it was moved, where it may be moved from that only. */
  readonly onMoved?: (before: FetchedManifest) => void;
}

/**
 * Writes what a plan holds, from the bottom up: blobs, the manifests that name them, what refers to those, and the tag at
 * the end. So whatever ends the copy leaves nothing at the target whose parts are missing, and the next one goes on.
 *
 * Errors: `conflict` for a tag that names another image, `server` for a registry that takes what it does not keep, those
 * of reading and of writing.
 */
export async function runCopy(context: CopyContext, run: CopyRun): Promise<Omit<TransferResult, 'requests'>> {
  const { target } = context;
  const { plan, tag, isRetag, overwrite, signal } = run;
  const { top } = plan.image;
  const named = await checkTag(target, run);
  const before = await moved(target, run, named, context.createHash);
  const isThere = target.seesToParts && named?.digest === top.descriptor.digest;
  const attached = isRetag ? [] : isThere ? await missingAttached(target, plan.attached, signal) : plan.attached;
  const isImageMissing = !isThere && !isRetag;

  const blobs = new Map<string, Descriptor>();
  for (const { blobs: some } of [...(isImageMissing ? [plan.image] : []), ...attached]) {
    for (const blob of some) blobs.set(blob.digest, blob);
  }
  const done: CopyState = { blobs: 0, isTagged: isThere };
  try {
    const counts = await putBlobs(context, [...blobs.values()], run, done);
    if (isImageMissing) {
      for (const manifest of plan.image.manifests) {
        // With the tag, unless something wants to refer to it before.
        if (manifest.descriptor.digest === top.descriptor.digest && attached.length === 0) continue;
        await target.putManifest(manifest, { signal });
      }
    }
    const keptTags = await putAttached(context, attached, { signal, overwrite });
    if (!isThere) {
      // What has been sent took its time, in which somebody may have moved the tag.
      if (counts.bytesSent > 0 && tag !== undefined && !isForced(run)) await assertSame(target, tag, named, signal);
      await target.setName(tag, top, { signal, replaces: overwrite ? 'any' : named?.digest });
      await readBack(target, tag, top, signal);
      done.isTagged = true;
      if (before !== undefined) run.onMoved?.(before);
    }
    await target.finish?.();
    const omittedLayers = plan.image.omitted.map(({ digest }) => digest);
    return { digest: top.descriptor.digest, ...counts, omittedLayers, keptTags };
  } catch (error) {
    throw isRetag ? error : withCopyState(error, done, { total: blobs.size, target, tag });
  }
}

/** How far a copy got. */
interface CopyState {
  /** That are at the target. */
  blobs: number;
  isTagged: boolean;
}

/** Says what is done and what is not; whoever has cancelled knows. */
function withCopyState(
  error: unknown,
  { blobs, isTagged }: CopyState,
  { total, target, tag }: { readonly total: number; readonly target: CopyTarget; readonly tag: string | undefined },
): unknown {
  if (!isRegistryError(error) || error.code === 'cancelled' || isTagged) return error;
  const name = tag === undefined ? 'the image' : `the tag ${tag}`;
  return withState(error, `${blobs} of ${total} blobs are at ${target.name}, ${name} is not. Copy again to go on.`);
}

/** What the tag names now. Not asked where that makes no difference, as in {@link retag}. */
async function checkTag(target: CopyTarget, run: CopyRun): Promise<Descriptor | undefined> {
  const { plan, tag, expected, signal } = run;
  const { descriptor } = plan.image.top;
  if (tag === undefined) return (await target.has(descriptor, { signal })) ? descriptor : undefined;
  if (isForced(run)) return undefined;
  const named = await target.find(tag, { signal });
  if (named?.digest !== descriptor.digest && named?.digest !== expected) {
    throw tagConflict({ tag, name: target.name }, named);
  }
  return named;
}

/** Whether the tag is moved whatever it names. */
function isForced({ overwrite, expected }: CopyRun): boolean {
  return overwrite && expected === undefined;
}

async function assertSame(
  target: CopyTarget,
  tag: string,
  before: Descriptor | undefined,
  signal: AbortSignal,
): Promise<void> {
  const now = await target.find(tag, { signal });
  if (now?.digest !== before?.digest) throw tagConflict({ tag, name: target.name }, now);
}

/** What a tag names that is about to be moved, so that it can go back. */
async function moved(
  target: CopyTarget,
  { plan, tag, signal, onMoved }: CopyRun,
  named: Descriptor | undefined,
  createHash: CreateHash,
): Promise<FetchedManifest | undefined> {
  if (onMoved === undefined || tag === undefined || named === undefined) return undefined;
  if (named.digest === plan.image.top.descriptor.digest) return undefined;
  const bytes = await target.read(tag, { signal });
  if (bytes === undefined || digestOf(bytes, createHash, named.digest) !== named.digest) {
    throw tagConflict({ tag, name: target.name }, undefined);
  }
  return { descriptor: named, bytes };
}

/** What of it the target lacks, where it has the image already. */
async function missingAttached(
  target: CopyTarget,
  attached: readonly AttachedArtifact[],
  signal: AbortSignal,
): Promise<readonly AttachedArtifact[]> {
  const listed = new Map<string, readonly string[]>();
  const missing: AttachedArtifact[] = [];
  for (const artifact of attached) {
    const { referrer, tag } = artifact;
    if (referrer !== undefined) {
      const { subject, descriptor } = referrer;
      const known = listed.get(subject) ?? (await target.listReferrers(subject, { signal }));
      listed.set(subject, known);
      if (known.includes(descriptor.digest)) continue;
    } else if (tag !== undefined) {
      const named = await target.find(tag, { signal });
      if (named?.digest === artifact.manifests.at(-1)?.descriptor.digest) continue;
    }
    missing.push(artifact);
  }
  return missing;
}

async function putBlobs(
  { source, target, lanes }: CopyContext,
  blobs: readonly Descriptor[],
  { signal, onProgress }: CopyRun,
  done: CopyState,
): Promise<Pick<TransferResult, 'bytesSent' | 'bytesMounted'>> {
  const meter = new ProgressMeter(sizeOf(blobs), onProgress);
  const missing = await target.missing(blobs, { signal });
  let bytesMounted = sizeOf(blobs) - sizeOf(missing);
  let bytesSent = 0;
  done.blobs = blobs.length - missing.length;
  meter.add(bytesMounted, '');
  const spare: Uint8Array[] = [];
  await runAtOnce(missing, { atOnce: blobsAtOnce, signal }, (blob, stop) =>
    lanes.run(stop, async () => {
      const content = new RewindableSource({
        size: blob.size,
        spare,
        open: async (offset, until) => {
          const range = offset === 0 ? {} : { range: { start: offset, end: blob.size } };
          const call = { signal: until, priority: 'background', forgetsChunks: true, ...range } as const;
          return (await source.openBlob(blob, call)).chunks;
        },
        onRead: (bytes) => meter.add(bytes, blob.digest),
      });
      try {
        const uploaded = await target.putBlob(blob, content.read, { signal: stop });
        bytesSent += uploaded.bytesSent;
        done.blobs++;
        if (uploaded.how === 'sent') return;
        bytesMounted += blob.size;
        meter.add(blob.size, blob.digest);
      } finally {
        content.close();
      }
    }),
  );
  return { bytesSent, bytesMounted };
}

/** Resolves with the tags that stayed as they are, since they name something else. */
async function putAttached(
  context: CopyContext,
  attached: readonly AttachedArtifact[],
  { signal, overwrite }: { readonly signal: AbortSignal; readonly overwrite: boolean },
): Promise<readonly string[]> {
  const { target } = context;
  const keptTags: string[] = [];
  const bySubject = new Map<string, Descriptor[]>();
  for (const { manifests, referrer, tag } of attached) {
    const top = manifests.at(-1);
    if (top === undefined) continue;
    for (const manifest of manifests.slice(0, -1)) await target.putManifest(manifest, { signal });
    if (referrer !== undefined) {
      const { subject, descriptor } = referrer;
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), descriptor]);
      await target.putManifest(top, { signal });
    }
    if (tag === undefined) continue;
    const named = await target.find(tag, { signal });
    if (named?.digest === top.descriptor.digest) continue;
    // Somebody has signed the copy already; a tag holds either signature.
    if (named !== undefined && !overwrite) keptTags.push(tag);
    else await target.setName(tag, top, { signal, replaces: named?.digest });
  }
  for (const [subject, descriptors] of bySubject) await announceReferrers(context, subject, descriptors, signal);
  return keptTags;
}

/**
 * Adds to the index under the tag that stands for a digest, where the registry does not list referrers by itself.
 * OCI distribution-spec, "Pushing Manifests with Subject".
 */
async function announceReferrers(
  { target, createHash }: CopyContext,
  subject: string,
  descriptors: readonly Descriptor[],
  signal: AbortSignal,
): Promise<void> {
  const listed = await target.listReferrers(subject, { signal });
  const missing = descriptors.filter(({ digest }) => !listed.includes(digest));
  if (missing.length === 0) return;
  const tag = referrersTag(subject);
  const known = await target.read(tag, { signal });
  const manifests = [...(known === undefined ? [] : readReferrers(known)), ...missing];
  const mediaType = mediaTypes.ociIndex;
  const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  const digest = digestOf(bytes, createHash);
  await target.setName(
    tag,
    { bytes, descriptor: { mediaType, digest, size: bytes.length } },
    { signal, replaces: 'any' },
  );
}

/** Registries exist that say yes and keep nothing. */
async function readBack(
  target: CopyTarget,
  tag: string | undefined,
  { descriptor }: FetchedManifest,
  signal: AbortSignal,
): Promise<void> {
  const isKept =
    tag === undefined
      ? await target.has(descriptor, { signal })
      : (await target.find(tag, { signal }))?.digest === descriptor.digest;
  if (isKept) return;
  const name = tag === undefined ? `${target.name}@${descriptor.digest}` : `${target.name}:${tag}`;
  throw new RegistryError(
    'server',
    `${name} was written without an error, and does not name the copy now. Somebody may have moved it; look at it, then copy again.`,
  );
}

function sizeOf(blobs: readonly Descriptor[]): number {
  return blobs.reduce((sum, { size }) => sum + size, 0);
}
