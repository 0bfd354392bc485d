import type { ConnectionOption, DeletePlan, FetchedManifest } from '../../api.ts';
import { sortedTags } from '../allTags.ts';
import { assertWritable } from '../connections.ts';
import type { DeletionContext, SearchOptions } from '../deletions.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { parseManifest } from '../oci/manifest.ts';
import type { OpenRepository } from '../servedRepositories.ts';
import type { Undoable, UndoStep } from '../transfer/undo.ts';
import type { Shared } from './shared.ts';

export interface PlanDeleteOptions extends ConnectionOption, SearchOptions {}

/** Removing single tags and images. */
export function createDeletionUseCases({ ports, repositories, contents, openTags, deletions, undos }: Shared) {
  return {
    /**
     * What deleting a reference would remove. For a digest every tag is looked at, once for some minutes; when `stopScan` is
     * aborted, the plan says how far that got.
     */
    async planDelete(text: string, options: PlanDeleteOptions = {}): Promise<DeletePlan> {
      return repositories.use(text, options, async (repository) => {
        assertWritable(repository.connection);
        const { familiar, tag, digest } = repository.reference;
        const target = { reference: familiar, tag, digest };
        const plan = await deletions.plan(deletionContext(repository), target, options);
        // Known then to the deletion, so that it can be undone.
        await manifestToKeep(repository, plan.digest);
        return plan;
      });
    },

    /**
     * Deletes what a plan says, if it is still true. See {@link planDelete}. Resolves with what {@link undo} takes, where the
     * manifest could be read before.
     */
    async runDelete(
      plan: DeletePlan,
      options: ConnectionOption & { readonly byStandIn?: boolean } = {},
    ): Promise<Undoable | undefined> {
      return repositories.use(plan.reference, options, async (repository) => {
        const { session, connection, reference, key } = repository;
        assertWritable(connection);
        const manifest = await manifestToKeep(repository, plan.digest);
        const deleteTag = options.byStandIn === true ? () => deleteByStandIn(repository, plan, manifest) : undefined;
        try {
          await deletions.run(deletionContext(repository), plan, deleteTag);
        } finally {
          openTags.forget(`${key}:`);
        }
        if (plan.kind === 'digest') contents.deleteManifest(key, plan.digest);
        if (manifest === undefined || session.putManifest === undefined) return undefined;
        const names = plan.kind === 'digest' ? [plan.digest, ...plan.tags] : plan.tags;
        return undos.add({
          kind: plan.kind === 'digest' ? 'image-deleted' : 'tag-deleted',
          reference: plan.reference,
          connectionId: connection.id,
          repository: reference.repository,
          steps: names.map((name): UndoStep => ({ name, manifest, now: undefined })),
        });
      });
    },
  };

  async function deleteByStandIn(
    { session, signal }: OpenRepository,
    plan: DeletePlan,
    manifest: FetchedManifest | undefined,
  ): Promise<void> {
    if (manifest === undefined)
      throw new RegistryError('not-found', `The manifest of ${plan.reference} cannot be read. Nothing was removed.`);
    const { deleteTagByStandIn } = await import('../prunes.ts');
    await deleteTagByStandIn(session, plan, manifest, { signal, createHash: ports.createHash });
  }
}

/** A deletion that cannot be undone is one all the same. */
async function manifestToKeep({ fetchManifest }: OpenRepository, digest: string): Promise<FetchedManifest | undefined> {
  try {
    return await fetchManifest(digest);
  } catch (error) {
    if (isRegistryError(error, 'cancelled')) throw error;
    return undefined;
  }
}

function deletionContext({ session, reference, key, signal, fetchManifest }: OpenRepository): DeletionContext {
  return {
    key,
    repository: session,
    signal,
    listTags: async () => (await sortedTags(session, signal)).items,
    fetchManifest: async (digest) => {
      const { bytes, descriptor } = await fetchManifest(digest);
      return parseManifest(bytes, descriptor.mediaType, reference.familiar);
    },
  };
}
