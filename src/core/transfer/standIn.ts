import type { CallOptions, DeletePlan, FetchedManifest, RepositorySession } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { neverAborted } from '../neverAborted.ts';
import { schema1Types } from '../oci/mediaType.ts';
import type { CreateHash } from '../ports.ts';
import { resolveIfThere } from './retag.ts';

/** Blanks that make a stand-in unlike any other, as bits. */
const uniqueBits = 64;

/**
 * Removes a tag alone from a registry that deletes by digest only. The tag is moved to a copy of its manifest that differs in
 * blanks, and so has a digest of its own; that digest is deleted, and takes this one tag along. In between the tag names the
 * same layers and platforms under another digest. Where that fails half-way, the tag is put back.
 *
 * Errors: `unconfirmed` when the tag has moved since the plan, `unsupported` for what cannot be done so, `server` for a registry
 * that did not do what it said; and those of any request.
 */
export async function deleteTagByStandIn(
  repository: RepositorySession,
  plan: DeletePlan,
  manifest: FetchedManifest,
  {
    signal,
    createHash,
    random = Math.random,
  }: CallOptions & { readonly createHash: CreateHash; readonly random?: () => number },
): Promise<void> {
  const [tag = ''] = plan.tags;
  const { putManifest, deleteManifest } = repository;
  if (
    putManifest === undefined ||
    deleteManifest === undefined ||
    schema1Types.includes(manifest.descriptor.mediaType)
  ) {
    throw new RegistryError(
      'unsupported',
      `${plan.reference} cannot be removed alone, neither by its registry nor by a stand-in. Nothing was removed.`,
    );
  }
  const before = await resolveIfThere(repository, tag, { signal });
  if (before?.digest !== plan.digest) {
    throw new RegistryError(
      'unconfirmed',
      `${plan.reference} has changed since it was looked at. Nothing was deleted; look again.`,
    );
  }
  const standIn = standInOf(manifest, createHash, random);
  await putManifest(tag, standIn, { signal });
  // From here on a cancellation would leave the stand-in behind.
  const call = { signal: neverAborted };
  try {
    const named = await resolveIfThere(repository, tag, call);
    if (named?.digest !== standIn.descriptor.digest) {
      throw new RegistryError(
        'server',
        `${plan.reference} names ${named?.digest ?? 'nothing'} after a stand-in was put in its place.`,
      );
    }
    await deleteManifest(standIn.descriptor.digest, call);
  } catch (error) {
    await putManifest(tag, manifest, call);
    if (!isRegistryError(error)) throw error;
    throw new RegistryError(
      error.code,
      `${plan.reference} was put back as it was, since its stand-in could not be removed: ${error.message}`,
      { cause: error },
    );
  }
  const [tagged, image] = [
    await resolveIfThere(repository, tag, call),
    await resolveIfThere(repository, plan.digest, call),
  ];
  if (tagged !== undefined) {
    throw new RegistryError(
      'server',
      `${plan.reference} is still there, as ${tagged.digest}, although its registry has said that it removed it.`,
    );
  }
  // Other tags may name it; what they name must not go.
  if (image === undefined) await putManifest(plan.digest, manifest, call);
}

/** The same JSON with other blanks after its first brace. */
function standInOf(
  { bytes, descriptor }: FetchedManifest,
  createHash: CreateHash,
  random: () => number,
): FetchedManifest {
  const brace = bytes.indexOf('{'.charCodeAt(0)) + 1;
  const blanks = Uint8Array.from({ length: uniqueBits }, () => (random() < 0.5 ? 0x20 : 0x09));
  const copy = new Uint8Array(bytes.length + blanks.length);
  copy.set(bytes.subarray(0, brace));
  copy.set(blanks, brace);
  copy.set(bytes.subarray(brace), brace + blanks.length);
  const hash = createHash('sha256');
  hash.update(copy);
  return { bytes: copy, descriptor: { ...descriptor, digest: `sha256:${hash.hex()}`, size: copy.length } };
}
