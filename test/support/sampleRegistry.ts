import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Artifact } from './oci.ts';
import { type BasicAuth, checkBasic } from './sampleRegistry/auth.ts';
import { dispatch, type RegistryFeatures } from './sampleRegistry/dispatch.ts';
import type { RegistryRequest, Reply } from './sampleRegistry/http.ts';
import { createStorage, pushArtifact, type Storage } from './sampleRegistry/storage.ts';

export interface SampleRegistryOptions {
  /** A free one unless told. */
  readonly port?: number;
  /** Open to everybody unless told. */
  readonly auth?: BasicAuth;
  /** The page size of catalogue and tags when the client names none, and the largest that it may ask for; 1,000 unless told. */
  readonly maximumPageSize?: number;
}

/** An OCI registry in this process, on a real socket of the loopback interface. */
export interface SampleRegistry {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `127.0.0.1:PORT`, as it stands in an image reference. */
  readonly host: string;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** For tests that look inside, or store what no client could push. */
  readonly storage: Storage;
  /** Stores an artifact with all that it refers to, and returns its digest. */
  push(repository: string, artifact: Artifact, ...tags: string[]): string;
  /** Ends every connection, also those in use. */
  close(): Promise<void>;
}

export interface LoggedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** 0 while there is no answer. */
  readonly status: number;
  /** Bytes of body that were answered. */
  readonly bytes: number;
}

export async function startSampleRegistry(options: SampleRegistryOptions = {}): Promise<SampleRegistry> {
  const storage = createStorage();
  const requests: LoggedRequest[] = [];
  const features: RegistryFeatures = { paging: { maximum: options.maximumPageSize ?? 1000 } };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const logged = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers };
    const entry = { ...logged, status: 0, bytes: 0 };
    requests.push(entry);
    const request = readRequest(incoming, url);
    const reply = refuse(request, options) ?? (await dispatch(request, storage, features));
    entry.status = reply.status;
    entry.bytes = send(incoming, response, reply);
  }

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;

  return {
    url,
    host,
    requests,
    storage,
    push: (repository, artifact, ...tags) => pushArtifact(storage, repository, artifact, tags),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function readRequest(incoming: IncomingMessage, origin: string): RegistryRequest {
  return {
    method: incoming.method ?? '',
    url: new URL(incoming.url ?? '', origin),
    headers: incoming.headers,
    readBody: () => buffer(incoming),
  };
}

function refuse(request: RegistryRequest, { auth }: SampleRegistryOptions): Reply | undefined {
  if (!request.url.pathname.startsWith('/v2/')) return undefined;
  return auth === undefined ? undefined : checkBasic(auth, request);
}

function send(incoming: IncomingMessage, response: ServerResponse, { status, headers, body }: Reply): number {
  response.writeHead(status, { ...headers, 'Content-Length': body?.length ?? 0 });
  const sent = incoming.method === 'HEAD' ? undefined : body;
  response.end(sent);
  return sent?.length ?? 0;
}
