import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import { RegistryError } from '../core/errors.ts';
import { type ConnectOptions, openConnection } from './connector.ts';
import type { Deadlines } from './deadlines.ts';

/** A server decides how many hosts it names; more pools than this are not kept. */
const poolLimit = 64;

/** What its connections have in common. */
export type Way = Omit<ConnectOptions, 'target' | 'signal'> & {
  /** Is told of each connection. */
  readonly opened: (target: URL, socket: Socket) => void;
};

/** Connections of one way: to several origins, kept for the next request for a few seconds. */
export interface Pool {
  readonly agent: Dispatcher;
  /** Notes that somebody waits for an answer of an origin; call the result when no more. Attempts for nobody are given up. */
  enter(origin: string): () => void;
  /** Whether an error came from a connection that had served before, as when a server closes an idle one. */
  wasReused(error: unknown): boolean;
  destroy(): Promise<void>;
}

/** The pools by what tells their ways apart. */
export interface Pools {
  get(key: string, way: () => Way): Pool;
  /** Makes the next request of this way open a new connection. */
  retire(key: string, pool: Pool): void;
  destroy(): Promise<void>;
}

export function createPools(deadlines: Deadlines): Pools {
  const current = new Map<string, Pool>();
  /** No longer for new requests. */
  const retired = new Set<Pool>();
  function retire(key: string, pool: Pool): void {
    if (current.get(key) !== pool) return;
    current.delete(key);
    retired.add(pool);
    void pool.agent.close().then(() => retired.delete(pool));
  }
  return {
    get: (key, way) => {
      const known = current.get(key);
      if (known !== undefined) return known;
      const [oldest] = current;
      if (oldest !== undefined && current.size >= poolLimit) retire(...oldest);
      const pool = createPool(way(), deadlines);
      current.set(key, pool);
      return pool;
    },
    retire,
    destroy: async () => {
      const all = [...current.values(), ...retired];
      current.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}

/** By which a connection ends that the server has closed: by Node, and by undici. */
const brokenCodes: readonly string[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

interface OriginState {
  /** Requests without a whole answer yet. */
  waiting: number;
  /** Connections that are being opened. */
  readonly attempts: Set<AbortController>;
}

function createPool(way: Way, deadlines: Deadlines): Pool {
  const reused = new WeakSet<Error>();
  const origins = new Map<string, OriginState>();
  const stateOf = (origin: string): OriginState => {
    const state = origins.get(origin) ?? { waiting: 0, attempts: new Set() };
    origins.set(origin, state);
    return state;
  };

  async function connect(target: URL): Promise<Socket> {
    const { attempts } = stateOf(target.origin);
    const attempt = new AbortController();
    attempts.add(attempt);
    const timer = setTimeout(() => attempt.abort(tooSlow(target, way)), deadlines.connect);
    try {
      const socket = await openConnection({ ...way, target, signal: attempt.signal });
      way.opened(target, socket);
      let first: Error | undefined;
      socket.prependListener('error', (error: Error) => {
        // undici replaces what TLS says by "other side closed".
        if (first !== undefined && error !== first) error.cause ??= first;
        first ??= error;
        if (socket.bytesRead > 0) reused.add(error);
      });
      return socket;
    } finally {
      clearTimeout(timer);
      attempts.delete(attempt);
    }
  }

  const agent = new Agent({
    connect: ({ protocol, host = '' }, callback) => {
      connect(new URL(`${protocol}//${host}`)).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
    // The cap on requests at once is kept per host, above.
    connections: null,
  });

  return {
    agent,
    enter: (origin) => {
      const state = stateOf(origin);
      state.waiting++;
      let isIn = true;
      return () => {
        if (!isIn) return;
        isIn = false;
        state.waiting--;
        if (state.waiting > 0) return;
        for (const attempt of state.attempts) attempt.abort();
        origins.delete(origin);
      };
    },
    wasReused: (error) => {
      if (!(error instanceof Error)) return false;
      const { code = '', socket } = error as { code?: string; socket?: { bytesRead?: number } };
      if (!brokenCodes.includes(code)) return false;
      return reused.has(error) || (socket?.bytesRead ?? 0) > 0;
    },
    destroy: async () => {
      for (const { attempts } of origins.values()) for (const attempt of attempts) attempt.abort();
      await agent.destroy();
    },
  };
}

function tooSlow({ host }: URL, { proxy }: Way): RegistryError {
  const who = proxy === undefined ? host : `${host} (through the proxy ${proxy.url.host})`;
  return new RegistryError(
    'timeout',
    `${who} cannot be reached: it did not accept the connection in time. Check the address, a firewall or the proxy settings.`,
    { host },
  );
}
