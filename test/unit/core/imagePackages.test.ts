import assert from 'node:assert/strict';
import { toFileEntry } from '../../../src/core/image/fileEntry.ts';
import { MergedTree } from '../../../src/core/image/mergedTree.ts';
import { resolvePath } from '../../../src/core/image/resolvePath.ts';
import { findPackages } from '../../../src/core/imagePackages.ts';
import { indexTar } from '../../support/indexTar.ts';
import { file, writeTar } from '../../support/tarWriter.ts';

interface Found {
  /** `kind name version`, sorted. */
  readonly packages: readonly string[];
  /** Paths. */
  readonly read: readonly string[];
}

async function findIn(contents: Readonly<Record<string, string>>): Promise<Found> {
  const tree = new MergedTree([indexTar(writeTar(Object.entries(contents).map(([path, text]) => file(path, text))))]);
  const read: string[] = [];
  const files = {
    tree,
    read: async (path: string) => {
      read.push(path);
      return new TextEncoder().encode(contents[path]);
    },
    target: (path: string) => toFileEntry(tree, resolvePath(tree, path, { followsLast: true }), ['layer']),
  };
  const { packages } = await findPackages(files, { signal: new AbortController().signal, pause: async () => {} });
  return { packages: packages.map(({ kind, name, version }) => `${kind} ${name} ${version}`).sort(), read };
}

const apk = 'P:musl\nV:1.2.5-r9\n';
const dpkg = 'Package: libc6\nStatus: install ok installed\nVersion: 2.41\n';
const opkg = 'Package: busybox\nStatus: install user installed\nVersion: 1.36\n';

describe('packages are looked for', () => {
  it('where Alpine has had and now has them', async () => {
    for (const path of ['lib/apk/db/installed', 'usr/lib/apk/db/installed']) {
      assert.deepEqual((await findIn({ [path]: apk })).packages, ['apk musl 1.2.5-r9']);
    }
  });

  it('where Debian has them, also in distroless images with a file of each', async () => {
    assert.deepEqual((await findIn({ 'var/lib/dpkg/status': dpkg })).packages, ['deb libc6 2.41']);
    const folder = 'var/lib/dpkg/status.d';
    const { packages, read } = await findIn({
      [`${folder}/base`]: 'Package: base-files\nVersion: 12.4\n',
      [`${folder}/base.md5sums`]: 'd41d8cd98f00b204e9800998ecf8427e  etc/motd\n',
      [`${folder}/tzdata`]: 'Package: tzdata\nVersion: 2025a\n',
    });
    assert.deepEqual(packages, ['deb base-files 12.4', 'deb tzdata 2025a']);
    assert.deepEqual(read, [`${folder}/base`, `${folder}/tzdata`]);
  });

  it('where opkg has them', async () => {
    for (const path of ['usr/lib/opkg/status', 'var/lib/opkg/status']) {
      assert.deepEqual((await findIn({ [path]: opkg })).packages, ['opkg busybox 1.36']);
    }
  });

  it('in the better one of the lists that Azure Linux has in place of a database of rpm', async () => {
    const names = 'glibc-2.38-8.azl3.x86_64\n';
    const manifest = 'glibc\t2.38-8.azl3\t0\t0\tMicrosoft\t(none)\t1\tx86_64\t1\tglibc.src.rpm\n';
    const folder = 'var/lib/rpmmanifest';
    const both = await findIn({
      [`${folder}/container-manifest-1`]: names,
      [`${folder}/container-manifest-2`]: manifest,
    });
    assert.deepEqual(both, { packages: ['rpm glibc 1:2.38-8.azl3'], read: [`${folder}/container-manifest-2`] });
    const { packages } = await findIn({ [`${folder}/container-manifest-1`]: names });
    assert.deepEqual(packages, ['rpm glibc 2.38-8.azl3']);
  });
});
