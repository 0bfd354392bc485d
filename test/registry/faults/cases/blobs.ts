import assert from 'node:assert/strict';
import { sha256 } from '../../../support/oci.ts';
import type { FaultPlan } from '../../../support/sampleRegistry/faults.ts';
import type { FaultCase } from '../faultCase.ts';
import { webTags } from '../faultCase.ts';
import { always, firstOf, on, replies, times, withHeaders } from '../plans.ts';
import { layer, layerBytes, manifestDigest, type World } from '../world.ts';

const half = layerBytes.length / 2;
const whole = { value: layer.descriptor.digest };
const total = layerBytes.length;

/** Reads the layer, and tells the digest of what came. */
export async function readLayer(world: World): Promise<string> {
  const session = await world.session();
  const { chunks } = await session.openBlob(layer.descriptor, world);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return sha256(Buffer.concat(parts));
}

/** The ranges that the registry was asked for. */
function ranges({ registry }: World): readonly (string | undefined)[] {
  return registry.requests.filter(({ path }) => path.includes('/blobs/')).map(({ headers }) => headers.range);
}

const cut = (kind: 'reset' | 'close', afterBytes: number) => ({ connection: { kind, afterBytes } }) as const;
const ignoringRange: FaultPlan = () => ({ reply: { status: 200, body: layerBytes } });

/** The registry sends its blobs from object storage, at addresses that each hold for so many requests. */
function presigned(world: World, uses: number): { readonly registry: FaultPlan; readonly storage: FaultPlan } {
  const left = new Map<string, number>();
  return {
    registry: on('/blobs/', () => {
      const signature = world.secret('signature');
      left.set(signature, uses);
      return replies(307, { Location: `${world.elsewhere.url}/bucket/layer?X-Amz-Signature=${signature}` });
    }),
    storage: ({ url, headers }) => {
      const signature = url.searchParams.get('X-Amz-Signature') ?? '';
      const rest = left.get(signature) ?? 0;
      left.set(signature, rest - 1);
      if (rest <= 0) return replies(403, {}, '<Error><Code>AccessDenied</Code></Error>');
      const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
      const body = layerBytes.subarray(start);
      return start === 0
        ? { reply: { status: 200, body }, connection: { kind: 'close', afterBytes: half } }
        : { reply: { status: 206, headers: { 'Content-Range': `bytes ${start}-${total - 1}/${total}` }, body } };
    },
  };
}

