import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openClient } from '../registry/openClient.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { ensureDebianPackages } from '../support/debianPackages.ts';
import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { differences, factsOfEntries, factsOfFolder } from '../support/fileFacts.ts';
import { repositoryFolder } from '../support/paths.ts';
import { podmanProgram } from '../support/podman.ts';
import { openPodmanImages } from '../support/podmanImages.ts';
import { needsPrograms, skipBecause } from '../support/programs.ts';
import { runProgram } from '../support/runProgram.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';

const open = closeAfterEach(openClient);
const start = closeAfterEach(startDistribution);
const openImages = closeAfterEach(openPodmanImages);

/** Unpacked on top of Debian's smallest system, a layer each. */
const packages = ['perl-modules-5.36', 'libpython3.11-stdlib', 'tzdata', 'golang-1.19-src'];

describe('an image of Debian', () => {
  it('has the files that podman mounts, in every one of its layers, by gzip, zstd and zstd:chunked', async function () {
    this.timeout(1_800_000);
    if (process.getuid?.() !== 0) skipBecause(this, 'mounting images needs root');
    await ensureDebianPackages(['debootstrap']);
    needsPrograms(this, podmanProgram, distributionProgram, 'debootstrap');
    const [images, { gantry }] = await Promise.all([openImages(), open()]);
    await images.importFolder('debian/0', await debianFolder());
    for (const [number, name] of packages.entries()) {
      await images.addLayer(`debian/${number}`, `debian/${number + 1}`, (folder) => addPackage(folder, name));
    }
    await images.addLayer(`debian/${packages.length}`, 'debian/changed', async (folder) => {
      await rm(join(folder, 'usr/share/doc'), { recursive: true });
      await rm(join(folder, 'usr/share/zoneinfo/Europe/Berlin'), { force: true });
      await writeFile(join(folder, 'etc/motd'), 'changed\n');
      // A link to a folder in place of one that has files, behind which the next layer writes.
      await rm(join(folder, 'usr/share/locale'), { recursive: true, force: true });
      await mkdir(join(folder, 'opt/locale/de'), { recursive: true });
      await symlink('../../opt/locale', join(folder, 'usr/share/locale'));
    });
    await images.addLayer('debian/changed', 'debian/all', async (folder) => {
      await mkdir(join(folder, 'usr/share/locale/fr'));
      await writeFile(join(folder, 'usr/share/locale/de/words'), 'Wörter\n');
      await writeFile(join(folder, 'usr/share/locale/fr/words'), 'mots\n');
    });
    const mounted = await images.withMounted('debian/all', factsOfFolder);
    assert.ok(mounted.size >= 10_000, `${mounted.size}`);
    for (const compression of ['gzip', 'zstd', 'zstd:chunked'] as const) {
      const registry = await start();
      const name = `${registry.host}/debian/all:1`;
      await images.push('debian/all', `docker://${name}`, compression);
      const { items } = await gantry.listFiles(name, { recursive: true, limit: 1_000_000 });
      const different = differences(factsOfEntries(items), mounted);
      console.log(`${compression}: ${items.length} entries, ${different.length} differences`);
      assert.deepEqual(different, []);
      assert.equal(Buffer.from(await gantry.readFile(name, 'etc/motd')).toString(), 'changed\n');
      assert.equal(Buffer.from(await gantry.readFile(name, 'usr/share/locale/fr/words')).toString(), 'mots\n');
    }
  });
});

/** Debian's smallest system, made once. */
async function debianFolder(): Promise<string> {
  const folder = join(repositoryFolder, '.vscode-test', 'debian-bookworm');
  if (existsSync(folder)) return folder;
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await runProgram('debootstrap', ['--variant=minbase', 'bookworm', part], { output: 'keep' });
  await rename(part, folder);
  return folder;
}

async function addPackage(folder: string, name: string): Promise<void> {
  await withTemporaryFolder(async (downloads) => {
    await runProgram('apt-get', ['download', name], { cwd: downloads, output: 'keep' });
    const [archive = ''] = await readdir(downloads);
    await runProgram('dpkg-deb', ['-x', join(downloads, archive), folder], { output: 'keep' });
  });
}
