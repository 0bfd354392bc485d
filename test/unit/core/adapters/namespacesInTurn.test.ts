import assert from 'node:assert/strict';
import { namespacesInTurn } from '../../../../src/core/adapters/namespacesInTurn.ts';
import { rejection } from '../../../support/registryErrors.ts';

const { signal } = new AbortController();
const namespaces = [{ name: 'alice' }, { name: 'empty' }, { name: 'shop/web' }];
/** Two pages of each but one, which has nothing. */
const list = async (name: string, { cursor }: { readonly cursor?: string }) => {
  if (name === 'empty') return { items: [] };
  return cursor === undefined ? { items: [{ name: `${name}/1` }], cursor: 'a:b' } : { items: [{ name: `${name}/2` }] };
};

describe('namespacesInTurn', () => {
  it('lists one namespace after the other', async () => {
    const found: string[] = [];
    const cursors: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await namespacesInTurn(namespaces, { signal, ...(cursor !== undefined && { cursor }) }, list);
      found.push(...page.items.map(({ name }) => name));
      cursor = page.cursor;
      if (cursor === undefined) break;
      cursors.push(cursor);
    }
    assert.deepEqual(found, ['alice/1', 'alice/2', 'shop/web/1', 'shop/web/2']);
    assert.deepEqual(cursors, ['alice:a:b', 'empty:', 'shop/web:', 'shop/web:a:b']);
  });

  it('is empty without namespaces, and takes no cursor of others', async () => {
    assert.deepEqual(await namespacesInTurn([], { signal }, list), { items: [] });
    for (const cursor of ['', 'x', 'gone:', 'https://evil.example/']) {
      await rejection(namespacesInTurn(namespaces, { signal, cursor }, list), 'invalid');
    }
  });
});
