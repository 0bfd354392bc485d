import * as vscode from 'vscode';
import type { ImageReference } from '../../../api.ts';
import { isRegistryError } from '../../../core/errors.ts';
import type { ImageStatus } from '../../../core/mentions/imageStatus.ts';
import { newerTags } from '../../../core/oci/newerTags.ts';
import { runAtOnce } from '../../../core/transfer/runAtOnce.ts';
import { errorMessage } from '../../present.ts';
import type { Report } from '../../progress.ts';
import type { ImageLookups } from '../imageLookups.ts';
import type { MentionEdits } from '../mentionEdits.ts';

/** After such an error the next image of the registry would only fail as well. */
const silence = ['unreachable', 'tls', 'proxy', 'timeout', 'rate-limited', 'untrusted-realm'] as const;

/** Images that are asked about at once; the client bounds the requests to each host. */
const imagesAtOnce = 6;

/**
 * How images stand: each is asked about once, with HEAD, and the tags of each repository are listed once. A registry that does not
 * answer is not asked about the next image. What was learnt before an abort is told.
 */
export async function readStatuses(
  { lookups, edits }: { readonly lookups: ImageLookups; readonly edits: MentionEdits },
  references: readonly ImageReference[],
  signal: AbortSignal,
  report: Report,
): Promise<ReadonlyMap<ImageReference, ImageStatus>> {
  const statuses = new Map<ImageReference, ImageStatus>();
  const silent = new Map<string, ImageStatus>();
  const asked = references.filter((reference) => edits.mayAsk(reference));
  for (const reference of references) statuses.set(reference, { kind: 'notConnected' });
  for (const reference of asked) statuses.set(reference, { kind: 'stopped' });
  let done = 0;
  try {
    await runAtOnce(asked, { atOnce: imagesAtOnce, signal }, async (reference, stop) => {
      stop.throwIfAborted();
      const known = silent.get(reference.registry);
      const status =
        known ?? (await readStatus(lookups, reference, stop, (failed) => silent.set(reference.registry, failed)));
      statuses.set(reference, status);
      report(vscode.l10n.t('{0} of {1} images', ++done, asked.length), (100 * done) / asked.length);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return statuses;
}

async function readStatus(
  lookups: ImageLookups,
  reference: ImageReference,
  signal: AbortSignal,
  giveUp: (status: ImageStatus) => void,
): Promise<ImageStatus> {
  const { tag, digest } = reference;
  try {
    const named = tag ?? (digest === undefined ? 'latest' : undefined);
    const [own, tagDigest] = await Promise.all([
      digest === undefined ? undefined : lookups.digest(reference, digest, signal),
      named === undefined ? undefined : tagDigestOf(lookups, reference, named, signal),
    ]);
    const newer = await readNewer(lookups, reference, signal);
    return {
      kind: 'known',
      digest: own ?? tagDigest ?? '',
      ...(tagDigest !== undefined && { tagDigest }),
      ...(newer !== undefined && { newer }),
    };
  } catch (error) {
    signal.throwIfAborted();
    const kind = isRegistryError(error, 'not-found') ? 'missing' : 'failed';
    const status: ImageStatus = { kind, message: errorMessage(error) };
    if (isRegistryError(error, ...silence)) giveUp(status);
    return status;
  }
}

/** A tag beside a digest may have gone: the digest is what counts. */
async function tagDigestOf(
  lookups: ImageLookups,
  reference: ImageReference,
  tag: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await lookups.digest(reference, tag, signal);
  } catch (error) {
    if (reference.digest !== undefined && isRegistryError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Some registries list no tags, and have the image all the same. */
async function readNewer(
  lookups: ImageLookups,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<ReturnType<typeof newerTags> | undefined> {
  if (reference.tag === undefined) return {};
  try {
    return newerTags(reference.tag, await lookups.tags(reference, signal));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
