import assert from 'node:assert/strict';
import type { RepositorySession } from '../../../src/api.ts';
import { type AdapterContract, nameOf, type Rule } from '../adapterContract.ts';
import { content } from './content.ts';
import { anySignal, type ContractServer, open, readPages, typedRejection } from './session.ts';

const { descriptor, bytes } = content.image.manifest;
const [first = '', second = ''] = content.tags;

/** What changes a registry has to change exactly what it says. Each rule has a server of its own. */
export function writingRules(contract: AdapterContract, rule: Rule): void {
  const { offers, refuses = [] } = contract;
  const does = (ability: (typeof offers)[number]): boolean => offers.includes(ability) && !refuses.includes(ability);

  for (const ability of refuses) {
    if (ability !== 'deleteTag' && ability !== 'deleteManifest') continue;
    rule(`says that this registry cannot ${wordsFor[ability]}, and removes nothing`, async (server) => {
      const repository = opened(server, 'delete');
      const error = await typedRejection(
        ability === 'deleteTag'
          ? repository.deleteTag?.(first, anySignal())
          : repository.deleteManifest?.(descriptor.digest, anySignal()),
        ability,
      );
      assert.equal(error.code, 'unsupported', error.message);
      assert.match(error.message, /[Nn]othing was removed/);
      assert.deepEqual(await tagNames(server), [...content.tags].sort());
    });
  }

  if (does('putManifest')) {
    rule('stores a manifest under another tag, byte for byte', async (server) => {
      await opened(server, 'push').putManifest?.('added', { descriptor, bytes }, anySignal());
      const fetched = await opened(server).fetchManifest('added', anySignal());
      assert.deepEqual(Buffer.from(fetched.bytes), bytes);
      assert.deepEqual(await tagNames(server), [...content.tags, 'added'].sort());
    });
  }

  if (does('deleteTag')) {
    rule('deletes a tag and nothing else', async (server) => {
      await opened(server, 'delete').deleteTag?.(first, anySignal());
      assert.deepEqual(await tagNames(server), content.tags.filter((tag) => tag !== first).sort());
      assert.equal((await opened(server).resolve(second, anySignal())).digest, descriptor.digest);
    });

    rule('refuses to delete what is no tag', async (server) => {
      for (const tag of ['../x', '', descriptor.digest]) {
        const error = await typedRejection(opened(server, 'delete').deleteTag?.(tag, anySignal()), `"${tag}"`);
        assert.ok(error.code === 'invalid' || error.code === 'not-found', error.message);
      }
      assert.deepEqual(await tagNames(server), [...content.tags].sort());
    });
  }

  if (does('deleteManifest')) {
    rule('deletes a manifest with all of its tags', async (server) => {
      await opened(server, 'delete').deleteManifest?.(descriptor.digest, anySignal());
      const error = await typedRejection(opened(server).resolve(first, anySignal()), 'a deleted tag');
      assert.ok(error.code === 'not-found' || error.code === 'unauthorized', error.message);
    });
  }

  if (does('createRepository')) {
    rule('makes a repository, once', async (server) => {
      const name = nameOf(server, 'shop/fresh');
      const { session } = open(server);
      await session.createRepository?.(name, anySignal());
      const error = await typedRejection(session.createRepository?.(name, anySignal()), 'a second one');
      assert.equal(error.code, 'conflict', error.message);
    });
  }

  if (does('deleteRepository')) {
    rule('deletes a repository and no other', async (server) => {
      await opened(server, 'delete').deleteRepository?.(anySignal());
      await typedRejection(opened(server).resolve(first, anySignal()), 'a tag of a deleted repository');
      const other = open(server).session.repository(nameOf(server, content.others[0]));
      assert.equal((await other.resolve('latest', anySignal())).digest, content.untagged.manifest.descriptor.digest);
    });
  }

  if (does('protectTag')) {
    rule('protects a tag, and takes the protection away', async (server) => {
      const protection = async (): Promise<readonly string[] | undefined> =>
        (await readPages(() => (options) => opened(server).listTags(options))).flat().find(({ name }) => name === first)
          ?.protectedFrom;
      await opened(server, 'push').protectTag?.(first, ['delete'], anySignal());
      assert.deepEqual(await protection(), ['delete']);
      await opened(server, 'push').protectTag?.(first, [], anySignal());
      assert.deepEqual(await protection(), []);
    });
  }
}

const wordsFor = { deleteTag: 'remove a tag alone', deleteManifest: 'delete' };

function opened(server: ContractServer, access?: 'push' | 'delete'): RepositorySession {
  return open(server).session.repository(nameOf(server), access);
}

async function tagNames(server: ContractServer): Promise<readonly string[]> {
  const repository = opened(server);
  const tags = (await readPages(() => (options) => repository.listTags(options))).flat();
  return [...new Set(tags.map(({ name }) => name))].sort();
}
