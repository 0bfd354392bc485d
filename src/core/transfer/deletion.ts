import type { CallOptions, DeletePlan, RepositorySession, TagSummary } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import type { Manifest } from '../oci/manifest.ts';
import { indexTypes } from '../oci/mediaType.ts';
import { resolveIfThere } from './retag.ts';
import type { TagDigests } from './tagDigests.ts';

/** A tag goes alone; its manifest and other tags stay. `reference` is for people. */
export async function planTagDeletion(
  repository: RepositorySession,
  target: { readonly reference: string; readonly tag: string },
  options: CallOptions,
): Promise<DeletePlan> {
  const { reference, tag } = target;
  if (repository.deleteTag === undefined && repository.deleteManifest === undefined) throw readOnly(reference);
  const { digest } = await repository.resolve(tag, options);
  return { reference, kind: 'tag', digest, tags: [tag], indexes: [], referrers: [], checkedTags: 1, totalTags: 1 };
}

/** A manifest goes with every tag that names it; indexes that hold it break, and what refers to it is orphaned. */
export async function planManifestDeletion(
  repository: RepositorySession,
  target: { readonly reference: string; readonly digest: string; readonly siblings: TagDigests },
  options: CallOptions & { readonly fetchManifest: (digest: string) => Promise<Manifest> },
): Promise<DeletePlan> {
  const { reference, digest, siblings } = target;
  if (repository.deleteManifest === undefined) throw readOnly(reference);
  const named = [...siblings.descriptors].filter(([, descriptor]) => descriptor.digest === digest);
  // One that no tag names must be asked for, to know that it is there.
  const descriptor = named[0]?.[1] ?? (await repository.resolve(digest, options));
  const referrers = await repository.listReferrers?.(digest, options);
  return {
    reference,
    kind: 'digest',
    digest,
    tags: named.map(([tag]) => tag),
    // An index is not held by others but in theory, and looking would take a request for each of them.
    indexes: indexTypes.includes(descriptor.mediaType)
      ? []
      : await indexesWith(digest, siblings, options.fetchManifest),
    referrers: referrers?.items.map((referrer) => referrer.digest) ?? [],
    checkedTags: siblings.isComplete ? siblings.total : siblings.descriptors.size,
    totalTags: siblings.total,
  };
}

/**
 * Removes the tag of a plan, if it still names the same image.
 *
 * Errors: `unconfirmed` when it does not, `unsupported` when the registry cannot remove a tag alone.
 */
export async function deletePlannedTag(
  repository: RepositorySession,
  plan: DeletePlan,
  options: CallOptions,
): Promise<void> {
  const [tag = ''] = plan.tags;
  const current = await resolveIfThere(repository, tag, options);
  if (current?.digest !== plan.digest) throw changed(plan);
  if (repository.deleteTag === undefined) throw noTagAlone(plan.reference);
  await repository.deleteTag(tag, options);
}

/**
 * Removes the manifest of a plan with its tags, if no other tag names it by now: the names are listed anew, and those
 * that were not there when the plan was made are looked at.
 *
 * Errors: `unconfirmed` when another tag names it, `unsupported` when the registry does not delete.
 */
export async function deletePlannedManifest(
  repository: RepositorySession,
  plan: DeletePlan,
  options: CallOptions & {
    readonly siblings: TagDigests | undefined;
    readonly listTags: () => Promise<readonly TagSummary[]>;
  },
): Promise<void> {
  const { siblings } = options;
  // A search that was stopped has left tags out, and the user has been told that these may be lost.
  if (siblings?.isComplete === true) {
    for (const { name } of await options.listTags()) {
      if (siblings.descriptors.has(name)) continue;
      const added = await resolveIfThere(repository, name, options);
      if (added?.digest === plan.digest) throw changed(plan);
    }
  }
  await repository.deleteManifest?.(plan.digest, options);
}

/** Tagged indexes of the repository that hold a manifest. */
async function indexesWith(
  digest: string,
  { descriptors }: TagDigests,
  fetchManifest: (digest: string) => Promise<Manifest>,
): Promise<readonly string[]> {
  const indexes = [...descriptors.values()].filter(({ mediaType }) => indexTypes.includes(mediaType));
  const holding: string[] = [];
  for (const candidate of new Set(indexes.map((index) => index.digest))) {
    try {
      const manifest = await fetchManifest(candidate);
      if (manifest.kind === 'index' && manifest.manifests.some((entry) => entry.digest === digest)) {
        holding.push(candidate);
      }
    } catch (error) {
      if (!isRegistryError(error, 'not-found', 'unsupported', 'protocol')) throw error;
    }
  }
  return holding;
}

function readOnly(reference: string): RegistryError {
  return new RegistryError('unsupported', `${reference} cannot be deleted: its registry is read-only.`);
}

function noTagAlone(reference: string): RegistryError {
  return new RegistryError(
    'unsupported',
    `${reference} cannot be removed alone: its registry deletes a digest with all of its tags. Nothing was removed; delete its digest, or give the tag to another image.`,
  );
}

function changed({ reference }: DeletePlan): RegistryError {
  return new RegistryError(
    'unconfirmed',
    `${reference} has changed since it was looked at. Nothing was deleted; look again.`,
  );
}
