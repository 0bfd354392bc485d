import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { link, mkdir, open, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { differences, factsOfTar, tarFactsOfEntries } from '../support/fileFacts.ts';
import { indexTar, listAll } from '../support/indexTar.ts';
import { needsPrograms } from '../support/programs.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';

const run = promisify(execFile);

describe('archives that GNU tar has written', () => {
  for (const format of ['v7', 'ustar', 'oldgnu', 'gnu', 'posix'] as const) {
    it(`in the format ${format} are listed as it lists them`, async function () {
      this.timeout(60_000);
      needsPrograms(this, 'tar', 'mkfifo');
      await withTemporaryFolder(async (folder) => {
        const source = join(folder, 'source');
        await writeFiles(source, { hasLongNames: format !== 'v7' && format !== 'ustar' });
        const archive = join(folder, 'archive.tar');
        const sparse = format === 'v7' || format === 'ustar' ? [] : ['--sparse'];
        await run('tar', [`--format=${format}`, ...sparse, '-C', source, '-cf', archive, '.']);
        const index = indexTar(await readFile(archive), 10_000);
        assert.deepEqual(index.facts.warnings, []);
        assert.deepEqual(differences(tarFactsOfEntries(listAll(index)), await factsOfTar(archive)), []);
      });
    });
  }
});

async function writeFiles(folder: string, { hasLongNames }: { readonly hasLongNames: boolean }): Promise<void> {
  await mkdir(join(folder, 'etc/deep/er'), { recursive: true });
  await writeFile(join(folder, 'etc/motd'), 'Welcome\n', { mode: 0o640 });
  await utimes(join(folder, 'etc/motd'), 1, 1_000_000);
  await link(join(folder, 'etc/motd'), join(folder, 'etc/deep/same'));
  await symlink('../motd', join(folder, 'etc/deep/link'));
  await writeFile(join(folder, 'etc/größe €.txt'), 'x'.repeat(5000));
  if (!hasLongNames) return;
  await run('mkfifo', [join(folder, 'pipe')]);
  const long = 'long'.repeat(40);
  await writeFile(join(folder, long), 'x');
  await symlink(long, join(folder, 'to-long'));
  const holes = await open(join(folder, 'holes'), 'w');
  await holes.write('first', 0);
  await holes.write('last', 3 * 1024 * 1024);
  await holes.truncate(5 * 1024 * 1024);
  await holes.close();
}
