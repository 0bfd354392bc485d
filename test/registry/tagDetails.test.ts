import assert from 'node:assert/strict';
import { imagesAtOnce, readAllFacts, readFacts } from '../../src/core/finding/readFacts.ts';
import type { TagFacts } from '../../src/core/finding/tagFacts.ts';
import { WantedWork } from '../../src/core/finding/wantedWork.ts';
import { sortByTag } from '../../src/core/oci/tagOrder.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeIndex } from '../support/imageWriter.ts';
import { buildTiny } from '../support/sampleImages/crowd.ts';
import { buildNotationSignature } from '../support/sampleImages/referrers.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { type Client, openClient } from './openClient.ts';

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);
const { signal } = new AbortController();
const login = { username: 'ada', password: 'secret' };
const rows = 40;

describe('Looking at the rows of a repository', () => {
  it('takes, after the first answer said where tokens are, an index of each, each manifest and config once, with one token and six at a time', async () => {
    const registry = await startWithIndexes({ auth: { scheme: 'bearer', users: { ada: 'secret' } } });
    const client = await open();
    await client.gantry.addConnection({ url: registry.url, ...login });
    const before = registry.requests.length;
    let [running, most] = [0, 0];
    registry.fault = ({ url }) => {
      if (!/manifests|blobs/.test(url.pathname)) return undefined;
      most = Math.max(most, ++running);
      return { hold: new Promise((resolve) => setImmediate(resolve)).then(() => running--) };
    };
    const facts = await lookAt(client, registry);
    assert.equal(facts.size, rows);
    assert.deepEqual(counts(registry, before), { token: 1, list: 2, manifests: rows + 20, heads: 0, configs: 20 });
    assert.ok(most <= imagesAtOnce, `${most} at once`);
    for (const { digest, size, createdAt, platforms } of facts.values())
      assert.ok(digest && size && createdAt && platforms?.length === 1);
  });

  it('takes the list again and HEAD for each when nothing has changed: no manifest and no config', async () => {
    const registry = await startWithIndexes();
    const client = await open();
    const first = await lookAt(client, registry);
    const before = registry.requests.length;
    const second = await lookAt(client, registry);
    assert.deepEqual(counts(registry, before), { token: 0, list: 1, manifests: 0, heads: rows, configs: 0 });
    assert.deepEqual(second, first);
  });

  it('asks for nothing that the list gave, and once for tags of the same digest', async () => {
    const registry = await startWithIndexes();
    const client = await open();
    const [first] = (await client.gantry.tagPage(`${registry.host}/shop/web`)).items;
    const { digest } = await client.gantry.resolve(`${registry.host}/shop/web:${first?.name}`);
    const whole = { name: 'whole', digest, size: 1, pushedAt: '2025-01-01T00:00:00Z', platforms: [] };
    const before = registry.requests.length;
    const facts = new Map<string, TagFacts>();
    await readAllFacts(
      source(client, registry),
      { tags: [whole, { name: 'a', digest }, { name: 'b', digest }, { name: 'c', digest }], facts },
      { signal },
    );
    assert.deepEqual([...facts.keys()].sort(), ['a', 'b', 'c']);
    assert.deepEqual(counts(registry, before), { token: 0, list: 0, manifests: 2, heads: 0, configs: 1 });
  });

  it('stops at the first error that all others would have too, and keeps what it has', async () => {
    const registry = await startWithIndexes();
    const client = await open();
    const { items } = await client.gantry.tagPage(`${registry.host}/shop/web`);
    let answered = 0;
    registry.fault = ({ url }) =>
      url.pathname.includes('/manifests/') && ++answered > 6
        ? { reply: { status: 429, headers: { 'Retry-After': '3600' } } }
        : undefined;
    const facts = new Map<string, TagFacts>();
    await assert.rejects(
      readAllFacts(source(client, registry), { tags: items, facts }, { signal }),
      /takes no more requests for now/,
    );
    assert.ok(answered < 30, `${answered} requests`);
  });

  it('sends nothing more once it is cancelled', async () => {
    const registry = await startWithIndexes();
    const client = await open();
    const { items } = await client.gantry.tagPage(`${registry.host}/shop/web`);
    const controller = new AbortController();
    const facts = new Map<string, TagFacts>();
    registry.fault = ({ url }) => {
      if (url.pathname.includes('/manifests/')) controller.abort();
      return undefined;
    };
    await readAllFacts(source(client, registry), { tags: items, facts }, { signal: controller.signal });
    const sent = registry.requests.length;
    assert.ok(sent <= 1 + imagesAtOnce, `${sent}`);
  });

  for (const referrers of [true, false])
    it(`finds the signature of an image ${referrers ? 'by what refers to it' : 'by the tag of its digest'}, and asks only where it is to be known`, async () => {
      const registry = await start({ referrers });
      const client = await open();
      const [signed, plain] = ['1', '2'].map((version) => buildTiny({ version, created: '2025-01-01T00:00:00Z' }));
      assert.ok(signed && plain);
      registry.push('shop/web', signed, 'signed');
      registry.push('shop/web', plain, 'plain');
      const { descriptor } = signed.manifest;
      const signature = buildNotationSignature(descriptor, '2025-01-01T00:00:00Z');
      const artifactType = 'application/vnd.cncf.notary.signature';
      const listed = {
        ...signature,
        manifest: { ...signature.manifest, descriptor: { ...signature.manifest.descriptor, artifactType } },
      };
      if (referrers) registry.push('shop/web', signature);
      else registry.push('shop/web', writeIndex([listed]), descriptor.digest.replace(':', '-'));
      const tags = [{ name: 'signed' }, { name: 'plain' }];

      const facts = new Map<string, TagFacts>();
      await readAllFacts(source(client, registry), { tags, facts }, { signal });
      assert.equal(facts.get('signed')?.isSigned, undefined);
      assert.equal(
        registry.requests.some(({ path }) => /referrers|\/manifests\/sha256-/.test(path)),
        false,
      );

      const before = registry.requests.length;
      const signatures = client.gantry.referringSignatures.bind(client.gantry);
      await readAllFacts({ ...source(client, registry), signatures }, { tags, facts }, { signal });
      assert.deepEqual([facts.get('signed')?.isSigned, facts.get('plain')?.isSigned], [true, false]);
      // Of each image: what refers to it, and the tag of its digest where the registry does not know that.
      assert.equal(registry.requests.length - before, referrers ? 2 : 4);
    });
});