/** 3 to 5: connections that break, before an answer and in the middle of a blob. */
export const connectionCases: readonly FaultCase[] = [
  ...(['reset', 'close'] as const).flatMap((kind): FaultCase[] => [
    {
      id: `3-${kind}×1`,
      server: `ends the connection (${kind}) before the answer, once, as a stale one of keep-alive`,
      expected: 'asks again at once on a new connection',
      fault: () => times(1, { connection: { kind } }),
      outcome: webTags,
      requests: 2,
    },
    {
      id: `3-${kind}∞`,
      server: `ends every connection (${kind}) before the answer`,
      expected: 'gives up after four attempts on new connections, a kept one does not count, and says so',
      fault: () => always({ connection: { kind } }),
      outcome: { error: 'unreachable', says: /connection/ },
      requests: 5,
      waits: [1, 2],
    },
  ]),
  {
    id: '3-delete',
    server: 'resets the connection on the deletion of a tag',
    expected: 'does not repeat it: it may have been done',
    fault: () => (request) => (request.method === 'DELETE' ? { connection: { kind: 'reset' } } : undefined),
    act: async (world) => (await world.session('delete')).deleteTag?.('1.0', world),
    outcome: { error: 'unreachable', says: /closed the connection/ },
    requests: 1,
  },
  ...(['reset', 'close'] as const).map(
    (kind): FaultCase => ({
      id: `4-${kind}`,
      server: `ends the connection (${kind}) in the middle of a blob, once`,
      expected: 'reads on from the byte where it broke, with If-Range, and verifies the whole',
      fault: () => on('/blobs/', times(1, cut(kind, half))),
      act: async (world) => {
        const digest = await readLayer(world);
        const [, again] = world.requests();
        assert.equal(again?.headers['if-range'], `"${layer.descriptor.digest}"`);
        assert.match(again?.headers.range ?? '', /^bytes=\d+-$/);
        assert.ok((again?.bytes ?? 0) >= total - half, 'nothing that had come is missing');
        return digest;
      },
      outcome: whole,
      requests: 2,
    }),
  ),
  {
    id: '4-many',
    server: 'closes the connection every 100 KB of a blob',
    expected: 'reads on each time, and no byte twice',
    fault: () => on('/blobs/', always(cut('close', 100_000))),
    act: async (world) => {
      const digest = await readLayer(world);
      const sent = world.requests().reduce((sum, { bytes }) => sum + bytes, 0);
      assert.equal(sent, total);
      return digest;
    },
    outcome: whole,
    requests: 6,
  },
  {
    id: '4-drip',
    server: 'resets the connection after every byte of a blob',
    expected: 'gives up: so it would go on for ever',
    fault: () => on('/blobs/', always(cut('reset', 1))),
    act: readLayer,
    outcome: { error: 'unreachable', says: /connection/ },
    requests: 4,
  },
  {
    id: '4-200',
    server: 'breaks once, then sends the whole (200) in place of the part',
    expected: 'reads it from the start and leaves out what it has',
    fault: () => on('/blobs/', firstOf(times(1, cut('close', half)), ignoringRange)),
    act: readLayer,
    outcome: whole,
    requests: 2,
  },
  {
    id: '4-200∞',
    server: 'breaks each time and never sends a part',
    expected: 'starts anew once, then gives up',
    fault: () => on('/blobs/', always({ reply: { status: 200, body: layerBytes }, ...cut('close', half) })),
    act: readLayer,
    outcome: { error: 'unreachable', says: /sends no parts/ },
    requests: 3,
  },
  {
    id: '4-changed',
    server: 'breaks once, then sends the whole of something else',
    expected: 'refuses it by its digest',
    fault: () =>
      on(
        '/blobs/',
        firstOf(times(1, cut('close', half)), () => ({ reply: { status: 200, body: Buffer.alloc(total) } })),
      ),
    act: readLayer,
    outcome: { error: 'digest-mismatch', says: /asked for sha256:/ },
    requests: 2,
  },
  {
    id: '4-start',
    server: 'breaks once, then sends a part that starts elsewhere',
    expected: 'refuses it',
    fault: () =>
      on(
        '/blobs/',
        firstOf(times(1, cut('close', half)), () => ({
          reply: { status: 206, headers: { 'Content-Range': `bytes 0-${total - 1}/${total}` }, body: layerBytes },
        })),
      ),
    act: readLayer,
    outcome: { error: 'protocol', says: /another part/ },
    requests: 2,
  },
  {
    id: '4-total',
    server: 'breaks once, then sends a part of a blob of another size',
    expected: 'refuses it',
    fault: () =>
      on(
        '/blobs/',
        firstOf(times(1, cut('close', half)), ({ headers }) => {
          const start = Number(/\d+/.exec(headers.range ?? '')?.[0]);
          const range = `bytes ${start}-${total - 1}/${total + 1}`;
          return { reply: { status: 206, headers: { 'Content-Range': range }, body: layerBytes.subarray(start) } };
        }),
      ),
    act: readLayer,
    outcome: { error: 'protocol', says: /another part/ },
    requests: 2,
  },
  {
    id: '4-416',
    server: 'breaks once, then refuses the range (416)',
    expected: 'starts anew',
    fault: () => on('/blobs/', firstOf(times(1, cut('close', half)), times(1, replies(416)))),
    act: readLayer,
    outcome: whole,
    requests: 3,
  },
  {
    id: '4-busy',
    server: 'breaks once, then is busy for a moment (503)',
    expected: 'waits, then reads on',
    fault: () => on('/blobs/', firstOf(times(1, cut('close', half)), times(1, replies(503)))),
    act: readLayer,
    outcome: whole,
    requests: 3,
    waits: [0.15, 0.35],
  },
  {
    id: '5a',
    server: 'sends a blob from storage, breaks; the signed address has expired by then',
    expected: 'gets a new address from the registry, reads on there, without a credential',
    fault: (world) => {
      const { registry, storage } = presigned(world, 1);
      world.elsewhere.fault = storage;
      return registry;
    },
    act: async (world) => {
      const digest = await readLayer(world);
      assert.deepEqual(
        ranges(world).map((range) => range !== undefined),
        [false, true],
      );
      return digest;
    },
    outcome: whole,
    requests: 2,
    elsewhere: 2,
  },
  {
    id: '5b',
    server: 'names an address of storage that has expired already',
    expected: 'says that the storage refuses, without the address',
    fault: (world) => {
      const { registry, storage } = presigned(world, 0);
      world.elsewhere.fault = storage;
      return registry;
    },
    act: readLayer,
    outcome: { error: 'denied', says: /blob sha256:/ },
    requests: 1,
    elsewhere: 1,
  },
];

