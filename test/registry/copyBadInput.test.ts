import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { GantryErrorCode } from '../../src/api.ts';
import { parseManifest } from '../../src/core/oci/manifest.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { rejection } from '../support/registryErrors.ts';
import { type FaultPlan, flipBit } from '../support/sampleRegistry/faults.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const [amd64, arm64] = [imageOf('amd64'), imageOf('arm64')];
const index = writeIndex([amd64, arm64]);
const lastLayer = arm64.blobs.at(-1)?.descriptor.digest ?? '';

const login = { username: 'alice', password: 'secret' };

/** What goes wrong on the way, at one of the two ends. */
interface BadCase {
  readonly name: string;
  readonly at: 'source' | 'target';
  readonly fault: (end: SampleRegistry) => FaultPlan;
  /** Of the same end. */
  readonly auth?: SampleRegistryOptions['auth'];
  /** How it ends; absent where the copy goes through all the same. */
  /** `says` is the cause, and what to do about it. */
  readonly error?: { readonly code: GantryErrorCode; readonly says: RegExp };
}

const isBlob = (path: string): boolean => path.includes('/blobs/');
const isTag = ({ method, url }: { readonly method: string; readonly url: URL }): boolean =>
  method === 'PUT' && url.pathname.endsWith('/manifests/1.0');
const refusing = (status: number, code: string, message: string, headers = {}) => ({
  reply: { status, headers, body: Buffer.from(JSON.stringify({ errors: [{ code, message }] })) },
});

