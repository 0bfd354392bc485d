import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GantryErrorCode, PullOptions } from '../../src/api.ts';
import type { Engine, Files } from '../../src/core/ports.ts';
import { createFiles } from '../../src/node/files.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { rejection } from '../support/registryErrors.ts';
import { type FaultPlan, flipBit } from '../support/sampleRegistry/faults.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { fakeResponse } from '../unit/core/registry/fakeHttp.ts';
import { openClient } from './openClient.ts';

const [image, other] = [imageOf('first', 'second'), imageOf('third', 'fourth')];
const { digest } = image.manifest.descriptor;
const size = image.blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
const lastLayer = image.blobs.at(-1)?.descriptor.digest ?? '';
const login = { username: 'alice', password: 'secret' };

interface Destination {
  readonly name: string;
  readonly at: (folder: string) => PullOptions['destination'];
  /** Names below the folder, when all of the image is there. */
  readonly made: readonly string[];
  /** Whether anything is there that somebody would take for the image. */
  readonly isThere: (folder: string, engine: FakeEngine) => Promise<boolean>;
  /** What an error about its disk names. */
  readonly named: RegExp;
}

const destinations: readonly Destination[] = [
  {
    name: 'a layout',
    at: (folder) => ({ folder: join(folder, 'to') }),
    made: ['to'],
    isThere: async (folder) => {
      const index = await readFile(join(folder, 'to/index.json'), 'utf8').catch(() => '{"manifests":[]}');
      return (JSON.parse(index) as { readonly manifests: readonly unknown[] }).manifests.length > 0;
    },
    named: /\/to[ /]/,
  },
  ...(['oci', 'docker'] as const).map(
    (format): Destination => ({
      name: `an archive (${format})`,
      at: (folder) => ({ archive: join(folder, 'to.tar'), format }),
      made: ['to.tar'],
      isThere: async (folder) => (await readdir(folder)).includes('to.tar'),
      named: /\/to\.tar/,
    }),
  ),
  {
    name: 'a folder of files',
    at: (folder) => ({ files: join(folder, 'to') }),
    made: ['to'],
    isThere: async (folder) => (await readdir(folder)).includes('to'),
    named: /\/to\.part/,
  },
  {
    name: 'an engine that is loaded',
    at: () => 'load',
    made: ['scratch'],
    isThere: async (_, { loads }) => loads > 0,
    named: /\/scratch\//,
  },
];

/** What goes wrong on the way. */
interface BadCase {
  readonly name: string;
  readonly fault?: (source: SampleRegistry) => FaultPlan;
  readonly auth?: SampleRegistryOptions['auth'];
  /** Bytes that the disk takes. */
  readonly room?: number;
  /** How it ends; absent where the pull goes through all the same. `says` is the cause, and what to do about it. */
  readonly error?: { readonly code: GantryErrorCode; readonly says: RegExp };
}

const refusing = (status: number, code: string, message: string, headers = {}) => ({
  reply: { status, headers, body: Buffer.from(JSON.stringify({ errors: [{ code, message }] })) },
});
const atLastLayer =
  (fault: ReturnType<FaultPlan>, times = Number.POSITIVE_INFINITY): (() => FaultPlan) =>
  () => {
    let left = times;
    return ({ url }) => (url.pathname.endsWith(lastLayer) && left-- > 0 ? fault : undefined);
  };

const cases: readonly BadCase[] = [
  {
    name: 'the source loses a layer half-way',
    fault: atLastLayer(refusing(404, 'BLOB_UNKNOWN', 'gone')),
    error: { code: 'not-found', says: /does not have the blob sha256:.* It said: "gone"\. Check the name; it may/ },
  },
  {
    name: 'the source takes the right to read away half-way',
    fault: atLastLayer(refusing(403, 'DENIED', 'not yours')),
    error: { code: 'denied', says: /not yours/ },
  },
  {
    name: 'the source cuts every connection',
    fault: atLastLayer({ connection: { kind: 'reset', afterBytes: 10 } }),
    error: { code: 'unreachable', says: /it closed the connection\. Try again; if it goes on, check the port/ },
  },
  {
    name: 'the source sends other bytes',
    fault: atLastLayer({ alter: flipBit }),
    error: { code: 'digest-mismatch', says: /is not what its digest names: .* It was thrown away\. .*try again, then/ },
  },
  {
    name: 'the source asks to wait for an hour (429)',
    fault: atLastLayer(refusing(429, 'TOOMANYREQUESTS', 'slow down', { 'Retry-After': '3600' })),
    error: { code: 'rate-limited', says: /takes no more requests for now .*\. Try again at .*, in 1 hour, / },
  },
  {
    name: 'the source is out of order (503)',
    fault: atLastLayer(refusing(503, 'UNAVAILABLE', 'maintenance')),
    error: { code: 'server', says: /maintenance/ },
  },
  {
    name: 'the source asks to wait for a second (429)',
    fault: atLastLayer(refusing(429, 'TOOMANYREQUESTS', 'slow down', { 'Retry-After': '1' }), 2),
  },
  {
    name: 'a connection breaks in a layer',
    fault: atLastLayer({ connection: { kind: 'reset', afterBytes: 5000 } }, 1),
  },
  {
    name: 'the token ends in the middle',
    auth: { scheme: 'bearer', users: { [login.username]: login.password } },
    fault: ({ revokeTokens }) => {
      let left = 1;
      return ({ url }) => {
        if (url.pathname.endsWith(lastLayer) && left-- > 0) revokeTokens();
        return undefined;
      };
    },
  },
  {
    name: 'the tag moves meanwhile: what was planned is pulled',
    fault: (source) => (request) => {
      if (request.url.pathname.endsWith(lastLayer)) source.push('shop/web', other, '1.0');
      return undefined;
    },
  },
  {
    name: 'the disk becomes full in the layers',
    room: 50_000,
    error: { code: 'storage', says: /has 0 bytes free, and .* more are needed\. Free some space/ },
  },
  {
    name: 'the disk becomes full when all layers have come',
    room: size + 300,
    error: { code: 'storage', says: / cannot be written: its disk is full\. Free some space\. 79\.\d KiB of 79/ },
  },
];

