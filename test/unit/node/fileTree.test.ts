import assert from 'node:assert/strict';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileTree } from '../../../src/node/fileTree.ts';
import { withTemporaryFolder } from '../../support/temporaryFolder.ts';

const attributes = { mode: 0o644, mtime: 0 };

describe('a folder for files of an image', () => {
  it('writes over nothing, and through nothing', async () => {
    await withTemporaryFolder(async (folder) => {
      const tree = createFileTree(folder);
      assert.ok(await tree.file(bytes('a'), content('first'), attributes));
      assert.ok(!(await tree.file(bytes('a'), content('second'), attributes)));
      assert.ok(!(await tree.folder(bytes('a'))));
      assert.ok(!(await tree.symlink(bytes('a'), bytes('b'))));
      await symlink('/tmp', join(folder, 'link'));
      assert.ok(!(await tree.file(bytes('link'), content('second'), attributes)));
      assert.ok(!(await tree.file(bytes('missing/a'), content('second'), attributes)));
      assert.equal(await readFile(join(folder, 'a'), 'utf8'), 'first');
      assert.deepEqual((await readdir(folder)).sort(), ['a', 'link']);
    });
  });

  it('has on Windows no names that are paths, devices or streams there', async () => {
    await withTemporaryFolder(async (folder) => {
      const tree = createFileTree(folder, 'win32');
      const bad = ['a\\b', '..\\a', 'a:b', 'C:', 'nul', 'COM1.txt', 'a.', 'a ', 'a*', 'a?', 'a\tb'];
      for (const name of bad) assert.ok(!(await tree.file(bytes(name), content(''), attributes)), name);
      for (const name of ['a', 'a.b', 'null', 'ü', '.hidden']) {
        assert.ok(await tree.file(bytes(name), content(''), attributes), name);
      }
    });
  });

  it('keeps names that are no UTF-8, where the machine has such', async function () {
    if (process.platform !== 'linux') this.skip();
    await withTemporaryFolder(async (folder) => {
      assert.ok(await createFileTree(folder).file(Uint8Array.of(0x61, 0xff), content('x'), attributes));
      assert.ok(!(await createFileTree(folder, 'darwin').file(Uint8Array.of(0x61, 0xfe), content('x'), attributes)));
      assert.deepEqual(await readdir(folder, { encoding: 'buffer' }), [Buffer.of(0x61, 0xff)]);
    });
  });
});

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

async function* content(text: string): AsyncGenerator<Uint8Array> {
  yield bytes(text);
}
