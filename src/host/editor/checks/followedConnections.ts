import type { Connections } from '../../../core/connections.ts';

/** Registries, logins or certificates are others; or only: one that failed answers again. */
export type ConnectionsChange = 'changed' | 'answers-again';

interface Known {
  readonly data: string;
  readonly state: string;
}

/** Tells when registries may answer otherwise than before. Most changes of a state say nothing of it: the first request is one. */
export class FollowedConnections {
  readonly #connections: Connections;
  readonly #subscription: { dispose(): void };
  #known: ReadonlyMap<string, Known>;

  constructor(connections: Connections, changed: (change: ConnectionsChange) => void) {
    this.#connections = connections;
    this.#known = this.#read();
    this.#subscription = connections.onDidChange(() => {
      const change = this.#compare();
      if (change !== undefined) changed(change);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #compare(): ConnectionsChange | undefined {
    const [before, now] = [this.#known, this.#read()];
    this.#known = now;
    const changes = [...now].map(([id, { data, state }]): ConnectionsChange | undefined => {
      const known = before.get(id);
      if (known?.data !== data) return 'changed';
      if (state !== 'ready') return undefined;
      if (known.state === 'signed-out') return 'changed';
      return known.state === 'failed' ? 'answers-again' : undefined;
    });
    if (before.size !== now.size || changes.includes('changed')) return 'changed';
    return changes.find((change) => change !== undefined);
  }

  #read(): ReadonlyMap<string, Known> {
    const all = this.#connections.all();
    return new Map(
      all.map((connection) => [
        connection.id,
        { data: JSON.stringify(connection), state: this.#connections.state(connection.id) },
      ]),
    );
  }
}
