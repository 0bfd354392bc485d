import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { eventually } from '../../../support/eventually.ts';
import { content } from '../../../support/oci.ts';
import { rejection } from '../../../support/registryErrors.ts';
import type { FaultPlan } from '../../../support/sampleRegistry/faults.ts';
import type { FaultCase } from '../faultCase.ts';
import { always, firstOf, replies, times, withHeaders } from '../plans.ts';
import { layer, type World } from '../world.ts';

const mebibyte = 1024 * 1024;
/** One request, and several. */
const small = content('application/octet-stream', randomBytes(mebibyte));
const large = content('application/octet-stream', randomBytes(22 * mebibyte));

/** In parts that fit no chunk. */
async function* read(bytes: Buffer, offset: number): AsyncGenerator<Uint8Array> {
  for (let start = offset; start < bytes.length; start += 100_000) yield bytes.subarray(start, start + 100_000);
}

interface Upload {
  readonly blob?: typeof small;
  readonly mountFrom?: string;
  readonly signal?: AbortSignal;
}

/** How the blob got there, whether it is there, and how many uploads are left open. */
async function upload(world: World, { blob = small, mountFrom, signal = world.signal }: Upload = {}): Promise<unknown> {
  const session = await world.session('push');
  const source = (offset: number): AsyncIterable<Uint8Array> => read(blob.bytes, offset);
  const done = await session.uploadBlob?.(blob.descriptor, source, { signal, mountFrom });
  return [done?.how, isStored(world, blob), world.registry.storage.uploads.size];
}

function isStored({ registry }: World, { descriptor, bytes }: typeof small): boolean {
  return registry.storage.blobs.get(descriptor.digest)?.equals(bytes) === true;
}

const uploadLarge = (world: World): Promise<unknown> => upload(world, { blob: large });
const when =
  (method: string, plan: FaultPlan): FaultPlan =>
  (request) =>
    request.method === method ? plan(request) : undefined;
const sent = { value: ['sent', true, 0] };

/** Waits until a failed upload was given up. */
async function failing(world: World, uploading: Promise<unknown>): Promise<never> {
  const error = await uploading.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  await eventually(() => assert.ok(world.requests().some(({ method }) => method === 'DELETE')));
  throw error;
}

const somewhere = (location: string): FaultPlan => when('POST', always(withHeaders({ Location: location })));

function refused(variant: string, what: string, location: string, says: RegExp): FaultCase {
  return {
    id: `17-to-${variant}`,
    server: `names ${what} to upload to`,
    expected: 'sends nothing there',
    fault: () => somewhere(location),
    act: upload,
    outcome: { error: 'protocol', says },
    requests: 2,
  };
}

