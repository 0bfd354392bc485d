import assert from 'node:assert/strict';
import { jsonContent, mediaTypes } from '../../../support/oci.ts';
import { rejection } from '../../../support/registryErrors.ts';
import type { FaultPlan } from '../../../support/sampleRegistry/faults.ts';
import type { FaultCase } from '../faultCase.ts';
import { always, firstOf, on, replies, times } from '../plans.ts';
import { image, layer, manifestDigest, type World } from '../world.ts';

const imageDocument = JSON.parse(image.manifest.bytes.toString()) as Record<string, unknown>;
const [layerEntry] = imageDocument['layers'] as Record<string, unknown>[];
const entry = { mediaType: mediaTypes.imageManifest, digest: manifestDigest, size: image.manifest.bytes.length };

const inspect = ({ client, repository }: World): Promise<unknown> => client.gantry.inspect(`${repository}:1.0`);

/** In place of the tag's manifest. */
function sends(document: unknown, contentType: string = mediaTypes.imageManifest): FaultPlan {
  const body = typeof document === 'string' ? document : JSON.stringify(document);
  return on('/manifests/1.0', always(replies(200, { 'Content-Type': contentType }, body)));
}

function refused(
  variant: string,
  what: string,
  plan: () => FaultPlan,
  says: RegExp,
  code: 'protocol' | 'unsupported' = 'protocol',
): FaultCase {
  return {
    id: `16-${variant}`,
    server: `sends ${what}`,
    expected: 'refuses it, and says why',
    fault: plan,
    act: inspect,
    outcome: { error: code, says },
    requests: 1,
  };
}

/** 16: manifests that are not what they seem. */
export const manifestCases: readonly FaultCase[] = [
  refused(
    'both',
    'a document that is an index and an image',
    () => sends({ ...imageDocument, manifests: [entry] }),
    /an index and an image manifest at once/,
  ),
  refused(
    'type',
    'an image as an index',
    () => sends(imageDocument, mediaTypes.imageIndex),
    /was sent as .*index.* and says of itself that it is .*manifest/,
  ),
  refused(
    'schema1',
    'a manifest of schema 1',
    () => sends({ schemaVersion: 1, fsLayers: [] }),
    /schema 1/,
    'unsupported',
  ),
  refused(
    'unknown',
    'a manifest of a type that nobody knows',
    () => sends({ schemaVersion: 2 }, 'application/vnd.example+json'),
    /application\/vnd\.example\+json/,
    'unsupported',
  ),
  refused('no-json', 'a manifest that is no JSON', () => sends('<manifest/>'), /not JSON/),
  refused('utf16', 'a manifest in UTF-16', () => sends(Buffer.from('{}', 'utf16le').toString('latin1')), /not JSON/),
  refused(
    'deep',
    'a manifest that is nested 100,000 deep',
    () => sends('['.repeat(100_000) + ']'.repeat(100_000)),
    /not a JSON object/,
  ),
  refused(
    'proto',
    'a manifest whose layers are in __proto__',
    () => sends(`{"schemaVersion":2,"__proto__":${JSON.stringify(imageDocument)}}`),
    /config/,
  ),
  ...(['-1', '1e400', '9223372036854775808', '1.5', '"12"', 'null'] as const).map((size) =>
    refused(
      `size-${size.replaceAll('"', '')}`,
      `a layer of the size ${size}`,
      () =>
        sends(
          JSON.stringify({ ...imageDocument, layers: [{ ...layerEntry, size: 0 }] }).replace(
            '"size":0',
            `"size":${size}`,
          ),
        ),
      /layers\.0\.size/,
    ),
  ),
  refused('nan', 'a layer of the size NaN', () => sends('{"schemaVersion":2,"layers":[{"size":NaN}]}'), /not JSON/),
  {
    id: '16-nested',
    server: 'nests indexes five deep',
    expected: 'goes four deep, then refuses',
    fault: ({ registry }) => {
      let inner: { readonly mediaType: string; readonly digest: string; readonly size: number } = entry;
      for (let depth = 0; depth < 6; depth++) {
        const index = jsonContent(mediaTypes.imageIndex, {
          schemaVersion: 2,
          mediaType: mediaTypes.imageIndex,
          manifests: [inner],
        });
        registry.push('shop/web', { manifest: index, blobs: [], children: [] }, '1.0');
        inner = index.descriptor;
      }
      return () => undefined;
    },
    act: inspect,
    outcome: { error: 'protocol', says: /index of indexes, more than 4 deep/ },
    requests: 5,
  },
  {
    id: '16-cycle',
    server: 'sends an index that holds itself under every digest',
    expected: 'sees that it is not what its digest names',
    fault: () => {
      const manifests = [{ ...entry, mediaType: mediaTypes.imageIndex }];
      const body = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.imageIndex, manifests });
      return always(replies(200, { 'Content-Type': mediaTypes.imageIndex }, body));
    },
    act: inspect,
    outcome: { error: 'digest-mismatch', says: /asked for sha256:/ },
    requests: 2,
  },
  {
    id: '16-large',
    server: 'sends an index of 10,000 images',
    expected: 'reads the one that is wanted and no other',
    fault: () => {
      const platform = { os: 'linux', architecture: 'amd64' };
      const others = Array.from({ length: 9999 }, (_, index) => ({
        ...entry,
        digest: `sha256:${String(index).padStart(64, '0')}`,
        platform: { os: 'plan9', architecture: `a${index}` },
      }));
      return sends({ schemaVersion: 2, manifests: [...others, { ...entry, platform }] }, mediaTypes.imageIndex);
    },
    act: async (world) => {
      const details = await world.client.gantry.inspect(`${world.repository}:1.0`);
      return [details.platforms.length, details.platformDigest];
    },
    outcome: { value: [10_000, manifestDigest] },
    requests: 3,
  },
  {
    id: '16-urls',
    server: 'sends a layer with addresses elsewhere',
    expected: 'shows the layer, and asks nobody for it',
    fault: ({ elsewhere }) =>
      sends({
        ...imageDocument,
        layers: [{ ...layerEntry, urls: [`${elsewhere.url}/layer`, 'http://169.254.169.254/'] }],
      }),
    act: async (world) =>
      (await world.client.gantry.inspect(`${world.repository}:1.0`)).layers.map(({ digest }) => digest),
    outcome: { value: [layer.descriptor.digest] },
    requests: 2,
  },
  {
    id: '16-large-config',
    server: 'names a config of 9 MiB',
    expected: 'does without the config',
    fault: () => sends({ ...imageDocument, config: { ...(imageDocument['config'] as object), size: 9 * 1024 * 1024 } }),
    act: async (world) => (await world.client.gantry.inspect(`${world.repository}:1.0`)).config,
    outcome: { value: undefined },
    requests: 1,
  },
  {
    id: '16-manifest-100',
    server: 'sends a manifest of 100 MiB without its length',
    expected: 'stops at 4 MiB',
    fault: () =>
      always(
        replies(
          200,
          { 'Content-Type': mediaTypes.imageManifest, 'Transfer-Encoding': 'chunked' },
          Buffer.alloc(100 * 1024 * 1024, '{"a":1}'),
        ),
      ),
    act: inspect,
    outcome: { error: 'too-large', says: /more than 4 MiB/ },
    requests: 1,
  },
];