const shorter = (bytes: number) => (reply: { readonly status: number; readonly body?: Buffer }) => ({
  ...reply,
  body: (reply.body ?? Buffer.alloc(0)).subarray(0, -bytes),
});

/** 8 and 9: bodies that are not what was told. */
export const contentCases: readonly FaultCase[] = [
  {
    id: '8-short',
    server: 'sends less of a blob than its descriptor says, with a length that fits',
    expected: 'refuses it',
    fault: () => on('/blobs/', always({ alter: shorter(1) })),
    act: readLayer,
    outcome: { error: 'digest-mismatch', says: new RegExp(`${total - 1} came`) },
    requests: 1,
  },
  {
    id: '8-long',
    server: 'sends more of a blob than its descriptor says',
    expected: 'stops at its size and refuses it',
    fault: () =>
      on('/blobs/', always({ alter: (reply) => ({ ...reply, body: Buffer.concat([layerBytes, layerBytes]) }) })),
    act: readLayer,
    outcome: { error: 'digest-mismatch', says: /more came/ },
    requests: 1,
  },
  {
    id: '8-length>',
    server: 'announces 10 bytes more of a list than it sends, then closes',
    expected: 'takes it for broken and asks again',
    fault: () => times(1, { raw: tagList('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n', 40) }),
    outcome: webTags,
    requests: 2,
  },
  {
    id: '8-length<',
    server: 'announces less of a list than it sends',
    expected: 'takes the part for no list',
    fault: () => always({ raw: tagList('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n', 40) }),
    outcome: { error: 'protocol', says: /not JSON/ },
    requests: 1,
  },
  {
    id: '8-none',
    server: 'sends a list without a length and closes',
    expected: 'reads it to its end',
    fault: () => always({ raw: `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"tags":["1.0","latest"]}` }),
    outcome: webTags,
    requests: 1,
  },
  {
    id: '8-blob-none',
    server: 'sends half a blob without a length and closes, once',
    expected: 'sees that it is short, reads on',
    fault: () =>
      on(
        '/blobs/',
        times(1, {
          raw: Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), layerBytes.subarray(0, half)]),
        }),
      ),
    act: readLayer,
    outcome: whole,
    requests: 2,
  },
  {
    id: '8-chunk',
    server: 'cuts a chunked list off, once',
    expected: 'takes it for broken and asks again',
    fault: () => times(1, { raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n{"tags":["1.0",' }),
    outcome: webTags,
    requests: 2,
  },
  {
    id: '8-chunk-blob',
    server: 'cuts a chunked blob off, once',
    expected: 'reads on',
    fault: () => on('/blobs/', times(1, { ...withHeaders({ 'Transfer-Encoding': 'chunked' }), ...cut('close', half) })),
    act: readLayer,
    outcome: whole,
    requests: 2,
  },
  {
    id: '8-http',
    server: 'answers with what is no HTTP',
    expected: 'says so',
    fault: () => always({ raw: 'SSH-2.0-OpenSSH_9.2\r\n' }),
    outcome: { error: 'protocol', says: /does not speak HTTP/ },
    requests: 1,
  },
  {
    id: '9-blob',
    server: 'sends a blob with a bit changed',
    expected: 'refuses it',
    fault: () => on('/blobs/', always({ alter: (reply) => ({ ...reply, body: flipped(reply.body) }) })),
    act: readLayer,
    outcome: { error: 'digest-mismatch', says: /asked for sha256:/ },
    requests: 1,
  },
  {
    id: '9-manifest',
    server: 'sends a manifest by digest with a bit changed',
    expected: 'refuses it',
    fault: () => always({ alter: (reply) => ({ ...reply, body: flipped(reply.body) }) }),
    act: ({ client, repository }) => client.gantry.inspect(`${repository}@${manifestDigest}`),
    outcome: { error: 'digest-mismatch', says: /asked for sha256:/ },
    requests: 1,
  },
  {
    id: '9-header',
    server: 'sends a header with another digest than the manifest has',
    expected: 'refuses it',
    fault: () => always(withHeaders({ 'Docker-Content-Digest': `sha256:${'0'.repeat(64)}` })),
    act: ({ client, repository }) => client.gantry.inspect(`${repository}:1.0`),
    outcome: { error: 'digest-mismatch', says: /announced sha256:0000/ },
    requests: 1,
  },
  ...(
    [
      ['none', undefined],
      ['md5', 'md5:d41d8cd98f00b204e9800998ecf8427e'],
      ['upper', manifestDigest.toUpperCase()],
      ['hex', `sha256:${manifestDigest.slice(7).toUpperCase()}`],
      ['path', `sha256:../../../etc/passwd${'0'.repeat(41)}`],
      ['twice', `${manifestDigest}, ${manifestDigest}`],
    ] as const
  ).map(
    ([variant, header]): FaultCase => ({
      id: `9-header-${variant}`,
      server: `names the digest of a tag ${header === undefined ? 'nowhere' : `as ${header.slice(0, 30)}…`}`,
      expected: 'computes the digest itself, uses no other',
      fault: () => always({ alter: (reply) => ({ ...reply, headers: withDigest(reply.headers, header) }) }),
      act: async ({ client, repository }) => (await client.gantry.resolve(`${repository}:1.0`)).digest,
      outcome: { value: manifestDigest },
      requests: 2,
    }),
  ),
  ...(
    [
      ['md5', 'md5:d41d8cd98f00b204e9800998ecf8427e'],
      ['upper', `sha256:${layer.descriptor.digest.slice(7).toUpperCase()}`],
      ['path', `sha256:../../../../etc/passwd${'0'.repeat(38)}`],
      ['sha384', `sha384:${'0'.repeat(96)}`],
      ['short', 'sha256:0000'],
    ] as const
  ).map(
    ([variant, digest]): FaultCase => ({
      id: `9-layer-${variant}`,
      server: `sends a manifest that names a layer ${digest.slice(0, 30)}`,
      expected: 'refuses the manifest before it asks for anything by that name',
      fault: () =>
        always({
          alter: (reply) => {
            const text = reply.body?.toString().replaceAll(layer.descriptor.digest, digest) ?? '';
            return { ...reply, headers: withDigest(reply.headers, undefined), body: Buffer.from(text) };
          },
        }),
      act: ({ client, repository }) => client.gantry.inspect(`${repository}:1.0`),
      outcome: { error: 'protocol', says: /not a sha256 or sha512 digest/ },
      requests: 1,
    }),
  ),
];

function withDigest(headers: Readonly<Record<string, string | string[]>> = {}, digest: string | undefined) {
  const { 'Docker-Content-Digest': _known, ...others } = headers;
  return digest === undefined ? others : { ...others, 'Docker-Content-Digest': digest };
}

function flipped(body: Buffer = Buffer.alloc(1)): Buffer {
  const copy = Buffer.from(body);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}

function tagList(head: string, size: number): string {
  return `${head}Content-Type: application/json\r\n\r\n${'{"tags":["1.0","latest"]}'.padEnd(size)}`;
}
