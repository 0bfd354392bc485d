import assert from 'node:assert/strict';
import type { Page } from '../../../../src/api.ts';
import { RegistryError } from '../../../../src/core/errors.ts';
import { limits } from '../../../../src/core/registry/limits.ts';
import { PageReading } from '../../../../src/core/registry/pageReading.ts';
import { rejection } from '../../../support/registryErrors.ts';

const { signal } = new AbortController();

describe('reading a list page by page', () => {
  it('keeps what was read when the third page fails, and asks for that page again', async () => {
    const { reading, cursors, answers } = read();
    answers.push({ items: ['a'], cursor: '2' }, { items: ['b'], cursor: '3' });
    await reading.readPage(signal);
    await reading.readPage(signal);
    answers.push(new RegistryError('unreachable', 'one.example closed the connection.'));
    await rejection(reading.readPage(signal), 'unreachable');
    assert.deepEqual([[...reading.items], reading.end], [['a', 'b'], undefined]);
    answers.push({ items: ['c'] });
    await reading.readPage(signal);
    assert.deepEqual([[...reading.items], reading.end], [['a', 'b', 'c'], 'complete']);
    assert.deepEqual(cursors, [undefined, '2', '3', '3']);
  });

  it('ends where a page is repeated, by what is on it or by its cursor', async () => {
    for (const again of [
      { items: ['b'], cursor: '4' },
      { items: ['c'], cursor: '3' },
    ]) {
      const { reading, cursors, answers } = read();
      answers.push({ items: ['a'], cursor: '2' }, { items: ['b'], cursor: '3' }, again);
      while (reading.end === undefined) await reading.readPage(signal);
      assert.equal(reading.end, 'repeated');
      assert.equal(cursors.length, 3);
      await reading.readPage(signal);
      assert.equal(cursors.length, 3);
    }
  });

  it('goes on past a page without items, and ends at a bound', async () => {
    const { reading, answers, cursors } = read();
    answers.push({ items: [], cursor: '2' });
    for (let page = 2; page <= limits.pages + 1; page++) answers.push({ items: [`${page}`], cursor: `${page + 1}` });
    while (reading.end === undefined) await reading.readPage(signal);
    assert.deepEqual([reading.end, reading.size, cursors.length], ['bounded', limits.pages - 1, limits.pages]);
  });
});

/** A reading whose pages are answered in turn. */
function read() {
  const answers: (Page<string> | RegistryError)[] = [];
  const cursors: (string | undefined)[] = [];
  const reading = new PageReading<string>(
    async (cursor) => {
      cursors.push(cursor);
      const answer = answers.shift();
      if (answer === undefined || answer instanceof RegistryError) throw answer ?? new Error('Nothing is left.');
      return answer;
    },
    (item) => item,
  );
  return { reading, cursors, answers };
}
