import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntry } from '../../src/api.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { differences, factsOfEntries, factsOfFolder } from '../support/fileFacts.ts';
import { podmanProgram } from '../support/podman.ts';
import { openPodmanImages } from '../support/podmanImages.ts';
import { needsPrograms, skipBecause } from '../support/programs.ts';
import { openClient } from './openClient.ts';

const open = closeAfterEach(openClient);
const start = closeAfterEach(startDistribution);
const openImages = closeAfterEach(openPodmanImages);

/** There on every Debian, with hard and symbolic links. */
const source = '/usr/share/zoneinfo';

describe('images that podman has made', () => {
  it('have the files that podman mounts, by gzip, zstd:chunked and zstd', async function () {
    this.timeout(180_000);
    needsPrograms(this, podmanProgram, distributionProgram, 'tar');
    if (process.getuid?.() !== 0) skipBecause(this, 'mounting images needs root');
    const [images, { gantry, ports }] = await Promise.all([openImages(), open()]);
    await images.importFolder('shop/base', source);
    await images.addLayer('shop/base', 'shop/changed', changeFiles);
    await images.addLayer('shop/changed', 'shop/web', writeBehindLink);
    const mounted = await images.withMounted('shop/web', factsOfFolder);
    assert.ok(mounted.size > 500, `${mounted.size}`);
    for (const compression of ['gzip', 'zstd:chunked', 'zstd'] as const) {
      // From a registry that has them already, podman takes the layers over as they are packed there.
      const registry = await start();
      const name = `${registry.host}/shop/${compression.replace(':', '-')}:1`;
      await images.push('shop/web', `docker://${name}`, compression);
      const { items } = await gantry.listFiles(name, { recursive: true, limit: 1_000_000 });
      assert.deepEqual(differences(factsOfEntries(items), mounted), [], compression);
      const content = await gantry.readFile(name, 'new/setuid');
      assert.equal(Buffer.from(content).toString(), 'set\n', compression);
      const large = await gantry.readFile(name, 'new/noise');
      assert.equal(createHash('sha256').update(large).digest('hex'), noiseDigest, compression);
      const { items: own } = await gantry.listFiles(name, { layer: 1, recursive: true, limit: 1_000_000 });
      assert.deepEqual(whiteoutsOf(own), ['Africa', 'Europe/Berlin'], compression);
      assert.equal(Buffer.from(await gantry.readFile(name, 'America/new')).toString(), 'new\n', compression);
    }
    // Only the layers with a table of contents are read in parts, besides one file of each gzip layer.
    const parts = ports.logLines.filter((line) => / → 206 /.test(line));
    assert.equal(parts.filter((line) => line.includes('/zstd-chunked/')).length, 6);
    assert.equal(parts.filter((line) => line.includes('/gzip/')).length, 3);
    assert.deepEqual(
      ports.logLines.filter((line) => line.startsWith('warn')),
      [],
    );
  });
});

/** Many chunks of zstd:chunked, each a frame of its own. */
const noise = randomBytes(3_000_000);
const noiseDigest = createHash('sha256').update(noise).digest('hex');

async function changeFiles(folder: string): Promise<void> {
  await rm(join(folder, 'Africa'), { recursive: true });
  await rm(join(folder, 'Europe/Berlin'));
  // A link to a folder in place of a folder that has files, and folders.
  await rm(join(folder, 'America'), { recursive: true });
  await symlink('Europe', join(folder, 'America'));
  await mkdir(join(folder, 'new/folder'), { recursive: true });
  await writeFile(join(folder, 'new/setuid'), 'set\n');
  await chown(join(folder, 'new/setuid'), 1234, 70_000);
  await chmod(join(folder, 'new/setuid'), 0o4751);
  await link(join(folder, 'new/setuid'), join(folder, 'new/folder/same'));
  await writeFile(join(folder, 'new/noise'), noise);
  await symlink('../new/setuid', join(folder, 'new/folder/link'));
  await writeFile(join(folder, 'new/größe €.txt'), 'x');
  await writeFile(join(folder, `new/${'long'.repeat(40)}`), 'x');
}

/** What lies behind a link that a layer below has put in place of a folder. */
async function writeBehindLink(folder: string): Promise<void> {
  await writeFile(join(folder, 'America/new'), 'new\n');
  await mkdir(join(folder, 'America/folder'));
  await writeFile(join(folder, 'America/folder/file'), 'file\n');
}

function whiteoutsOf(entries: readonly FileEntry[]): readonly string[] {
  return entries.filter(({ type }) => type === 'whiteout').map(({ path }) => path);
}