/** As the tree looks at the first rows of a repository: see src/host/tree/tagDetails.ts. */
async function lookAt(client: Client, registry: SampleRegistry): Promise<ReadonlyMap<string, TagFacts>> {
  const { items } = await client.gantry.tagPage(`${registry.host}/shop/web`);
  const tags = new Map(sortByTag(items).map((tag) => [tag.name, tag]));
  const facts = new Map<string, TagFacts>();
  const work = new WantedWork(imagesAtOnce, async (name, stop) => {
    const tag = tags.get(name);
    if (tag !== undefined) facts.set(name, await readFacts(source(client, registry), tag, stop));
  });
  work.want([...tags.keys()].slice(0, rows));
  await work.idle();
  return facts;
}

function source({ gantry }: Client, { host }: SampleRegistry) {
  return { inspect: gantry.inspect.bind(gantry), repository: `${host}/shop/web` };
}

/** 1,000 tags of indexes for two platforms; two tags each share the images that their indexes name. */
async function startWithIndexes(options?: Parameters<typeof startSampleRegistry>[0]): Promise<SampleRegistry> {
  const registry = await start(options);
  for (let index = 0; index < 200; index++) {
    const created = `2025-01-${String((index % 27) + 1).padStart(2, '0')}T00:00:00Z`;
    const image = buildTiny({ version: `${Math.floor(index / 2)}`, created: '2025-01-01T00:00:00Z' });
    const other = buildTiny({ version: `other ${index}`, created });
    registry.push('shop/web', writeIndex([image, other]), `1.${index}`);
  }
  return registry;
}

function counts({ requests }: SampleRegistry, from: number) {
  const made = requests.slice(from);
  const count = (method: string, part: string): number =>
    made.filter((request) => request.method === method && request.path.includes(part)).length;
  return {
    token: made.filter(({ server }) => server === 'token').length,
    list: count('GET', '/tags/list'),
    manifests: count('GET', '/manifests/'),
    heads: count('HEAD', '/manifests/'),
    configs: count('GET', '/blobs/'),
  };
}
