import assert from 'node:assert/strict';
import type { RegistrySession } from '../../../../src/api.ts';
import { createKeyedRegistry, type KeyedRepository } from '../../../../src/core/adapters/keyedRegistry.ts';
import { RegistryError } from '../../../../src/core/errors.ts';
import { rejection } from '../../../support/registryErrors.ts';

const { signal } = new AbortController();

describe('a server with several repositories', () => {
  it('has names that begin with their keys where the host as a whole has no catalogue', async () => {
    for (const url of ['https://art.example.com', 'https://acme-docker.jfrog.io']) {
      const { keyed } = make({ url, keys: ['docker', 'base'], images: { docker: ['web'] } });
      assert.deepEqual((await keyed.listNamespaces({ signal })).items, [{ name: 'docker' }, { name: 'base' }]);
      assert.deepEqual((await keyed.listRepositories('docker', { signal })).items, [{ name: 'docker/web' }]);
      assert.deepEqual(await keyed.placeOf('docker/shop/web', signal), {
        key: 'docker',
        kind: 'hosted',
        image: 'shop/web',
      });
    }
  });

  it('has bare names where the host is the name of one repository', async () => {
    for (const url of ['https://docker.example.com', 'https://acme-my-docker.jfrog.io']) {
      const { keyed } = make({ url, keys: ['docker', 'my-docker'], catalog: ['shop/web', 'base'] });
      assert.deepEqual((await keyed.listNamespaces({ signal })).items, [{ name: 'shop' }, { name: 'base' }]);
      const place = await keyed.placeOf('shop/web', signal);
      assert.deepEqual(place, {
        key: url.includes('acme') ? 'my-docker' : 'docker',
        kind: 'hosted',
        image: 'shop/web',
      });
    }
  });

  it('has bare names on a port that lists them, where no repository is known by', async () => {
    const { keyed } = make({ url: 'https://art.example.com:5001', keys: ['docker'], catalog: ['shop/web'] });
    assert.deepEqual((await keyed.listNamespaces({ signal })).items, [{ name: 'shop' }]);
    assert.deepEqual((await keyed.listRepositories('shop', { signal })).items, [{ name: 'shop/web' }]);
    assert.equal(await keyed.placeOf('shop/web', signal), undefined);
  });

  it('takes a catalogue of names with keys for no bare names', async () => {
    const images = { docker: ['web'] };
    const { keyed } = make({ url: 'https://art.example.com', keys: ['docker'], catalog: ['docker/web'], images });
    assert.deepEqual((await keyed.listNamespaces({ signal })).items, [{ name: 'docker' }]);
  });

  it('is one repository, or a part of it, where the address has a path', async () => {
    const images = { docker: ['shop/web', 'shopping/cart'] };
    const { keyed } = make({ url: 'https://art.example.com/docker/shop', keys: [], images });
    assert.deepEqual((await keyed.listRepositories(undefined, { signal })).items, [{ name: 'docker/shop/web' }]);
    assert.deepEqual(keyed.knownPlace('docker/shop/web'), { key: 'docker', kind: 'unknown', image: 'shop/web' });
  });

  it('takes nothing for a key that leads elsewhere', async () => {
    const { keyed } = make({ url: 'https://art.example.com/..%2f', keys: [] });
    await rejection(keyed.listRepositories('../../x', { signal }), 'invalid');
    await rejection(keyed.listRepositories(undefined, { signal }), 'invalid');
    assert.equal(await keyed.placeOf('../x', signal), undefined);
  });

  it('reads the repositories once for all images, and anew for a list of them', async () => {
    const { keyed, asked } = make({ url: 'https://art.example.com', keys: ['docker'] });
    await keyed.placeOf('docker/web', signal);
    await keyed.placeOf('docker/api', signal);
    assert.equal(asked(), 1);
    await keyed.listNamespaces({ signal });
    assert.equal(asked(), 2);
  });
});

function make({
  url,
  keys,
  catalog,
  images = {},
}: {
  readonly url: string;
  readonly keys: readonly string[];
  /** Of the host as a whole; absent where it has none. */
  readonly catalog?: readonly string[];
  readonly images?: Readonly<Record<string, readonly string[]>>;
}) {
  let count = 0;
  const registry: RegistrySession = {
    test: async () => {},
    listRepositories: async () => {
      if (catalog === undefined) throw new RegistryError('not-found', 'There is no catalogue.');
      return { items: catalog.map((name) => ({ name })) };
    },
    repository: () => assert.fail('not asked'),
  };
  const keyed = createKeyedRegistry({
    url: new URL(url),
    registry,
    fetchRepositories: async () => {
      count++;
      return keys.map((key): KeyedRepository => ({ key, kind: 'hosted' }));
    },
    fetchImages: async (key) => ({ items: images[key] ?? [] }),
  });
  return { keyed, asked: () => count };
}
