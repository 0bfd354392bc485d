import type { ConnectionOption } from '../../api.ts';
import { isWebPage, type RepositoryAbility, repositoryAbilities } from '../abilities.ts';
import { able } from '../able.ts';
import type { AllItems } from '../allPages.ts';
import { sortedTags } from '../allTags.ts';
import { parseManifest } from '../oci/manifest.ts';
import type { OpenRepository } from '../servedRepositories.ts';
import { findUntagged, type UntaggedImage } from '../untagged.ts';
import type { Shared } from './shared.ts';

/** A repository as a whole. */
export function createRepositoryUseCases({ sessions, repositories, forgettingTags }: Shared) {
  return {
    /** What can be done with a repository besides reading it. Asks its registry nothing. */
    async repositoryAbilities(
      repository: string,
      options: ConnectionOption = {},
    ): Promise<ReadonlySet<RepositoryAbility>> {
      const { connection, reference } = repositories.find(repository, options);
      const session = await sessions.for(connection);
      return repositoryAbilities(session.repository(reference.repository));
    },

    /** The page for people of a repository, or of an image where the reference has a tag or digest. Asks nothing. */
    async webUrl(text: string, options: ConnectionOption = {}): Promise<string | undefined> {
      const { connection, reference } = repositories.find(text, options);
      const session = await sessions.for(connection);
      const url = session.repository(reference.repository).webUrl?.(reference.digest ?? reference.tag);
      return isWebPage(url) ? url : undefined;
    },

    /** The description of a repository, as Markdown; `undefined` when there is none. */
    async readme(repository: string, options: ConnectionOption = {}): Promise<string | undefined> {
      return repositories.use(repository, options, async ({ session, signal }) => session.readme?.({ signal }));
    },

    /** Manifests that no tag names, with what they are there for, newest first. */
    async untaggedImages(repository: string, options: ConnectionOption = {}): Promise<AllItems<UntaggedImage>> {
      return repositories.use(repository, options, untaggedOf);
    },

    /** Removes a repository with everything in it. */
    async deleteRepository(repository: string, options: ConnectionOption = {}): Promise<void> {
      await repositories.use(
        repository,
        { ...options, access: 'delete' },
        async ({ session, connection, key, signal }) => {
          const remove = able(session.deleteRepository?.bind(session), connection, 'delete whole repositories');
          await forgettingTags(key, remove({ signal }));
        },
      );
    },
  };
}

/** Errors: `unsupported` for a registry that does not list them. */
export function untaggedOf({
  session,
  connection,
  reference,
  signal,
  fetchManifest,
}: OpenRepository): Promise<AllItems<UntaggedImage>> {
  return findUntagged({
    listUntagged: able(session.listUntagged?.bind(session), connection, 'list untagged images'),
    listTags: async () => (await sortedTags(session, signal)).items,
    fetchManifest: async (other, stop) => {
      const { bytes, descriptor } = await fetchManifest(other, stop);
      return parseManifest(bytes, descriptor.mediaType, reference.familiar);
    },
    signal,
  });
}
