import assert from 'node:assert/strict';
import { RegistryError } from '../../../src/core/errors.ts';
import { lookAtWatched } from '../../../src/core/tagWatch.ts';
import { WatchedTags } from '../../../src/core/watchedTags.ts';
import { fakePorts } from '../../support/fakePorts.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const { signal } = new AbortController();

describe('watched tags', () => {
  async function watch(answers: Readonly<Record<string, string | Error>>) {
    const tags = new WatchedTags(fakePorts().state);
    for (const reference of Object.keys(answers)) {
      const connectionId = reference.split('/')[0] ?? '';
      await tags.set({ reference, connectionId, digest: digest('a') });
    }
    const asked: string[] = [];
    const failed: string[] = [];
    const moved = await lookAtWatched(
      {
        tags,
        resolve: async (reference) => {
          asked.push(reference);
          const answer = answers[reference] ?? '';
          if (answer instanceof Error) throw answer;
          return { mediaType: '', size: 0, digest: answer };
        },
        isConnected: (id) => id !== 'gone',
        failed: ({ reference }) => failed.push(reference),
      },
      signal,
    );
    return { tags, asked, failed, moved };
  }

  it('tell when they name another image, once', async () => {
    const { tags, moved } = await watch({ 'one/web:1': digest('a'), 'one/web:2': digest('b') });
    assert.deepEqual(
      moved.map(({ before, digest: now }) => [before.reference, before.digest, now]),
      [['one/web:2', digest('a'), digest('b')]],
    );
    assert.equal(tags.all().find(({ reference }) => reference === 'one/web:2')?.digest, digest('b'));
  });

  it('leave a registry alone that does not answer, and those that are not connected any more', async () => {
    const { asked, failed, moved } = await watch({
      'gone/web:1': digest('b'),
      'one/web:1': new RegistryError('rate-limited', 'one was asked enough.'),
      'one/web:2': digest('b'),
      'two/web:1': new RegistryError('not-found', 'two has no web:1.'),
      'two/web:2': digest('b'),
    });
    assert.deepEqual(asked, ['one/web:1', 'two/web:1', 'two/web:2']);
    assert.deepEqual(failed, ['one/web:1', 'two/web:1']);
    assert.equal(moved.length, 1);
  });

  it('are bounded, kept, and forgotten one by one', async () => {
    const { state } = fakePorts();
    const tags = new WatchedTags(state);
    const tag = (index: number) => ({ reference: `one/web:${index}`, connectionId: 'one', digest: digest('a') });
    for (let index = 0; index < 50; index++) assert.equal(await tags.set(tag(index)), true);
    assert.equal(await tags.set(tag(50)), false);
    assert.equal(await tags.set({ ...tag(7), digest: digest('c') }), true);
    await tags.remove(tag(0));
    const again = new WatchedTags(state);
    assert.deepEqual(
      [again.all().length, again.has('one/web:7', 'one'), again.has('one/web:0', 'one')],
      [49, true, false],
    );
    await state.set('watchedTags', [{ reference: 1 }, null, tag(1)]);
    assert.deepEqual(again.all(), [tag(1)]);
  });
});
