import assert from 'node:assert/strict';
import { rankedPath, rankPaths } from '../../../../src/core/image/rankPaths.ts';

const paths = [
  'etc/nginx/nginx.conf',
  'usr/share/nginx/html/index.html',
  'usr/sbin/nginx',
  'usr/lib/libnginx.so',
  'etc/hosts',
].map(rankedPath);

const go = async (): Promise<boolean> => true;

async function search(query: string, limit = 10): Promise<readonly string[] | undefined> {
  return (await rankPaths(paths, query, { limit, pause: go }))?.paths;
}

describe('the search for a path', () => {
  it('puts names that are the query first, then those that begin with it, that hold it, and paths that do', async () => {
    assert.deepEqual(await search('nginx'), [
      'usr/sbin/nginx',
      'etc/nginx/nginx.conf',
      'usr/lib/libnginx.so',
      'usr/share/nginx/html/index.html',
    ]);
  });

  it('takes words in any order and case, and letters in theirs', async () => {
    assert.deepEqual(await search('HTML nginx'), ['usr/share/nginx/html/index.html']);
    assert.deepEqual(await search('ethst'), ['etc/hosts']);
    assert.deepEqual(await search('nothing like it'), []);
  });

  it('tells how many match beside those that it gives', async () => {
    const found = await rankPaths(paths, '', { limit: 2, pause: go });
    assert.deepEqual(found, { paths: ['etc/hosts', 'usr/sbin/nginx'], total: 5 });
  });

  it('ends when its answer is not wanted any more', async () => {
    const many = Array.from({ length: 100_000 }, (_, index) => rankedPath(`folder/${index}`));
    let pauses = 0;
    const pause = async (): Promise<boolean> => ++pauses < 3;
    assert.equal(await rankPaths(many, '1', { limit: 200, pause }), undefined);
    assert.equal(pauses, 3);
  });
});
