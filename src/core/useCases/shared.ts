import { ConnectionLogins } from '../connectionLogins.ts';
import type { Connections } from '../connections.ts';
import { Deletions } from '../deletions.ts';
import { NamesIndex } from '../finding/namesIndex.ts';
import { SeenTags } from '../finding/seenTags.ts';
import type { ImagePorts } from '../image/ports.ts';
import { ImageContents } from '../imageContents.ts';
import { type NameLists, openNameList } from '../nameList.ts';
import { RecentTags } from '../recentTags.ts';
import { createRepositoryLists } from '../repositoryLists.ts';
import { ServedRepositories } from '../servedRepositories.ts';
import { Sessions } from '../sessions.ts';
import { UndoMemory } from '../transfer/undo.ts';

/** What the use cases share: one of each for all of them. */
export interface Shared {
  readonly ports: ImagePorts;
  readonly connections: Connections;
  readonly logins: ConnectionLogins;
  readonly sessions: Sessions;
  readonly contents: ImageContents;
  readonly repositories: ServedRepositories;
  readonly lists: NameLists;
  readonly names: NamesIndex;
  readonly seenTags: SeenTags;
  /** What the tags of images named that are looked into, as `repository key:tag`. */
  readonly openTags: RecentTags;
  readonly deletions: Deletions;
  readonly undos: UndoMemory;
  /**
   * Forgets what tags of a repository named once it is written to: also by a write that failed, which may have done a part. `key`
   * is the repository's on its connection.
   */
  readonly forgettingTags: <T>(key: string, writing: Promise<T>) => Promise<T>;
  /** Forgets what was read with the login of a connection. */
  readonly forgetConnection: (id: string) => void;
}

export function createShared(ports: ImagePorts, connections: Connections): Shared {
  const { data: store, now } = ports;
  const logins = new ConnectionLogins(ports, connections);
  const sessions = new Sessions(ports, connections, logins);
  const contents = new ImageContents();
  const lists = createRepositoryLists(connections, sessions);
  const names = new NamesIndex({ store, now, openList: (id) => openNameList(lists, id) });
  const seenTags = new SeenTags(store);
  const openTags = new RecentTags(now);
  const deletions = new Deletions(now);
  const undos = new UndoMemory(now);
  return {
    ...{ ports, connections, logins, sessions, contents, lists, names, seenTags, openTags, deletions, undos },
    repositories: new ServedRepositories({ ports, connections, sessions, contents }),
    forgettingTags: async (key, writing) => {
      try {
        return await writing;
      } finally {
        deletions.forget(key);
        openTags.forget(`${key}:`);
      }
    },
    forgetConnection: (id) => {
      const connection = connections.get(id);
      if (connection === undefined) sessions.close(id);
      else sessions.forget(connection);
      contents.forget(id);
      openTags.forget(`${id} `);
      deletions.forget(`${id} `);
      void names.forget(id);
      void seenTags.forget(id);
      undos.forget(id);
    },
  };
}
