import type { ConnectionOption, Page, PageOptions, Protection, TagChange, TagSummary } from '../../api.ts';
import { able } from '../able.ts';
import { sortedTags } from '../allTags.ts';
import { pageWithin } from '../pageWithin.ts';
import type { Shared } from './shared.ts';

/** All tags of a repository, sorted as people read versions, with what the registry's list says of them. */
export interface TagNames {
  readonly tags: readonly TagSummary[];
  /** Whether the repository has more than are read. */
  readonly isTruncated: boolean;
}

/** The tags of a repository, without the images that they name. */
export function createTagUseCases({ repositories, seenTags }: Shared) {
  return {
    async listTags(repository: string, options: PageOptions & ConnectionOption = {}): Promise<Page<TagSummary>> {
      return repositories.use(repository, options, ({ session }) =>
        pageWithin(options, (call) => session.listTags(call)),
      );
    },

    /** One page as the registry sends it, for who reads on: see {@link PageReading}. */
    async tagPage(
      repository: string,
      options: ConnectionOption & { readonly cursor?: string; readonly priority?: 'background' } = {},
    ): Promise<Page<TagSummary>> {
      const { cursor, priority } = options;
      return repositories.use(repository, options, ({ session, signal }) =>
        session.listTags({
          signal,
          ...(cursor !== undefined && { cursor }),
          ...(priority !== undefined && { priority }),
        }),
      );
    },

    /** Reads every page, since no page of a list in the order of the alphabet holds the newest versions. */
    async tagNames(repository: string, options: ConnectionOption = {}): Promise<TagNames> {
      const { items, isTruncated } = await repositories.use(repository, options, ({ session, signal }) =>
        sortedTags(session, signal),
      );
      return { tags: items, isTruncated };
    },

    /** The digests that tags had when their repository was looked at in an earlier window. */
    async seenDigests(repository: string, options: ConnectionOption = {}): Promise<ReadonlyMap<string, string>> {
      const { connection, reference } = repositories.find(repository, options);
      return seenTags.before(connection.id, reference.repository);
    },

    /** What tags name now, for the next window to compare with. */
    async noteDigests(
      repository: string,
      digests: ReadonlyMap<string, string>,
      options: ConnectionOption = {},
    ): Promise<void> {
      const { connection, reference } = repositories.find(repository, options);
      await seenTags.note(connection.id, reference.repository, digests);
    },

    /** What a tag has named, newest first. */
    async tagHistory(text: string, options: PageOptions & ConnectionOption = {}): Promise<Page<TagChange>> {
      return repositories.use(text, options, ({ session, connection, tagOrDigest }) => {
        const tagHistory = able(session.tagHistory?.bind(session), connection, 'keep the history of tags');
        return pageWithin(options, (call) => tagHistory(tagOrDigest, call));
      });
    },

    /** Protects a tag from exactly these; from nothing when empty. */
    async protectTag(text: string, from: readonly Protection[], options: ConnectionOption = {}): Promise<void> {
      await repositories.use(text, { ...options, access: 'push' }, ({ session, connection, tagOrDigest, signal }) =>
        able(session.protectTag?.bind(session), connection, 'lock single tags')(tagOrDigest, from, { signal }),
      );
    },
  };
}
