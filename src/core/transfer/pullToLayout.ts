import type { BlobContent, BlobOptions, Descriptor, ImageReference, PullResult, TransferProgress } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import type { LayoutEntry } from '../oci/layout.ts';
import { isLocalRegistry } from '../oci/localReference.ts';
import type { FetchManifest } from '../oci/platformImage.ts';
import type { CreateHash, Files } from '../ports.ts';
import type { ContentSource } from './contentWriter.ts';
import { type LayoutFolder, openLayoutFolder } from './layoutFolder.ts';
import { type PullPlan, planPlatform, planWhole } from './plan.ts';
import { ProgressMeter } from './progress.ts';
import { withAllKept, withKept } from './pullState.ts';
import { runAtOnce } from './runAtOnce.ts';

export interface LayoutPullContext {
  readonly fetchManifest: FetchManifest;
  /** Its content is verified as it is read from its start. */
  readonly openBlob: (descriptor: Descriptor, options: BlobOptions) => Promise<BlobContent>;
  readonly files: Files;
  readonly createHash: CreateHash;
  /** GOARCH name of the machine. */
  readonly architecture: string;
}

export interface LayoutPull {
  readonly reference: ImageReference;
  /** Absolute: an OCI image layout, which may hold other images, or an empty or missing folder, which becomes one. */
  readonly folder: string;
  /**
   * Absent: everything that the reference names, so of an index all platforms, and the tag keeps its digest. Else the tag
   * stands for the manifest of this platform, without the index: an index whose images are missing is worth little.
   */
  readonly platform?: string | undefined;
}

export interface TransferOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

/** As docker does: more at once make each slower. */
const blobsAtOnce = 3;

/**
 * Copies an image into a folder. Blobs come first and the index last, so whatever ends the pull leaves a complete layout;
 * what has come is not fetched again the next time.
 *
 * Errors: `invalid` for a folder with other content, `conflict` for a tag of another repository's image, `storage`,
 * `digest-mismatch`, and those of fetching.
 */
export async function pullToLayout(
  context: LayoutPullContext,
  pull: LayoutPull,
  options: TransferOptions,
): Promise<PullResult> {
  const { folder, reference, platform } = pull;
  checkAbsolute(folder);
  const plan = await planImage(context, reference, platform);
  const layout = await openLayoutFolder(context, folder, options.signal);
  const entry = entryFor(reference, plan.top.descriptor);
  await layout.checkEntry(entry, options.signal);
  const bytesFetched = await fetchInto(context, { layout, plan, from: reference.registry }, options);
  await withAllKept(plan, async () => {
    for (const manifest of plan.manifests) await layout.putManifest(manifest, options.signal);
    await layout.setEntry(entry, options.signal);
  });
  return {
    reference: reference.canonical,
    digest: plan.top.descriptor.digest,
    destination: { kind: 'folder', folder, bytesFetched, omittedLayers: omittedDigests(plan) },
  };
}

export interface LayoutFetch {
  readonly layout: LayoutFolder;
  readonly plan: PullPlan;
  /** For messages: where the blobs come from. */
  readonly from: string;
  /** Bytes that the disk has to have room for besides. */
  readonly spare?: number;
}

/** Brings the blobs of an image into a layout, those that it lacks. Resolves with the bytes that came for it. */
export async function fetchInto(
  context: Pick<LayoutPullContext, 'openBlob'>,
  { layout, plan, from, spare = 0 }: LayoutFetch,
  { signal, onProgress }: TransferOptions,
): Promise<number> {
  const meter = new ProgressMeter(plan.size, onProgress);
  const missing: Descriptor[] = [];
  for (const blob of plan.blobs) if (!(await layout.has(blob, signal))) missing.push(blob);
  let left = missing.reduce((sum, { size }) => sum + size, 0);
  // At once: it is no part of the speed.
  meter.add(plan.size - left, '');
  let fetched = 0;
  await layout.checkSpace(left + spare);
  try {
    await runAtOnce(missing, { atOnce: blobsAtOnce, signal }, async (blob, stop) => {
      let kept = 0;
      const source: ContentSource = {
        open: async (offset) => {
          const range = offset === 0 ? {} : { range: { start: offset, end: blob.size } };
          return (await context.openBlob(blob, { signal: stop, forgetsChunks: true, ...range })).chunks;
        },
        onBytes: (bytes, how) => {
          kept += bytes;
          left -= bytes;
          if (how === 'came') fetched += bytes;
          meter.add(bytes, blob.digest);
        },
        from,
      };
      try {
        await layout.put(blob, source, stop);
      } catch (error) {
        // Was thrown away: see `Files.writeInParts`.
        if (isRegistryError(error, 'digest-mismatch', 'storage')) left += kept;
        throw error;
      }
    });
  } catch (error) {
    // A disk that became full on the way is told with what is still needed.
    const isFull = isRegistryError(error, 'storage');
    const cause = isFull
      ? await layout.checkSpace(left + spare).then(
          () => error,
          (lack: unknown) => lack,
        )
      : error;
    throw withKept(cause, plan, left);
  }
  return fetched;
}

/** What there is to pull: of one platform, or all of it. */
export function planImage(
  context: Pick<LayoutPullContext, 'fetchManifest' | 'architecture'>,
  reference: ImageReference,
  platform: string | undefined,
): Promise<PullPlan> {
  const { fetchManifest, architecture } = context;
  const image = {
    reference: reference.familiar,
    tagOrDigest: reference.digest ?? reference.tag ?? 'latest',
  };
  return platform === undefined
    ? planWhole(fetchManifest, image)
    : planPlatform(fetchManifest, image, { platform, architecture });
}

/** What the layout calls an image. */
export function entryFor(reference: ImageReference, descriptor: Descriptor): LayoutEntry {
  const { registry, repository, digest } = reference;
  if (isLocalRegistry(registry)) {
    // A path of this machine names nothing elsewhere.
    return { descriptor, ...(reference.tag !== undefined && !isDigest(reference.tag) && { tag: reference.tag }) };
  }
  const tag = reference.tag ?? (digest === undefined ? 'latest' : undefined);
  const suffix = tag === undefined ? `@${descriptor.digest}` : `:${tag}`;
  return { descriptor, name: `${registry}/${repository}${suffix}`, ...(tag !== undefined && { tag }) };
}

export function omittedDigests({ omitted }: PullPlan): readonly string[] {
  return omitted.map(({ digest }) => digest);
}

/** Also on Windows, where a path begins with a drive or a server. */
export function checkAbsolute(path: string): void {
  if (/^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path)) return;
  throw new RegistryError('invalid', `"${path}" is no absolute path.`);
}