/** 17: uploads. */
export const uploadCases: readonly FaultCase[] = [
  {
    id: '17-small',
    server: 'takes a small blob',
    expected: 'HEAD, POST, PUT',
    act: upload,
    outcome: sent,
    requests: 3,
  },
  {
    id: '17-large',
    server: 'takes a large blob',
    expected: 'HEAD, POST, three chunks, PUT',
    act: uploadLarge,
    outcome: sent,
    requests: 6,
  },
  {
    id: '17-present',
    server: 'has the blob already',
    expected: 'sends nothing of it',
    act: (world) => upload(world, { blob: layer }),
    outcome: { value: ['present', true, 0] },
    requests: 1,
  },
  {
    id: '17-patch-lost',
    server: 'loses the connection in the middle of a chunk',
    expected: 'asks how far it came until it says the same twice, goes on there',
    fault: () => when('PATCH', firstOf(times(1, { resetAfterBodyBytes: 5 * mebibyte }))),
    act: async (world) => {
      const result = await uploadLarge(world);
      const ranges = world.requests().flatMap(({ headers }) => headers['content-range'] ?? []);
      assert.ok(Number(/^\d+/.exec(ranges[1] ?? '')?.[0]) >= 4 * mebibyte, ranges.join(', '));
      return result;
    },
    outcome: sent,
    requests: 9,
    waits: [0.5, 0.5],
  },
  {
    id: '17-answer-lost',
    server: 'takes a chunk and loses the connection before it says so',
    expected: 'asks how far it came, sends no byte twice',
    fault: () => when('PATCH', times(1, { alter: (reply) => reply, connection: { kind: 'reset' } })),
    act: uploadLarge,
    outcome: sent,
    requests: 8,
    waits: [0.5, 0.5],
  },
  {
    id: '17-put-lost',
    server: 'stores the blob and loses the connection before it says so',
    expected: 'sees that it is there, is done',
    fault: () => when('PUT', times(1, { alter: (reply) => reply, connection: { kind: 'reset' } })),
    act: upload,
    outcome: sent,
    // HEAD, POST, PUT, GET (404), HEAD
    requests: 5,
  },
  {
    id: '17-put-cut',
    server: 'loses the connection in the middle of a whole blob',
    expected: 'goes on where it broke',
    fault: () => when('PUT', times(1, { resetAfterBodyBytes: mebibyte / 2 })),
    act: upload,
    outcome: sent,
    // HEAD, POST, PUT, GET twice, PATCH, PUT
    requests: 7,
    waits: [0.5, 0.5],
  },
  {
    id: '17-lost∞',
    server: 'loses the connection on every chunk before a byte of it',
    expected: 'gives up after some tries, and gives the upload up',
    fault: () => when('PATCH', always({ connection: { kind: 'reset' }, reply: { status: 202 } })),
    act: (world) => failing(world, uploadLarge(world)),
    outcome: { error: 'unreachable', says: /connection/ },
    // HEAD, POST, four times PATCH and two GETs, DELETE
    requests: 15,
    waits: [2, 2],
  },
  {
    id: '17-416',
    server: 'refuses the range of a chunk (416), once',
    expected: 'asks how far it came, goes on there',
    fault: () => when('PATCH', times(1, replies(416))),
    act: uploadLarge,
    outcome: sent,
    requests: 8,
  },
  {
    id: '17-503',
    server: 'answers a chunk with 503 and Retry-After: 3, once',
    expected: 'waits, asks how far it came, goes on there',
    fault: () => when('PATCH', times(1, replies(503, { 'Retry-After': '3' }))),
    act: uploadLarge,
    outcome: sent,
    requests: 8,
    waits: [3, 4],
  },
  {
    id: '17-404',
    server: 'forgets an upload after the first chunk',
    expected: 'starts anew once',
    fault: (world) => {
      const forgetting: FaultPlan = times(1, { alter: (reply) => reply });
      let count = 0;
      return when('PATCH', (request) => {
        if (++count === 2) world.registry.storage.uploads.clear();
        return forgetting(request);
      });
    },
    act: uploadLarge,
    outcome: sent,
    // HEAD, POST, PATCH, PATCH (404), HEAD, POST, three chunks, PUT
    requests: 10,
  },
  {
    id: '17-404∞',
    server: 'forgets every upload at once',
    expected: 'gives up after the second',
    fault: () => when('PUT', always(replies(404))),
    act: upload,
    outcome: { error: 'server', says: /forgot an upload/ },
    // Twice POST, PUT, HEAD after the first HEAD
    requests: 7,
  },
  {
    id: '17-403',
    server: 'does not allow the upload',
    expected: 'says so',
    fault: () => when('POST', always(replies(403, {}, '{"errors":[{"code":"DENIED","message":"read only"}]}'))),
    act: upload,
    outcome: { error: 'denied', says: /read only/ },
    requests: 2,
  },
  {
    id: '17-digest',
    server: 'refuses the digest of what came',
    expected: 'says so, and gives the upload up',
    fault: () =>
      when('PUT', always(replies(400, {}, '{"errors":[{"code":"DIGEST_INVALID","message":"digest differs"}]}'))),
    act: (world) => failing(world, upload(world)),
    outcome: { error: 'invalid', says: /digest differs/ },
    requests: 4,
  },
  {
    id: '17-201',
    server: 'stores the blob under another digest (201)',
    expected: 'takes it for an error',
    fault: () => when('PUT', always(withHeaders({ 'Docker-Content-Digest': `sha256:${'0'.repeat(64)}` }))),
    act: (world) => failing(world, upload(world)),
    outcome: { error: 'digest-mismatch', says: /stored another/ },
    requests: 4,
  },
  {
    id: '17-min',
    server: 'wants chunks of at least 20 MiB',
    expected: 'sends no smaller one, also where a rest of two would be left',
    registry: { minimumChunk: 20 * mebibyte },
    act: uploadLarge,
    outcome: sent,
    requests: 4,
  },
  {
    id: '17-min-huge',
    server: 'wants chunks of at least 8 EiB',
    expected: 'sends all there is as the last chunk, without holding it in memory',
    fault: () => when('POST', always(withHeaders({ 'OCI-Chunk-Min-Length': '9000000000000000' }))),
    act: uploadLarge,
    outcome: sent,
    requests: 4,
  },
  {
    id: '17-min-odd',
    server: 'wants chunks of at least -1, x bytes',
    expected: 'does without',
    fault: () => when('POST', always(withHeaders({ 'OCI-Chunk-Min-Length': '-1, x' }))),
    act: uploadLarge,
    outcome: sent,
    requests: 6,
  },
  {
    id: '17-mount',
    server: 'takes a blob over from another repository',
    expected: 'sends no byte',
    fault: (world) => {
      world.registry.push('shop/base', { manifest: small, blobs: [], children: [] });
      world.registry.storage.repositories.get('shop/base')?.blobs.add(small.descriptor.digest);
      world.registry.storage.blobs.set(small.descriptor.digest, small.bytes);
      return () => undefined;
    },
    act: (world) => upload(world, { mountFrom: 'shop/base' }),
    outcome: { value: ['mounted', true, 0] },
    requests: 1,
  },
  {
    id: '17-mount-202',
    server: 'begins an upload in place of a mount (202)',
    expected: 'sends the blob by that upload',
    registry: { mounts: false },
    act: (world) => upload(world, { mountFrom: 'shop/base' }),
    outcome: sent,
    requests: 3,
  },
  {
    id: '17-mount-only',
    server: 'begins an upload where a mount alone was asked for',
    expected: 'says that it does not mount, and gives the upload up',
    registry: { mounts: false },
    act: async (world) => {
      const isMounted = await (await world.session('push')).mountBlob?.(layer.descriptor, 'shop/base', world);
      await eventually(() => assert.equal(world.registry.storage.uploads.size, 0));
      return isMounted;
    },
    outcome: { value: false },
    requests: 2,
  },
  {
    id: '17-mount-other',
    server: 'mounts another digest (201)',
    expected: 'takes it for an error',
    fault: () =>
      when('POST', always(replies(201, { Location: '/v2/x', 'Docker-Content-Digest': `sha256:${'1'.repeat(64)}` }))),
    act: (world) => upload(world, { mountFrom: 'shop/base' }),
    outcome: { error: 'digest-mismatch', says: /stored another/ },
    requests: 1,
  },
  {
    id: '17-relative',
    server: 'names a relative place to upload to',
    expected: 'goes there',
    fault: () =>
      when(
        'POST',
        always({
          alter: (reply) => ({
            ...reply,
            headers: {
              ...reply.headers,
              Location: String(reply.headers?.['Location']).replace('/v2/shop/web/blobs/uploads/', ''),
            },
          }),
        }),
      ),
    act: upload,
    outcome: sent,
    requests: 3,
  },
  {
    id: '17-other',
    server: 'names another host to upload to',
    expected: 'sends the blob there, without a credential',
    fault: (world) => {
      world.elsewhere.fault = (request) => {
        assert.equal(request.method, 'PUT');
        return replies(201);
      };
      return somewhere(`${world.elsewhere.url}/bucket?X-Amz-Signature=${world.secret('signature')}`);
    },
    act: async (world) => ((await upload(world)) as unknown[])[0],
    outcome: { value: 'sent' },
    requests: 2,
    elsewhere: 1,
  },
  refused(
    'metadata',
    'the metadata service of a cloud',
    'http://169.254.169.254/latest',
    /169\.254\.169\.254, which is not for it to name/,
  ),
  refused('user', 'an address with a password', 'http://a:b@127.0.0.1/', /user name in it/),
  refused('file', 'a file', 'file:///etc/passwd', /not encrypted \(file:/),
  refused('nothing', 'no address', 'http://[', /no usable address/),
  {
    id: '17-cancel',
    server: 'takes its time; the user cancels in the middle of a chunk',
    expected: 'ends at once and gives the upload up',
    fault: () => when('PATCH', always({ hold: new Promise(() => {}) })),
    act: async (world) => {
      const stop = new AbortController();
      const begun = world.registry.nextRequest(({ method }) => method === 'PATCH');
      const ended = rejection(upload(world, { blob: large, signal: stop.signal }), 'cancelled');
      await begun;
      stop.abort();
      const error = await ended;
      await eventually(() => assert.equal(world.registry.storage.uploads.size, 0));
      throw error;
    },
    outcome: { error: 'cancelled', says: /Cancelled/ },
    // HEAD, POST, PATCH, DELETE
    requests: 4,
  },
  {
    id: '17-source',
    server: 'takes the blob; its source ends too early',
    expected: 'says so, and gives the upload up',
    act: (world) =>
      failing(
        world,
        (async () => {
          const session = await world.session('push');
          await session.uploadBlob?.(small.descriptor, () => read(small.bytes.subarray(1), 0), world);
        })(),
      ),
    outcome: { error: 'digest-mismatch', says: /ended after/, host: () => small.descriptor.digest },
    requests: 4,
  },
];
