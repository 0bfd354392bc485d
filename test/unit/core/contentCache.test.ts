import assert from 'node:assert/strict';
import type { FetchedManifest } from '../../../src/api.ts';
import { ContentCache } from '../../../src/core/contentCache.ts';

describe('ContentCache', () => {
  it('gives back what it was given', () => {
    const cache = new ContentCache(100);
    const a = entry('a', 10);
    cache.set('one', a);
    assert.equal(cache.get('one', 'a'), a);
    assert.equal(cache.get('one', 'b'), undefined);
  });

  it('keeps connections apart', () => {
    const cache = new ContentCache(100);
    cache.set('one', entry('a', 10));
    assert.equal(cache.get('two', 'a'), undefined);
    assert.equal(cache.get('on', 'a'), undefined);
  });

  it('throws out what was not read for the longest time', () => {
    const cache = new ContentCache(30);
    for (const digest of ['a', 'b', 'c']) cache.set('one', entry(digest, 10));
    cache.get('one', 'a');
    cache.set('one', entry('d', 10));
    assert.deepEqual(kept(cache), ['a', 'c', 'd']);
    cache.set('one', entry('e', 20));
    assert.deepEqual(kept(cache), ['d', 'e']);
  });

  it('counts an entry once that comes again', () => {
    const cache = new ContentCache(20);
    cache.set('one', entry('a', 10));
    for (let count = 0; count < 5; count++) cache.set('one', entry('b', 10));
    assert.deepEqual(kept(cache), ['a', 'b']);
  });

  it('does not keep what is larger than all of it', () => {
    const cache = new ContentCache(20);
    cache.set('one', entry('a', 21));
    assert.deepEqual(kept(cache), []);
    cache.set('one', entry('b', 20));
    assert.deepEqual(kept(cache), ['b']);
  });

  it('forgets one connection, with the room that it took', () => {
    const cache = new ContentCache(30);
    cache.set('https://a.example', entry('a', 10));
    cache.set('https://a.example#alice', entry('b', 10));
    cache.forget('https://a.example');
    assert.equal(cache.get('https://a.example', 'a'), undefined);
    assert.ok(cache.get('https://a.example#alice', 'b'));
    cache.set('https://c.example', entry('c', 20));
    assert.ok(cache.get('https://a.example#alice', 'b'));
  });
});

function entry(digest: string, size: number): FetchedManifest {
  return { descriptor: { mediaType: 'application/json', digest, size }, bytes: new Uint8Array(size) };
}

function kept(cache: ContentCache): readonly string[] {
  return ['a', 'b', 'c', 'd', 'e'].filter((digest) => cache.get('one', digest) !== undefined);
}
