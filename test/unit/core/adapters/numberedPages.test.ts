import assert from 'node:assert/strict';
import { nextPage, numberedPage, pageQuery } from '../../../../src/core/adapters/numberedPages.ts';
import { isRegistryError } from '../../../../src/core/errors.ts';

const { signal } = new AbortController();

describe('Numbered pages', () => {
  it('begin at 1, as large as wanted and allowed', () => {
    assert.deepEqual(numberedPage({ signal }, 100), { page: 1, size: 100 });
    assert.deepEqual(numberedPage({ signal, limit: 30 }, 100), { page: 1, size: 30 });
    assert.deepEqual(numberedPage({ signal, limit: 1000 }, 100), { page: 1, size: 100 });
    assert.deepEqual(numberedPage({ signal, limit: 0 }, 100), { page: 1, size: 1 });
  });

  it('keep their size, whatever the next call wants', () => {
    const cursor = pageQuery(nextPage({ page: 1, size: 30 }));
    assert.equal(cursor, 'page=2&page_size=30');
    assert.deepEqual(numberedPage({ signal, cursor, limit: 50 }, 100), { page: 2, size: 30 });
  });

  it('refuse cursors that are none', () => {
    const cursors = [
      '',
      '2',
      'page=0&page_size=10',
      'page=2',
      'page=2&page_size=10&x=1',
      'https://hub.docker.com/?page=2&page_size=10',
    ];
    for (const cursor of cursors) {
      assert.throws(
        () => numberedPage({ signal, cursor }, 100),
        (error) => isRegistryError(error, 'invalid'),
      );
    }
  });
});