describe('A pull that goes wrong on the way', () => {
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);

  for (const destination of destinations) {
    const { name: into, at, made, isThere, named } = destination;
    describe(`into ${into}`, () => {
      for (const { name, fault, auth, room, error } of cases) {
        // The disk of an engine is its own.
        if (at('') === 'load' && room !== undefined && room > size) continue;
        it(`${name}${error ? ': nothing there is taken for the image, and the next one ends it' : ''}`, () =>
          withTemporaryFolder(async (folder) => {
            const disk = { room: room ?? Number.POSITIVE_INFINITY };
            const engine = fakeEngine();
            const [source, { gantry }] = await Promise.all([
              start(auth && { auth }),
              open({
                files: filesOn(disk),
                findEngine: async () => engine,
                scratchFolder: join(folder, 'scratch'),
              }),
            ]);
            if (auth !== undefined) await gantry.addConnection({ url: source.url, ...login });
            source.push('shop/web', image, '1.0');
            source.fault = fault?.(source);
            const pull = () => gantry.pull(`${source.host}/shop/web:1.0`, { destination: at(folder) });
            if (error !== undefined) {
              const { message } = await rejection(pull(), error.code);
              assert.match(message, error.says);
              // Whose fault it is, how far it came, and what to do.
              if (room === undefined) assert.ok(message.includes(source.host), message);
              else assert.match(message, named);
              assert.match(message, / of .* are kept, the image is not in place\. Pull again to go on\.$/);
              assert.equal(await isThere(folder, engine), false);
              source.fault = undefined;
              disk.room = Number.POSITIVE_INFINITY;
            }
            const pulled = await pull();
            assert.equal(pulled.digest, digest);
            assert.equal(await isThere(folder, engine), true);
            assert.deepEqual(await readdir(folder), made);
            assert.deepEqual(await readdir(join(folder, 'scratch')).catch(() => []), []);
          }));
      }
    });
  }
});

interface FakeEngine extends Engine {
  /** How often it was handed an image. */
  readonly loads: number;
}

function fakeEngine(): FakeEngine {
  let loads = 0;
  return {
    address: 'a fake engine',
    get loads() {
      return loads;
    },
    send: async ({ url, stream }) => {
      if (url.pathname === '/images/load') {
        for await (const _ of stream?.() ?? []) {
          // As an engine does, which reads all of it first.
        }
        loads++;
        return fakeResponse({ body: '{"stream":"Loaded image"}' });
      }
      const Id = image.blobs[0]?.descriptor.digest;
      return fakeResponse({ body: JSON.stringify(url.pathname === '/version' ? { Version: '1' } : { Id }) });
    },
  };
}

/** The real ones, on a disk that takes only so many bytes. */
function filesOn(disk: { room: number }): Files {
  const real = createFiles();
  async function* within(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      disk.room = Math.max(0, disk.room - chunk.length);
      if (disk.room === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      yield chunk;
    }
  }
  return {
    ...real,
    freeSpace: async () => (disk.room === 0 ? 0 : Number.MAX_SAFE_INTEGER),
    write: (path, chunks, options) => real.write(path, within(chunks), options),
    writeInParts: (path, content, options) =>
      real.writeInParts(path, { ...content, rest: (offset) => within(content.rest(offset)) }, options),
    openTree: (folder) => {
      const tree = real.openTree(folder);
      return { ...tree, file: (path, chunks, attributes) => tree.file(path, within(chunks), attributes) };
    },
  };
}

/** Of two layers, each with one file. */
function imageOf(...names: readonly string[]): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    // Random bytes do not become fewer by compression.
    steps: names.map((name) => ({ createdBy: 'COPY', layer: writeLayer([file(name, randomBytes(40_000))]) })),
  });
}