const cases: readonly BadCase[] = [
  {
    name: 'the source loses a layer half-way',
    at: 'source',
    fault:
      () =>
      ({ url }) =>
        url.pathname.endsWith(lastLayer) ? refusing(404, 'BLOB_UNKNOWN', 'gone') : undefined,
    error: {
      code: 'not-found',
      says: /does not have the blob sha256:.* It said: "gone"\. Check the name; it may have been deleted\. 3 of 4/,
    },
  },
  {
    name: 'the source cuts every connection',
    at: 'source',
    fault:
      () =>
      ({ url }) =>
        url.pathname.endsWith(lastLayer) ? { connection: { kind: 'reset', afterBytes: 10 } } : undefined,
    error: { code: 'unreachable', says: /it closed the connection\. Try again; if it goes on, check the port/ },
  },
  {
    name: 'the source asks to wait for an hour (429)',
    at: 'source',
    fault:
      () =>
      ({ url }) =>
        url.pathname.endsWith(lastLayer)
          ? refusing(429, 'TOOMANYREQUESTS', 'slow down', { 'Retry-After': '3600' })
          : undefined,
    error: { code: 'rate-limited', says: /takes no more requests for now .*\. Try again at .*, in 1 hour, .* 3 of 4/ },
  },
  {
    name: 'the source sends other bytes',
    at: 'source',
    fault:
      () =>
      ({ url }) =>
        url.pathname.endsWith(lastLayer) ? { alter: flipBit } : undefined,
    error: { code: 'digest-mismatch', says: /is not what its digest names: .* It was thrown away\. .* 3 of 4/ },
  },
  ...(['source', 'target'] as const).map(
    (at): BadCase => ({
      name: `the token of the ${at} ends in the middle`,
      at,
      auth: { scheme: 'bearer', users: { [login.username]: login.password } },
      fault: ({ revokeTokens }) => {
        let left = 1;
        return ({ url, method }) => {
          if (method === (at === 'source' ? 'GET' : 'PUT') && isBlob(url.pathname) && left-- > 0) revokeTokens();
          return undefined;
        };
      },
    }),
  ),
  {
    name: 'the target goes away half-way',
    at: 'target',
    fault: () => {
      let isGone = false;
      return ({ url, method }) => {
        isGone ||= method === 'PUT' && url.searchParams.get('digest') === lastLayer;
        return isGone ? { connection: { kind: 'reset' } } : undefined;
      };
    },
    error: { code: 'unreachable', says: /it closed the connection\. Try again; if it goes on, check the port .* of 4/ },
  },
  {
    name: 'the target takes the manifest of a platform and forgets it',
    at: 'target',
    fault:
      () =>
      ({ url, method }) =>
        method === 'PUT' && url.pathname.endsWith(arm64.manifest.descriptor.digest)
          ? { reply: { status: 201 } }
          : undefined,
    error: { code: 'not-found', says: /was asked to write .*, and does not have it.* 4 of 4/ },
  },
  {
    name: 'the target asks to wait (429)',
    at: 'target',
    fault: () => {
      let left = 2;
      return ({ url, method }) =>
        method === 'PUT' && isBlob(url.pathname) && left-- > 0
          ? refusing(429, 'TOOMANYREQUESTS', 'slow down', { 'Retry-After': '1' })
          : undefined;
    },
  },
  {
    name: 'the target asks to wait for an hour (429)',
    at: 'target',
    fault:
      () =>
      ({ url, method }) =>
        method === 'POST' && isBlob(url.pathname)
          ? refusing(429, 'TOOMANYREQUESTS', 'slow down', { 'Retry-After': '3600' })
          : undefined,
    error: { code: 'rate-limited', says: /takes no more requests for now .*\. Try again at .*, in 1 hour, .* 0 of 4/ },
  },
  {
    name: 'a proxy takes no such body (413)',
    at: 'target',
    fault:
      () =>
      ({ url, method }) =>
        method === 'PUT' && isBlob(url.pathname) ? { reply: { status: 413 } } : undefined,
    error: { code: 'too-large', says: /takes nothing as large .*\(status 413\)\. Its operator can raise the limit\./ },
  },
  {
    name: 'the quota of the target is used up',
    at: 'target',
    fault:
      () =>
      ({ url, method }) =>
        method === 'PUT' && url.pathname.includes('/manifests/')
          ? refusing(403, 'DENIED', 'adding 3 MiB of storage resource, which when updated will exceed the quota')
          : undefined,
    error: {
      code: 'denied',
      says: /has no room left .* exceed the quota"\. Delete there .*, or ask its operator for more\. 4 of 4/,
    },
  },
  {
    name: 'the disk of the target is full (507)',
    at: 'target',
    fault:
      () =>
      ({ url, method }) =>
        method === 'PUT' && isBlob(url.pathname) ? { reply: { status: 507 } } : undefined,
    error: {
      code: 'storage',
      says: /has no room left .*\(status 507\)\. Delete there .*, or ask its operator for more\./,
    },
  },
  {
    name: 'the tag of the target is immutable',
    at: 'target',
    fault: () => (request) => (isTag(request) ? refusing(409, 'TAG_IMMUTABLE', 'the tag 1.0 is immutable') : undefined),
    error: { code: 'conflict', says: /the tag is immutable there .* Nothing was changed; use another tag\. 4 of 4/ },
  },
  {
    name: 'the target takes the tag and forgets it',
    at: 'target',
    fault: () => (request) => (isTag(request) ? { reply: { status: 201 } } : undefined),
    error: {
      code: 'server',
      says: /was written without an error, and does not name the copy now\. .* then copy again\. 4 of 4/,
    },
  },
  {
    name: 'the target takes a layer and forgets it',
    at: 'target',
    fault: () => {
      let left = 1;
      return ({ url, method }) =>
        method === 'PUT' && isBlob(url.pathname) && left-- > 0 ? { reply: { status: 201 } } : undefined;
    },
    error: { code: 'not-found', says: /was asked to write .*, and does not have it.*unknown to registry"\. .* 4 of 4/ },
  },
  {
    name: 'a connection of the target breaks in a layer',
    at: 'target',
    fault: () => {
      let left = 1;
      return ({ url, method }) =>
        method === 'PUT' && isBlob(url.pathname) && left-- > 0 ? { resetAfterBodyBytes: 1000 } : undefined;
    },
  },
];

describe('A copy that goes wrong on the way', () => {
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);

  for (const { name, at, fault, error, auth } of cases) {
    it(`${name}: nothing at the target lacks its parts, and the next one ends it`, async () => {
      const optionsOf = (end: BadCase['at']) => (auth !== undefined && end === at ? { auth } : {});
      const [source, target, { gantry }] = await Promise.all([
        start(optionsOf('source')),
        start(optionsOf('target')),
        open(),
      ]);
      source.push('shop/web', index, '1.0');
      const ends = { source, target };
      if (auth !== undefined) await gantry.addConnection({ url: ends[at].url, ...login });
      ends[at].fault = fault(target);
      const copy = () => gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`);
      if (error === undefined) await copy();
      else {
        const failure = await rejection(copy(), error.code);
        assert.match(failure.message, error.says);
        // Whose fault it is, how far it came, and what to do.
        assert.ok(failure.message.includes(ends[at].host), failure.message);
        assert.match(failure.message, /\d of 4 blobs are at .*, the tag 1\.0 is not\. Copy again to go on\.$/);
        assert.equal(tagsOf(target).has('1.0'), false);
      }
      assertComplete(target);
      ends[at].fault = undefined;
      const copied = await copy();
      assert.equal(copied.digest, index.manifest.descriptor.digest);
      assert.equal(tagsOf(target).get('1.0'), index.manifest.descriptor.digest);
      assertComplete(target);
    });
  }

  it('the tag of the source moves meanwhile: what was planned is copied, whole, and not the other', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', index, '1.0');
    source.fault = ({ url }) => {
      if (isBlob(url.pathname)) source.push('shop/web', amd64, '1.0');
      return undefined;
    };
    const copied = await gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`);
    assert.equal(copied.digest, index.manifest.descriptor.digest);
    assert.equal(tagsOf(target).get('1.0'), index.manifest.descriptor.digest);
    assertComplete(target);
    // The next one says that it would be another image.
    await rejection(gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`), 'conflict');
  });

  it('the tag of the target moves meanwhile: it is moved no further than was confirmed', async () => {
    const [source, target, { gantry }] = await Promise.all([start(), start(), open()]);
    source.push('shop/web', index, '1.0');
    target.push('web', amd64, '1.0');
    const expected = amd64.manifest.descriptor.digest;
    target.fault = (request) => {
      if (request.method === 'PUT' && isBlob(request.url.pathname)) target.push('web', arm64, '1.0');
      return undefined;
    };
    const copy = gantry.copy(`${source.host}/shop/web:1.0`, `${target.host}/web`, { expected });
    const failure = await rejection(copy, 'conflict');
    assert.ok(failure.message.includes(arm64.manifest.descriptor.digest.slice(0, 19)), failure.message);
    assert.equal(tagsOf(target).get('1.0'), arm64.manifest.descriptor.digest);
    assertComplete(target);
  });
});

function tagsOf({ storage }: SampleRegistry): ReadonlyMap<string, string> {
  return storage.repositories.get('web')?.tags ?? new Map();
}

/** Every manifest that is there has all that it names. */
function assertComplete({ storage }: SampleRegistry): void {
  const repository = storage.repositories.get('web');
  for (const [digest, { bytes, mediaType }] of repository?.manifests ?? []) {
    const manifest = parseManifest(bytes, mediaType, digest);
    const parts = manifest.kind === 'index' ? [] : [manifest.config, ...manifest.layers];
    for (const part of parts) assert.ok(repository?.blobs.has(part.digest), `${digest} lacks ${part.digest}`);
    const members = manifest.kind === 'index' ? manifest.manifests : [];
    for (const member of members)
      assert.ok(repository?.manifests.has(member.digest), `${digest} lacks ${member.digest}`);
  }
}

function imageOf(architecture: string): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture },
    steps: [{ createdBy: 'COPY data /app/', layer: writeLayer([file('app/data', randomBytes(20_000))]) }],
  });
}