const isDelete: (plan: FaultPlan) => FaultPlan = (plan) => (request) =>
  request.method === 'DELETE' ? plan(request) : undefined;

const deleteDigest = async (world: World): Promise<unknown> => {
  await (await world.session('delete')).deleteManifest?.(manifestDigest, world);
  return world.registry.storage.repositories.get('shop/web')?.manifests.has(manifestDigest);
};

/** 18: deletions. */
export const deletionCases: readonly FaultCase[] = [
  {
    id: '18-plan',
    server: 'has other tags for the digest that is to be deleted',
    expected: 'names each of them before',
    act: async ({ client, repository }) =>
      [...(await client.gantry.planDelete(`${repository}@${manifestDigest}`)).tags].sort(),
    outcome: { value: ['1.0', 'latest'] },
    // The list, a HEAD for each tag, the referrers, and the manifest, which an undo puts back.
    requests: 5,
  },
  {
    id: '18-moved',
    server: 'has one more tag for the digest by the time that it is deleted',
    expected: 'deletes nothing: nobody has been told of that tag',
    act: async ({ client, repository, registry }) => {
      const plan = await client.gantry.planDelete(`${repository}@${manifestDigest}`);
      registry.push('shop/web', image, 'new');
      const error = await rejection(client.gantry.runDelete(plan), 'unconfirmed');
      assert.ok(registry.storage.repositories.get('shop/web')?.manifests.has(manifestDigest));
      throw error;
    },
    outcome: { error: 'unconfirmed', says: /Nothing was deleted/ },
    requests: 7,
  },
  {
    id: '18-405',
    server: 'refuses to delete (405)',
    expected: 'says that it does not, and that nothing was removed',
    fault: () => isDelete(always(replies(405, {}, '{"errors":[{"code":"UNSUPPORTED"}]}'))),
    act: deleteDigest,
    outcome: { error: 'unsupported', says: /does not allow deleting\. Nothing was removed/ },
    requests: 1,
  },
  {
    id: '18-tag-400',
    server: 'takes a tag for a bad digest, as Distribution 2 (400)',
    expected: 'says that it cannot remove a tag alone',
    fault: () => isDelete(always(replies(400, {}, '{"errors":[{"code":"DIGEST_INVALID"}]}'))),
    act: async (world) => (await world.session('delete')).deleteTag?.('1.0', world),
    outcome: { error: 'unsupported', says: /cannot remove a tag and keep its manifest/ },
    requests: 1,
  },
  {
    id: '18-lost',
    server: 'deletes, and loses the connection before it says so',
    expected: 'asks again, finds it gone, is done',
    fault: () => isDelete(firstOf(times(1, { alter: (reply) => reply, connection: { kind: 'reset' } }))),
    act: deleteDigest,
    outcome: { value: false },
    // Twice DELETE, then HEAD and GET to be sure.
    requests: 4,
  },
  {
    id: '18-503',
    server: 'answers 503 once to the deletion of a digest',
    expected: 'asks again: a digest can be deleted twice',
    fault: () => isDelete(times(1, replies(503))),
    act: deleteDigest,
    outcome: { value: false },
    requests: 2,
    waits: [0.15, 0.35],
  },
  {
    id: '18-404',
    server: 'knows no DELETE at all (404), and has the manifest still',
    expected: 'does not take it for done',
    fault: () => isDelete(always(replies(404, {}, '404 page not found'))),
    act: deleteDigest,
    outcome: { error: 'unsupported', says: /does not allow deleting\. Nothing was removed/ },
    requests: 2,
  },
];
