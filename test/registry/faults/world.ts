import { randomBytes, randomUUID } from 'node:crypto';
import type { RepositoryAccess, RepositorySession } from '../../../src/api.ts';
import { ConnectionLogins } from '../../../src/core/connectionLogins.ts';
import { Sessions } from '../../../src/core/sessions.ts';
import type { Deadlines } from '../../../src/node/deadlines.ts';
import { writeImage } from '../../support/imageWriter.ts';
import { type Artifact, type Content, mediaTypes, sha256 } from '../../support/oci.ts';
import type { LoggedRequest } from '../../support/sampleRegistry/server.ts';
import { type SampleRegistry, startSampleRegistry } from '../../support/sampleRegistry.ts';
import { VirtualClock } from '../../support/virtualClock.ts';
import { type Client, openClient } from '../openClient.ts';
import type { FaultCase } from './faultCase.ts';

/** What a case runs in: a registry that Gantry is connected to with a login, another server, and a clock that jumps. */
export interface World {
  readonly registry: SampleRegistry;
  /** Another origin: object storage, a token server, whatever a registry can name. */
  readonly elsewhere: SampleRegistry;
  readonly client: Client;
  readonly clock: VirtualClock;
  /** `host/shop/web` */
  readonly repository: string;
  readonly signal: AbortSignal;
  /** A repository below the use cases, with the connection's login. */
  session(access?: RepositoryAccess): Promise<RepositorySession>;
  /** A value that must not show up anywhere. */
  secret(name: string): string;
  readonly secrets: readonly string[];
  readonly login: { readonly username: string; readonly password: string } | undefined;
  /** What a credential of the connection looks like on the wire. */
  readonly credentials: readonly string[];
  /** Requests since the connection stands. */
  requests(): readonly LoggedRequest[];
  /** Ends with the case. */
  use<T extends { close(): Promise<void> }>(opened: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Milliseconds: short, and yet long enough for a busy machine to answer in time what is answered at once. */
const shortDeadlines: Deadlines = {
  connect: 1000,
  headers: { metadata: 1000, transfer: 1000 },
  idleBody: 1000,
  metadata: 1500,
  rate: { bytesPerSecond: 1024, window: 500 },
};

/** An image with one layer that comes in many chunks. */
export const layerBytes: Buffer = randomBytes(512 * 1024);
export const image: Artifact = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [
    { createdBy: 'COPY app /srv/', layer: { compression: 'gzip', bytes: layerBytes, diffId: sha256(layerBytes) } },
  ],
});
export const layer: Content = found(
  image.blobs.find(({ descriptor }) => descriptor.mediaType === mediaTypes.layerGzip),
);
export const manifestDigest: string = image.manifest.descriptor.digest;

export async function openWorld({
  auth = 'basic',
  registry: options = {},
  hasShortDeadlines = false,
}: FaultCase): Promise<World> {
  const secrets: string[] = [];
  const secret = (name: string): string => {
    const value = `canary-${name}-${randomUUID()}`;
    secrets.push(value);
    return value;
  };
  const login = { username: `user-${randomUUID()}`, password: secret('password') };
  const basic = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  secrets.push(basic);

  const users = { [login.username]: login.password };
  const [registry, elsewhere] = await Promise.all([
    startSampleRegistry({ ...options, ...(auth !== false && { auth: { scheme: auth, users } }) }),
    startSampleRegistry(),
  ]);
  registry.push('shop/web', image, '1.0', 'latest');
  const clock = new VirtualClock();
  const client = await openClient(
    { now: clock.now, sleep: clock.sleep },
    hasShortDeadlines ? { deadlines: shortDeadlines } : {},
  );
  const stop = new AbortController();
  const { id } = await client.gantry.addConnection({
    url: registry.url,
    adapterId: 'oci',
    ...(auth !== false && login),
  });
  // From here on the login is known, and a request is one request.
  await client.gantry.testConnection(id);
  const before = registry.requests.length;
  const opened: { close(): Promise<void> }[] = [];

  return {
    registry,
    elsewhere,
    client,
    clock,
    login: auth === false ? undefined : login,
    repository: `${registry.host}/shop/web`,
    signal: stop.signal,
    session: async (access) => {
      const [connection] = client.connections.all();
      const { ports, connections } = client;
      const sessions = new Sessions(ports, connections, new ConnectionLogins(ports, connections));
      const session = await sessions.for(found(connection));
      return session.repository('shop/web', access);
    },
    secret,
    secrets,
    credentials: [login.password, basic],
    requests: () => registry.requests.slice(before),
    use: async (opening) => {
      const one = await opening;
      opened.push(one);
      return one;
    },
    close: async () => {
      stop.abort();
      for (const one of opened) await one.close();
      await client.close();
      await Promise.all([registry.close(), elsewhere.close()]);
    },
  };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('It is not there.');
  return value;
}
