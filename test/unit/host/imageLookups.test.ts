import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { ImageDetails } from '../../../src/api.ts';
import { parseReference } from '../../../src/core/oci/reference.ts';
import { ImageLookups } from '../../../src/host/editor/imageLookups.ts';
import type { Services } from '../../../src/host/services.ts';

const signal = new AbortController().signal;
const minute = 60_000;

describe('ImageLookups', () => {
  it('looks each image up once, however many ask, and not again for some minutes', async () => {
    const { lookups, asked, clock } = make();
    const lines = Array.from({ length: 200 }, (_, index) => parseReference(`nginx:1.${index % 20}`));
    await Promise.all(lines.map((reference) => lookups.image(reference, undefined, signal)));
    assert.equal(asked.length, 20);
    clock.now += 4 * minute;
    await Promise.all(lines.map((reference) => lookups.image(reference, undefined, signal)));
    assert.equal(asked.length, 20);
  });

  it('gives what is old at once, and reads it anew behind', async () => {
    const { lookups, asked, clock } = make();
    const reference = parseReference('nginx:1');
    assert.equal((await lookups.image(reference, undefined, signal)).digest, '1');
    clock.now += 6 * minute;
    assert.equal((await lookups.image(reference, undefined, signal)).digest, '1');
    await setImmediate();
    assert.equal((await lookups.image(reference, undefined, signal)).digest, '2');
    assert.equal(asked.length, 2);
  });

  it('keeps platforms apart', async () => {
    const { lookups, asked } = make();
    await lookups.image(parseReference('nginx:1'), 'linux/arm64', signal);
    await lookups.image(parseReference('nginx:1'), undefined, signal);
    assert.deepEqual(asked, ['docker.io/library/nginx:1 linux/arm64', 'docker.io/library/nginx:1']);
  });

  it('takes a failure for half a minute', async () => {
    const { lookups, asked, clock } = make();
    const reference = parseReference('missing:1');
    await assert.rejects(lookups.image(reference, undefined, signal));
    await assert.rejects(lookups.image(reference, undefined, signal));
    assert.equal(asked.length, 1);
    clock.now += minute;
    await assert.rejects(lookups.image(reference, undefined, signal));
    assert.equal(asked.length, 2);
  });

  it('keeps nothing of what was cancelled', async () => {
    const { lookups, asked } = make();
    const controller = new AbortController();
    const reading = lookups.image(parseReference('slow:1'), undefined, controller.signal);
    controller.abort();
    await assert.rejects(reading);
    await lookups.image(parseReference('slow:1'), undefined, signal);
    assert.equal(asked.length, 2);
  });

  it('tells the tags that it knows without asking', async () => {
    const { lookups } = make();
    const reference = parseReference('nginx:1');
    assert.equal(lookups.knownTags(reference), undefined);
    await lookups.tags(reference, signal);
    assert.deepEqual(lookups.knownTags(parseReference('nginx@sha256:'.padEnd(77, '0'))), ['2', '1']);
    lookups.clear();
    assert.equal(lookups.knownTags(reference), undefined);
  });
});

function make(): {
  readonly lookups: ImageLookups;
  readonly asked: readonly string[];
  readonly clock: { now: number };
} {
  const asked: string[] = [];
  const clock = { now: 0 };
  const gantry = {
    inspect: async (reference: string, { platform }: { platform?: string }) => {
      asked.push(platform === undefined ? reference : `${reference} ${platform}`);
      if (reference.includes('missing')) throw new Error('missing');
      if (reference.includes('slow')) await setImmediate();
      return { digest: `${asked.length}` } as ImageDetails;
    },
    tagNames: async () => ({ tags: [{ name: '2' }, { name: '1' }], isTruncated: false }),
  };
  const services = { gantry } as unknown as Services;
  return { lookups: new ImageLookups(services, () => clock.now), asked, clock };
}
