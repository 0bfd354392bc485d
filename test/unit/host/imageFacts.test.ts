import assert from 'node:assert/strict';
import type { ImageDetails, TagSummary, VulnerabilityReport } from '../../../src/api.ts';
import { parseReference } from '../../../src/core/oci/reference.ts';
import { readFacts } from '../../../src/host/editor/imageFacts.ts';
import { ImageLookups } from '../../../src/host/editor/imageLookups.ts';
import type { Services } from '../../../src/host/services.ts';

const { signal } = new AbortController();
const [first, second] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string];

describe('what is said of an image', () => {
  it('is told from the cache without another request', async () => {
    const { lookups, asked } = make({ tags: [{ name: '1.1' }, { name: '1.0', pushedAt: '2025-06-01T00:00:00Z' }] });
    const mention = { reference: parseReference('nginx:1.0') };
    const facts = await readFacts(lookups, mention, signal);
    assert.deepEqual(facts.newer, { minor: '1.1' });
    assert.equal(facts.pushedAt, '2025-06-01T00:00:00Z');
    const requests = asked.length;
    assert.deepEqual(await readFacts(lookups, mention, signal), facts);
    assert.equal(asked.length, requests);
  });

  it('tells what the tag beside a digest names now', async () => {
    const { lookups } = make({ tags: [{ name: '1.0' }], resolved: second });
    const facts = await readFacts(lookups, { reference: parseReference(`nginx:1.0@${first}`) }, signal);
    assert.equal(facts.tagDigest, second);
    assert.equal(facts.pushedAt, undefined);
  });

  it('tells the tags of a digest: by the list, else as they were seen in the tree', async () => {
    const tags = [{ name: '1.1', digest: first }, { name: '1.0', digest: second }, { name: '1' }];
    const { lookups } = make({ tags, seen: { 1: first, '1.0': first } });
    const facts = await readFacts(lookups, { reference: parseReference(`nginx@${first}`) }, signal);
    assert.deepEqual(facts.tags, ['1.1', '1']);
  });

  it('asks the scanner about the image of the platform, where there is one', async () => {
    const scan: VulnerabilityReport = { status: 'done', items: [] };
    const { lookups, asked } = make({ scan, platformDigest: second });
    const facts = await readFacts(lookups, { reference: parseReference('nginx:1.0') }, signal);
    assert.deepEqual(facts.scan, scan);
    assert.ok(asked.includes(`scan docker.io/library/nginx@${second}`));
    const without = make({});
    assert.equal(
      (await readFacts(without.lookups, { reference: parseReference('nginx:1.0') }, signal)).scan,
      undefined,
    );
    assert.ok(!without.asked.some((request) => request.startsWith('scan')));
  });

  it('is told without what a registry refuses', async () => {
    const { lookups } = make({ refuses: true });
    const facts = await readFacts(lookups, { reference: parseReference(`nginx:1.0@${first}`) }, signal);
    assert.equal(facts.image.digest, first);
    assert.deepEqual(facts.newer, {});
    assert.deepEqual(facts.signatures, []);
    assert.equal(facts.tagDigest, undefined);
  });
});

interface World {
  readonly tags?: readonly TagSummary[];
  readonly resolved?: string;
  readonly seen?: Readonly<Record<string, string>>;
  readonly scan?: VulnerabilityReport;
  readonly platformDigest?: string;
  readonly refuses?: boolean;
}

function make(world: World): { readonly lookups: ImageLookups; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const answer = async <T>(request: string, value: T): Promise<T> => {
    asked.push(request);
    if (world.refuses) throw new Error('refused');
    return value;
  };
  const { platformDigest } = world;
  const gantry = {
    inspect: async () =>
      ({
        digest: first,
        platforms: [],
        ...(platformDigest !== undefined && { platformDigest }),
      }) as unknown as ImageDetails,
    tagNames: (name: string) => answer(`tags ${name}`, { tags: world.tags ?? [], isTruncated: false }),
    resolve: (name: string) => answer(`resolve ${name}`, { digest: world.resolved ?? first }),
    repositoryAbilities: async () => new Set(world.scan === undefined ? [] : ['vulnerabilities']),
    vulnerabilities: (name: string) => answer(`scan ${name}`, world.scan),
    signatures: (name: string) => answer(`signatures ${name}`, [{ kind: 'notation' }]),
    seenDigests: async () => new Map(Object.entries(world.seen ?? {})),
  };
  return { lookups: new ImageLookups({ gantry } as unknown as Services), asked };
}
