import type { BlobContent, Descriptor, ImageReference, PullResult, TransferProgress } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import type { LayoutEntry } from '../oci/layout.ts';
import { isLocalRegistry } from '../oci/localReference.ts';
import type { FetchManifest } from '../oci/platformImage.ts';
import type { CreateHash, Files } from '../ports.ts';
import { openLayoutFolder } from './layoutFolder.ts';
import { planPlatform, planWhole } from './plan.ts';
import { ProgressMeter } from './progress.ts';
import { runAtOnce } from './runAtOnce.ts';

export interface LayoutPullContext {
  readonly fetchManifest: FetchManifest;
  /** Its content is verified as it is read. */
  readonly openBlob: (descriptor: Descriptor, signal: AbortSignal) => Promise<BlobContent>;
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
 * what has come whole is not fetched again the next time.
 *
 * Errors: `invalid` for a folder with other content, `conflict` for a tag of another repository's image, `storage`,
 * `digest-mismatch`, and those of fetching.
 */
export async function pullToLayout(
  context: LayoutPullContext,
  pull: LayoutPull,
  { signal, onProgress }: TransferOptions,
): Promise<PullResult> {
  const { folder, reference } = pull;
  if (!isAbsolute(folder)) throw new RegistryError('invalid', `"${folder}" is no absolute path of a folder.`);
  const plan = await planFor(context, pull);
  const layout = await openLayoutFolder(context, folder, signal);
  const entry = entryFor(reference, plan.top.descriptor);
  await layout.checkEntry(entry, signal);

  const meter = new ProgressMeter(plan.size, onProgress);
  const missing: Descriptor[] = [];
  for (const blob of plan.blobs) {
    if (await layout.has(blob, signal)) meter.add(blob.size, blob.digest);
    else missing.push(blob);
  }
  let left = sizeOf(missing);
  await layout.checkSpace(left);
  try {
    await runAtOnce(missing, { atOnce: blobsAtOnce, signal }, async (blob, stop) => {
      const { chunks } = await context.openBlob(blob, stop);
      await layout.put(blob, counted(chunks, blob, meter), stop);
      left -= blob.size;
    });
    for (const manifest of plan.manifests) await layout.putManifest(manifest, signal);
    await layout.setEntry(entry, signal);
  } catch (error) {
    // A disk that became full on the way is told with what is still needed.
    if (isRegistryError(error, 'storage')) await layout.checkSpace(left);
    throw error;
  }
  return {
    reference: reference.canonical,
    digest: plan.top.descriptor.digest,
    destination: {
      kind: 'folder',
      folder,
      bytesFetched: sizeOf(missing),
      omittedLayers: plan.omitted.map(({ digest }) => digest),
    },
  };
}

function planFor(context: LayoutPullContext, { reference, platform }: LayoutPull): ReturnType<typeof planWhole> {
  const { fetchManifest, architecture } = context;
  const image = {
    reference: reference.familiar,
    tagOrDigest: reference.digest ?? reference.tag ?? 'latest',
  };
  return platform === undefined
    ? planWhole(fetchManifest, image)
    : planPlatform(fetchManifest, image, { platform, architecture });
}

function entryFor(reference: ImageReference, descriptor: Descriptor): LayoutEntry {
  const { registry, repository, digest } = reference;
  if (isLocalRegistry(registry)) {
    // A path of this machine names nothing elsewhere.
    return { descriptor, ...(reference.tag !== undefined && !isDigest(reference.tag) && { tag: reference.tag }) };
  }
  const tag = reference.tag ?? (digest === undefined ? 'latest' : undefined);
  const suffix = tag === undefined ? `@${descriptor.digest}` : `:${tag}`;
  return { descriptor, name: `${registry}/${repository}${suffix}`, ...(tag !== undefined && { tag }) };
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  { digest }: Descriptor,
  meter: ProgressMeter,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    yield chunk;
    meter.add(chunk.length, digest);
  }
}

function sizeOf(blobs: readonly Descriptor[]): number {
  return blobs.reduce((sum, blob) => sum + blob.size, 0);
}

/** Also on Windows, where a path begins with a drive or a server. */
function isAbsolute(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}
