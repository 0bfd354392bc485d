import type { ConnectionInfo, ImageMention, ImageReference } from '../api.ts';
import type { Connections } from './connections.ts';
import type { ImagePorts } from './image/ports.ts';
import { parseReference } from './oci/reference.ts';
import { createAttachedUseCases } from './useCases/attached.ts';
import { createConnectingUseCases } from './useCases/connecting.ts';
import { createDeletionUseCases } from './useCases/deletions.ts';
import { createDiscoveryUseCases } from './useCases/discovery.ts';
import { createFileUseCases } from './useCases/files.ts';
import { createImageUseCases } from './useCases/images.ts';
import { createKindUseCases } from './useCases/kinds.ts';
import { createLoginUseCases } from './useCases/logins.ts';
import { createPruneUseCases } from './useCases/prunes.ts';
import { createRegistryUseCases } from './useCases/registries.ts';
import { createRepositoryUseCases } from './useCases/repositories.ts';
import { createShared } from './useCases/shared.ts';
import { createTagUseCases } from './useCases/tags.ts';
import { createTransferUseCases } from './useCases/transfers.ts';
import { createUndoUseCases } from './useCases/undoing.ts';

/** What the tree, the panels, the hovers and the public API share. */
export type Gantry = ReturnType<typeof createGantry>;

export function createGantry(ports: ImagePorts, connections: Connections) {
  const shared = createShared(ports, connections);
  const connecting = createConnectingUseCases(shared);
  return {
    ...connecting,
    ...createKindUseCases(shared),
    ...createLoginUseCases(shared, connecting),
    ...createDiscoveryUseCases(shared),
    ...createRegistryUseCases(shared),
    ...createRepositoryUseCases(shared),
    ...createTagUseCases(shared),
    ...createImageUseCases(shared),
    ...createAttachedUseCases(shared),
    ...createFileUseCases(shared),
    ...createTransferUseCases(shared),
    ...createDeletionUseCases(shared),
    ...createPruneUseCases(shared),
    ...createUndoUseCases(shared),

    connections(): readonly ConnectionInfo[] {
      return connections.all().map((connection) => connections.info(connection));
    },

    parseReference(text: string): ImageReference {
      return parseReference(text);
    },

    /** Whether a connection serves this reference, so that asking for it tells no host anything new. */
    isConnected(reference: ImageReference): boolean {
      return connections.forReference(reference) !== undefined;
    },

    /** `environment` is what Compose takes variables from. */
    async findReferences(
      text: string,
      languageId: string,
      fileName?: string,
      environment?: ReadonlyMap<string, string>,
    ): Promise<readonly ImageMention[]> {
      const { findMentions } = await import('./mentions/findMentions.ts');
      return findMentions(text, {
        languageId,
        ...(fileName !== undefined && { fileName }),
        ...(environment !== undefined && { environment }),
      });
    },
  };
}
