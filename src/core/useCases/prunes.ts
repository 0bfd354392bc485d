import type { ConnectionOption } from '../../api.ts';
import { allTags } from '../allTags.ts';
import { repositoryReference } from '../connectionUrl.ts';
import { factsOf } from '../finding/tagFacts.ts';
import { inspectImage } from '../inspect.ts';
import { parseManifest } from '../oci/manifest.ts';
import { keepRecord, pruneRecord, recordId } from '../pruneLog.ts';
import type { PlanPruneOptions, PruneOptions, PrunePlan, PruneResult } from '../prunes.ts';
import type { PruneRule } from '../transfer/pruneRule.ts';
import type { Undoable, UndoStep } from '../transfer/undo.ts';
import { untaggedOf } from './repositories.ts';
import type { Shared } from './shared.ts';

/** What a prune has done, with what {@link undo} takes where it fits into what is kept. */
export interface PruneOutcome extends PruneResult {
  readonly undoable: Undoable | undefined;
}

/** Cleaning up a repository by a rule. */
export function createPruneUseCases({ ports, repositories, contents, undos, forgettingTags }: Shared) {
  return {
    /** A dry run: what a rule would take away of a repository, and why the rest stays. See {@link planPrune}. */
    async planPrune(
      text: string,
      rule: PruneRule,
      options: ConnectionOption & PlanPruneOptions = {},
    ): Promise<PrunePlan> {
      const { planPrune } = await import('../prunes.ts');
      return repositories.use(text, { ...options, access: 'delete' }, (repository) => {
        const { session, connection, reference, signal, fetchManifest, fetchConfig } = repository;
        return planPrune(
          {
            ...{ repository: session, signal, now: ports.now() },
            name: repositoryReference(connection.url, reference.repository),
            listTags: () => allTags(session, signal),
            listUntagged: () => untaggedOf(repository),
            fetchManifest: async (digest, stop) => {
              const { bytes, descriptor } = await fetchManifest(digest, stop);
              return parseManifest(bytes, descriptor.mediaType, reference.familiar);
            },
            readFacts: async (digest, stop) =>
              factsOf(
                await inspectImage(
                  {
                    fetchManifest: (other) => fetchManifest(other, stop),
                    fetchConfig: (blob) => fetchConfig(blob, stop),
                    architecture: ports.architecture,
                  },
                  { reference: reference.familiar, tagOrDigest: digest, platform: undefined },
                ),
              ),
          },
          rule,
          options,
        );
      });
    },

    /**
     * Deletes what a dry run found, as long as nothing has changed since, and keeps a record of it. See {@link runPrune}. What was
     * removed by then is in the answer also where it stopped.
     */
    async runPrune(plan: PrunePlan, options: ConnectionOption & PruneOptions): Promise<PruneOutcome> {
      const { runPrune } = await import('../prunes.ts');
      return repositories.use(plan.repository, { ...options, access: 'delete' }, async (repository) => {
        const { session, connection, reference, key, signal, fetchManifest } = repository;
        const startedAt = ports.now();
        const of = { connectionId: connection.id, name: reference.repository };
        const keep = (done: Pick<PruneResult, 'removed' | 'stopped'>): Promise<void> =>
          keepRecord(ports.data, of, pruneRecord(plan, done, startedAt));
        const pruning = runPrune(
          {
            ...{ repository: session, signal, fetchManifest },
            listTags: async () => (await allTags(session, signal)).items,
            keep: (removed) => keep({ removed }),
          },
          plan,
          options,
        );
        const result = await forgettingTags(key, pruning);
        const { removed } = result;
        if (removed.length > 0) await keep(result);
        for (const { how, digest } of removed) if (how === 'digest') contents.deleteManifest(key, digest);
        if (removed.length === 0 || session.putManifest === undefined) return { ...result, undoable: undefined };
        const undoable = undos.add({
          kind: 'pruned',
          reference: plan.repository,
          connectionId: connection.id,
          repository: reference.repository,
          recordId: recordId(of, new Date(startedAt).toISOString()),
          steps: removed.flatMap(({ how, digest, tags, manifest }) =>
            (how === 'digest' ? [digest, ...tags] : tags).map((name): UndoStep => ({ name, manifest, now: undefined })),
          ),
        });
        return { ...result, undoable };
      });
    },
  };
}
