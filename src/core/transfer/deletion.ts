import type { CallOptions, DeletePlan, RepositorySession } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import type { Manifest } from '../oci/manifest.ts';
import { indexTypes } from '../oci/mediaType.ts';
import { resolveIfThere } from './retag.ts';
import type { TagDigests } from './tagDigests.ts';

/** One repository, and what of it a deletion is about. */
export interface DeletionTarget {
  /** As the user wrote it, in its shortest form. */
  readonly reference: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** A tag goes alone; its manifest and other tags stay. */
export async function planTagDeletion(
  repository: RepositorySession,
  target: DeletionTarget & { readonly tag: string },
  options: CallOptions,
): Promise<DeletePlan> {
  if (repository.deleteTag === undefined) throw readOnly(target);
  const { digest } = await repository.resolve(target.tag, options);
  return {
    reference: target.reference,
    kind: 'tag',
    digest,
    tags: [target.tag],
    indexes: [],
    referrers: [],
    checkedTags: 1,
    totalTags: 1,
  };
}

/** A manifest goes with every tag that names it; indexes that hold it break, and what refers to it is orphaned. */
export async function planManifestDeletion(
  repository: RepositorySession,
  target: DeletionTarget & { readonly digest: string },
  siblings: TagDigests,
  options: CallOptions & { readonly fetchManifest: (digest: string) => Promise<Manifest> },
): Promise<DeletePlan> {
  if (repository.deleteManifest === undefined) throw readOnly(target);
  const { digest, reference } = target;
  await repository.resolve(digest, options);
  const tags = [...siblings.descriptors].filter(([, descriptor]) => descriptor.digest === digest).map(([tag]) => tag);
  const referrers = await repository.listReferrers?.(digest, options);
  return {
    reference,
    kind: 'digest',
    digest,
    tags,
    indexes: await indexesWith(digest, siblings, options.fetchManifest),
    referrers: referrers?.items.map((referrer) => referrer.digest) ?? [],
    checkedTags: siblings.isComplete ? siblings.total : siblings.descriptors.size,
    totalTags: siblings.total,
  };
}

/**
 * Does what a plan says, if what it is about is still the same.
 *
 * Errors: `unconfirmed` when the tag names another image by now, `unsupported` when the registry does not delete.
 */
export async function runDeletion(
  repository: RepositorySession,
  plan: DeletePlan,
  options: CallOptions,
): Promise<void> {
  const [tag] = plan.tags;
  if (plan.kind === 'tag' && tag !== undefined) {
    const current = await resolveIfThere(repository, tag, options);
    if (current?.digest !== plan.digest) throw moved(plan);
    await repository.deleteTag?.(tag, options);
    return;
  }
  if ((await resolveIfThere(repository, plan.digest, options)) === undefined) throw moved(plan);
  await repository.deleteManifest?.(plan.digest, options);
}

/** Tagged indexes of the repository that hold a manifest. */
async function indexesWith(
  digest: string,
  { descriptors }: TagDigests,
  fetchManifest: (digest: string) => Promise<Manifest>,
): Promise<readonly string[]> {
  const candidates = new Set(
    [...descriptors.values()].filter(({ mediaType }) => indexTypes.includes(mediaType)).map((index) => index.digest),
  );
  const holding: string[] = [];
  for (const candidate of candidates) {
    if (candidate === digest) continue;
    try {
      const manifest = await fetchManifest(candidate);
      if (manifest.kind === 'index' && manifest.manifests.some((entry) => entry.digest === digest))
        holding.push(candidate);
    } catch (error) {
      if (!isRegistryError(error, 'not-found', 'unsupported', 'protocol')) throw error;
    }
  }
  return holding;
}

function readOnly({ reference }: DeletionTarget): RegistryError {
  return new RegistryError('unsupported', `${reference} cannot be deleted: its registry is read-only.`);
}

function moved({ reference }: DeletePlan): RegistryError {
  return new RegistryError(
    'unconfirmed',
    `${reference} has changed since it was looked at. Nothing was deleted; look again.`,
  );
}
