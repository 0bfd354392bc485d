import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Passes connections on to a server and breaks them: for faults of servers that nobody can be told to have. */
export interface FaultProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Resets the connection on which the last of so many bytes goes from now on, over all connections, and tells it. */
  cutOnce(direction: 'sent' | 'received', bytes: number, onCut?: () => void): void;
  /** Connections that were cut. */
  readonly cuts: number;
  /** Each of them: after which request of its connection, and how many bytes of that had gone by then. */
  readonly history: readonly string[];
  close(): Promise<void>;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const [hostname = '', port] = target.split(':');
  const sockets = new Set<Socket>();
  let cut: { readonly direction: 'sent' | 'received'; readonly onCut: () => void; rest: number } | undefined;
  const history: string[] = [];
  let connections = 0;

  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    const number = ++connections;
    let request = 'no request';
    const gone = { sent: 0, received: 0 };
    let isCut = false;
    const forward = (from: Socket, to: Socket, direction: 'sent' | 'received'): void => {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('end', () => to.end());
      from.on('drain', () => to.resume());
      from.on('data', (chunk: Buffer) => {
        // What comes while the last bytes are written would follow them with a gap.
        if (isCut) return;
        const head = direction === 'sent' ? requestHead(chunk) : undefined;
        if (head !== undefined) {
          request = head;
          Object.assign(gone, { sent: 0, received: 0 });
        }
        const rest = cut?.direction === direction ? cut.rest : Number.POSITIVE_INFINITY;
        if (cut?.direction === direction) cut.rest -= chunk.length;
        gone[direction] += Math.min(rest, chunk.length);
        if (rest > chunk.length) {
          if (!to.write(chunk)) from.pause();
          return;
        }
        const { onCut } = cut ?? {};
        cut = undefined;
        isCut = true;
        history.push(
          `connection ${number} to ${target} after ${request}, ${gone.sent} bytes sent, ${gone.received} received`,
        );
        onCut?.();
        // What came before has to arrive: a reset throws away what is still on its way.
        to.write(chunk.subarray(0, rest), () => {
          client.resetAndDestroy();
          upstream.destroy();
        });
      });
    };
    forward(client, upstream, 'sent');
    forward(upstream, client, 'received');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutOnce: (direction, bytes, onCut = () => {}) => {
      cut = { direction, onCut, rest: bytes };
    },
    get cuts() {
      return history.length;
    },
    history,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Method, path and range, where a request begins here. */
function requestHead(chunk: Buffer): string | undefined {
  const start = chunk.subarray(0, 4096).toString('latin1');
  const [, line] = /^((?:GET|HEAD|POST|PUT|PATCH|DELETE) \S+) HTTP/.exec(start) ?? [];
  const [, range] = /\r\n(?:content-)?range: *(\S+)/i.exec(start) ?? [];
  return line === undefined || range === undefined ? line : `${line} (${range})`;
}
