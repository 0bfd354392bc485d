import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Passes connections on to a server and breaks them: for faults of servers that nobody can be told to have. */
export interface FaultProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Resets the connection on which the last of so many bytes goes from now on, over all connections. */
  cutOnce(direction: 'sent' | 'received', bytes: number): void;
  /** Connections that were cut. */
  readonly cuts: number;
  close(): Promise<void>;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const [hostname = '', port] = target.split(':');
  const sockets = new Set<Socket>();
  let cut: { readonly direction: 'sent' | 'received'; rest: number } | undefined;
  let cuts = 0;

  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
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
        const rest = cut?.direction === direction ? cut.rest : Number.POSITIVE_INFINITY;
        if (cut?.direction === direction) cut.rest -= chunk.length;
        if (rest > chunk.length) {
          if (!to.write(chunk)) from.pause();
          return;
        }
        cut = undefined;
        cuts++;
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
    cutOnce: (direction, bytes) => {
      cut = { direction, rest: bytes };
    },
    get cuts() {
      return cuts;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
