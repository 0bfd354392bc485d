import type { SignalOption } from '../../api.ts';
import { assertWritable } from '../connections.ts';
import { repositoryReference } from '../connectionUrl.ts';
import { RegistryError } from '../errors.ts';
import { neverAborted } from '../neverAborted.ts';
import { type KeptPrune, keptPrunes, markRestored, restoreSteps } from '../pruneLog.ts';
import { putBack, putBackEach, type Undoable, type UndoStep } from '../transfer/undo.ts';
import type { Shared } from './shared.ts';

/** Putting back what was taken away. */
export function createUndoUseCases({ ports, connections, sessions, repositories, undos, forgettingTags }: Shared) {
  const { data, now, createHash } = ports;

  /** What was done without a connection may have one by now, and one that was removed may be there again by another id. */
  async function restore(
    change: { readonly reference: string; readonly connectionId: string; readonly repository: string },
    put: typeof putBack,
    { steps, signal }: { readonly steps: readonly UndoStep[]; readonly signal: AbortSignal },
  ): Promise<void> {
    const { reference, connectionId, repository } = change;
    const connection = connections.get(connectionId) ?? repositories.find(reference).connection;
    assertWritable(connection);
    const name = repositoryReference(connection.url, repository);
    const putting = sessions.observe(connection, (session) =>
      put(session.repository(repository, 'push'), steps, { signal, name }),
    );
    await forgettingTags(`${connection.id} ${repository}`, putting);
  }

  return {
    /** Deletions, prunes and moved tags that can be undone, newest first. Asks nothing. */
    async undoables(): Promise<readonly Undoable[]> {
      return undos.all();
    },

    /**
     * Puts back what a deletion or a move has taken away, byte for byte, and reads it back.
     *
     * Errors: `not-found` when it is too long ago, or the registry has thrown parts of the image away; `conflict` for a tag
     * that names something else since.
     */
    async undo(id: string, options: SignalOption = {}): Promise<Undoable> {
      const { signal = neverAborted } = options;
      const entry = undos.get(id);
      await restore(entry, entry.kind === 'pruned' ? putBackEach : putBack, { steps: entry.steps, signal });
      undos.remove(id);
      if (entry.recordId !== undefined) await markRestored(data, entry.recordId, now());
      return entry;
    },

    /** Prunes whose record is kept, also of earlier sessions, newest first; those that were put back aside. Asks nothing. */
    async keptPrunes(): Promise<readonly KeptPrune[]> {
      return keptPrunes(data);
    },

    /**
     * Puts back what one of {@link keptPrunes} has removed, as far as the registry still has the layers.
     *
     * Errors: `not-found` for one that is not kept, `conflict` with what could not be put back; the rest was.
     */
    async restorePrune(id: string, options: SignalOption = {}): Promise<KeptPrune> {
      const { signal = neverAborted } = options;
      const found = await restoreSteps(data, id, createHash);
      if (found === undefined)
        throw new RegistryError('not-found', 'No record of this prune is kept any more, or it was put back already.');
      const { kept, of, steps } = found;
      await restore({ ...of, reference: kept.reference, repository: of.name }, putBackEach, { steps, signal });
      await markRestored(data, id, now());
      return kept;
    },
  };
}
