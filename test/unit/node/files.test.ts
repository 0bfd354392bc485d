import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RegistryError } from '../../../src/core/errors.ts';
import type { ReadFileOptions } from '../../../src/core/ports.ts';
import { createFiles } from '../../../src/node/files.ts';
import { rejection } from '../../support/registryErrors.ts';
import { withTemporaryFolder } from '../../support/temporaryFolder.ts';

const { signal } = new AbortController();
const files = createFiles();
const pipeMaker = 'mkfifo';

describe('files', () => {
  describe('reading', () => {
    it('gives the whole or a part, and stops at the end', async () => {
      await withTemporaryFolder(async (folder) => {
        const path = join(folder, 'file');
        await writeFile(path, '0123456789');
        assert.equal(await readAll(path, { signal }), '0123456789');
        assert.equal(await readAll(path, { signal, range: { start: 3, end: 6 } }), '345');
        assert.equal(await readAll(path, { signal, range: { start: 8, end: 100 } }), '89');
        assert.equal(await readAll(path, { signal, range: { start: 50, end: 100 } }), '');
      });
    });

    it('says what is wrong with a path', async () => {
      await withTemporaryFolder(async (folder) => {
        const missing = await rejection(readAll(join(folder, 'missing'), { signal }), 'not-found');
        assert.equal(missing.message, `${folder}/missing cannot be read: it does not exist. Check the path.`);
        await rejection(readAll(folder, { signal }), 'storage');
        await symlink('circle', join(folder, 'circle'));
        await rejection(readAll(join(folder, 'circle'), { signal }), 'storage');
        assert.equal(await files.status(join(folder, 'missing', 'file')), undefined);
      });
    });

    it('does not wait at a pipe', async function () {
      if (process.platform === 'win32') this.skip();
      await withTemporaryFolder(async (folder) => {
        const path = join(folder, 'pipe');
        execFileSync(pipeMaker, [path]);
        await rejection(readAll(path, { signal }), 'storage');
        assert.equal((await files.status(path))?.kind, 'other');
      });
    });

    it('stops when it is cancelled', async () => {
      await withTemporaryFolder(async (folder) => {
        const path = join(folder, 'file');
        await writeFile(path, 'text');
        await rejection(readAll(path, { signal: AbortSignal.abort() }), 'cancelled');
      });
    });
  });

  describe('writing', () => {
    it('replaces a file as a whole', async () => {
      await withTemporaryFolder(async (folder) => {
        const path = join(folder, 'file');
        await writeFile(path, 'old and longer');
        await files.write(path, chunks('new', ' text'), { signal, scratch: folder });
        assert.equal(await readFile(path, 'utf8'), 'new text');
        assert.deepEqual(await readdir(folder), ['file']);
      });
    });

    it('leaves the old file, and nothing else, when the source fails or the signal is aborted', async () => {
      await withTemporaryFolder(async (folder) => {
        const path = join(folder, 'file');
        await writeFile(path, 'old');
        async function* broken(): AsyncGenerator<Uint8Array> {
          yield Buffer.from('half');
          throw new RegistryError('digest-mismatch', 'wrong');
        }
        await rejection(files.write(path, broken(), { signal, scratch: folder }), 'digest-mismatch');
        const canceller = new AbortController();
        async function* endless(): AsyncGenerator<Uint8Array> {
          for (;;) {
            yield Buffer.from('more');
            canceller.abort();
          }
        }
        await rejection(files.write(path, endless(), { signal: canceller.signal, scratch: folder }), 'cancelled');
        await mkdir(join(folder, 'taken'));
        await rejection(files.write(join(folder, 'taken'), chunks('x'), { signal, scratch: folder }), 'storage');
        assert.equal(await readFile(path, 'utf8'), 'old');
        assert.deepEqual((await readdir(folder)).toSorted(), ['file', 'taken']);
      });
    });

    it('makes changes of one file one after another, also after one that failed', async () => {
      await withTemporaryFolder(async (folder) => {
        const path = join(folder, 'count');
        const add = (bytes: Uint8Array | undefined): Uint8Array =>
          Buffer.from(String(Number(Buffer.from(bytes ?? []).toString()) + 1));
        const options = { signal, scratch: folder, limit: 10 };
        const changes = Array.from({ length: 20 }, (_, number) =>
          files.change(
            path,
            (bytes) => {
              if (number === 7) throw new RegistryError('conflict', 'no');
              return add(bytes);
            },
            options,
          ),
        );
        const outcomes = await Promise.allSettled(changes);
        assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 1);
        assert.equal(await readFile(path, 'utf8'), '19');
        await writeFile(path, '1'.repeat(11));
        await rejection(files.change(path, add, options), 'too-large');
      });
    });
  });

  it('knows how much space there is', async () => {
    await withTemporaryFolder(async (folder) => {
      assert.ok(((await files.freeSpace(folder)) ?? 0) > 0);
    });
  });

  it('are cleaned of what a killed write left a day ago, and of nothing else', async () => {
    await withTemporaryFolder(async (folder) => {
      const left = '.gantry-01234567-89ab-cdef-0123-456789abcdef';
      const others = ['.gantry-', '.gantry-notes', `${left}.txt`, '.gantry-fedcba98-7654-3210-fedc-ba9876543210'];
      for (const name of [left, ...others]) await writeFile(join(folder, name), '');
      for (const name of [left, ...others.slice(0, 3)]) await utimes(join(folder, name), 0, 0);
      await files.clean(folder);
      assert.deepEqual((await readdir(folder)).sort(), others.sort());
    });
  });
});

async function readAll(path: string, options: ReadFileOptions): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of files.read(path, options)) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
