import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../src/api.ts';
import type { ImageComparison } from '../../src/host/commands/compareImages.ts';
import type { SavedFiles } from '../../src/host/files/saveFiles.ts';
import { commandIds } from '../../src/host/ids.ts';
import { startDistribution } from '../support/distribution.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { sha256 } from '../support/oci.ts';
import { repositoryFolder } from '../support/paths.ts';
import { needsPrograms } from '../support/programs.ts';
import type { RealRegistry } from '../support/realRegistry.ts';
import { pushWithSkopeo, skopeoProgram } from '../support/skopeo.ts';
import { directory, file, hardlink, symlink, whiteout } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { gantryApi } from './gantryApi.ts';

const { Directory, File, SymbolicLink, Unknown } = vscode.FileType;

const base = writeLayer([
  directory('etc'),
  file('etc/motd', 'Welcome\n', { modifiedTime: 1_700_000_000 }),
  file('etc/gone', 'gone'),
  symlink('etc/message', 'motd'),
  symlink('etc/escape', '../../../../etc/motd'),
  symlink('etc/nowhere', '/not/there'),
  symlink('loop', 'loop'),
  directory('usr/bin'),
  file('usr/bin/tool', 'tool'),
  file('usr/bin/same', 'same'),
  file('lib/apk/db/installed', 'P:musl\nV:1\n'),
  hardlink('usr/bin/alias', 'usr/bin/tool'),
  symlink('bin', 'usr/bin'),
]);
const top = writeLayer([whiteout('etc/gone'), file('app/main.json', '{}')], 'zstd');
const platform = { os: 'linux', architecture: 'amd64' };
const image = writeImage({
  platform,
  steps: [
    { createdBy: 'ADD base.tar /', layer: base },
    { createdBy: 'COPY main.json /app/', layer: top },
  ],
});

const next = writeImage({
  platform,
  steps: [
    { createdBy: 'ADD base.tar /', layer: base },
    {
      createdBy: 'RUN update',
      layer: writeLayer([
        file('etc/motd', 'Hello\n'),
        file('app/new', 'new'),
        file('lib/apk/db/installed', 'P:musl\nV:2\n'),
        // Of the same size and time as in the base.
        file('usr/bin/tool', 'TOOL'),
        file('usr/bin/same', 'same'),
      ]),
    },
  ],
});

describe('files inside images, in VS Code', function () {
  this.timeout(60_000);
  let registry: RealRegistry;
  let connection: ConnectionInfo;
  let root: vscode.Uri;

  before(async function () {
    needsPrograms(this, 'docker-registry', skopeoProgram);
    registry = await startDistribution({ login: { user: 'ada', password: 'correct horse' } });
    await pushWithSkopeo(registry, 'shop/web', writeIndex([image]), '1.0');
    await pushWithSkopeo(registry, 'shop/web', next, '2.0');
    const api = await gantryApi();
    connection = await api.addConnection({ url: registry.url, username: 'ada', password: 'correct horse' });
    const digest = image.manifest.descriptor.digest;
    root = vscode.Uri.from({ scheme: 'oci-image', authority: registry.host, path: `/shop/web@${digest}/` });
  });

  after(async () => {
    if (connection !== undefined) await (await gantryApi()).removeConnection(connection.id);
    await registry?.close();
  });

  function at(path: string): vscode.Uri {
    return vscode.Uri.joinPath(root, path);
  }

  it('are listed with their types, as the layers make them together', async () => {
    const sorted = async (path: string) => (await vscode.workspace.fs.readDirectory(at(path))).sort();
    assert.deepEqual(await sorted(''), [
      ['app', Directory],
      ['bin', Directory | SymbolicLink],
      ['etc', Directory],
      ['lib', Directory],
      ['loop', Unknown | SymbolicLink],
      ['usr', Directory],
    ]);
    assert.deepEqual(await sorted('etc'), [
      ['escape', File | SymbolicLink],
      ['message', File | SymbolicLink],
      ['motd', File],
      ['nowhere', Unknown | SymbolicLink],
    ]);
    assert.deepEqual(await sorted('bin'), [
      ['alias', File],
      ['same', File],
      ['tool', File],
    ]);
  });

  it('have their true sizes and times, those of links being what they lead to', async () => {
    const motd = await vscode.workspace.fs.stat(at('etc/motd'));
    assert.equal(motd.size, 8);
    assert.equal(motd.mtime, 1_700_000_000_000);
    assert.equal(motd.permissions, vscode.FilePermission.Readonly);
    assert.equal((await vscode.workspace.fs.stat(at('etc/escape'))).size, 8);
    assert.equal((await vscode.workspace.fs.stat(at('bin/alias'))).size, 4);
  });

  it('open in an editor with their language, read-only', async () => {
    const document = await vscode.workspace.openTextDocument(at('app/main.json'));
    assert.equal(document.getText(), '{}');
    assert.equal(document.languageId, 'json');
    assert.equal(await read('etc/message'), 'Welcome\n');
    assert.equal(await read('bin/alias'), 'tool');
    assert.equal(vscode.workspace.fs.isWritableFileSystem('oci-image'), false);
  });

  it('cannot be changed', async () => {
    for (const change of [
      () => vscode.workspace.fs.writeFile(at('etc/motd'), new Uint8Array()),
      () => vscode.workspace.fs.delete(at('etc/motd')),
      () => vscode.workspace.fs.createDirectory(at('new')),
      () => vscode.workspace.fs.rename(at('etc/motd'), at('etc/other')),
    ]) {
      assert.equal(await failure(change()), 'NoPermissions');
    }
  });

  it('fail in the words of VS Code', async () => {
    assert.equal(await failure(vscode.workspace.fs.stat(at('etc/gone'))), 'FileNotFound');
    assert.equal(await failure(vscode.workspace.fs.readFile(at('etc/nowhere'))), 'FileNotFound');
    assert.equal(await failure(vscode.workspace.fs.readDirectory(at('etc/motd'))), 'FileNotADirectory');
    assert.equal(await failure(vscode.workspace.fs.readFile(at('etc'))), 'FileIsADirectory');
    assert.equal(await failure(vscode.workspace.fs.stat(root.with({ path: '/shop/web:1.0/etc' }))), 'Unavailable');
  });

  it('are those of one layer alone under another scheme', async () => {
    const own = root.with({ scheme: 'oci-layer', path: `${root.path}${sha256(top.bytes)}/` });
    assert.deepEqual((await vscode.workspace.fs.readDirectory(own)).sort(), [
      ['app', Directory],
      ['etc', Directory],
    ]);
    assert.deepEqual(await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(own, 'etc')), []);
  });

  it('are found by parts of their paths', async () => {
    const found = await vscode.commands.executeCommand<vscode.Uri[]>(commandIds.findFile, reference('1.0'), 'motd');
    assert.deepEqual(
      found.map(({ path }) => path.slice(root.path.length)),
      ['etc/motd'],
    );
    assert.equal(found[0]?.toString(), at('etc/motd').toString());
  });

  it('are saved, a folder without what is no file', async () => {
    await withTemporaryFolder(async (folder) => {
      const target = vscode.Uri.file(join(folder, 'motd'));
      const options = [commandIds.saveAs, at('etc/message'), target] as const;
      assert.equal((await vscode.commands.executeCommand<SavedFiles>(...options)).bytes, 8);
      assert.equal(await readFile(target.fsPath, 'utf8'), 'Welcome\n');

      const all = vscode.Uri.file(join(folder, 'all'));
      const saved = await vscode.commands.executeCommand<SavedFiles>(commandIds.saveAs, root, all);
      assert.deepEqual({ ...saved, target: undefined }, { target: undefined, files: 6, bytes: 33, omitted: 5 });
      assert.equal(await readFile(join(all.fsPath, 'usr/bin/alias'), 'utf8'), 'tool');
      assert.deepEqual((await readdir(join(all.fsPath, 'etc'))).sort(), ['motd']);
      assert.deepEqual((await readdir(folder)).sort(), ['all', 'motd']);
    });
  });

  it('are compared with those of another image, and with its layers and configuration', async () => {
    const names = [reference('1.0'), reference('2.0')] as const;
    const compared = await vscode.commands.executeCommand<ImageComparison>(commandIds.compare, ...names);
    assert.deepEqual(compared.layers, { left: 2, right: 2, shared: 1 });
    assert.equal(compared.isSameConfig, false);
    assert.deepEqual(
      compared.files.map(({ kind, path, leftSize, rightSize }) => [kind, path, leftSize, rightSize]),
      [
        ['removed', 'app/main.json', 2, undefined],
        ['added', 'app/new', undefined, 3],
        ['added', 'etc/gone', undefined, 4],
        ['changed', 'etc/motd', 8, 6],
        ['changed', 'lib/apk/db/installed', 11, 11],
        ['changed', 'usr/bin/tool', 4, 4],
      ],
    );
    assert.deepEqual(compared.files.at(-1)?.aspects, ['content']);
    assert.equal(compared.unread, 0);
    assert.deepEqual(compared.packages, [{ kind: 'apk', name: 'musl', left: ['1'], right: ['2'] }]);
  });

  it('tell the packages that rpm has installed, and which database was not read', async () => {
    const database = gunzipSync(await readFile(join(repositoryFolder, 'test/fixtures/rpm/rpmdb.sqlite.gz')));
    const layer = writeLayer([
      file('usr/lib/sysimage/rpm/rpmdb.sqlite', database),
      symlink('var/lib/rpm', '../../usr/lib/sysimage/rpm'),
      file('usr/share/rpm/Packages', 'no database'),
    ]);
    await pushWithSkopeo(registry, 'shop/rpm', writeImage({ platform, steps: [{ createdBy: 'RUN dnf', layer }] }), '1');
    const compared = await vscode.commands.executeCommand<ImageComparison>(
      commandIds.compare,
      `${registry.host}/shop/rpm:1`,
      reference('1.0'),
    );
    assert.deepEqual(
      compared.packages.filter(({ kind }) => kind === 'rpm').map(({ name, left, right }) => [name, left, right]),
      [
        ['bash-like', ['5.2.15-3.el9'], []],
        ['large', ['1.0-1'], []],
        ['openssl-like', ['1:3.0.7-27.el9'], []],
        ['tiny', ['0.1~rc1-1'], []],
      ],
    );
    assert.deepEqual(
      compared.unreadDatabases.map(({ path }) => path),
      ['usr/share/rpm/Packages'],
    );
  });

  it('of a tag are compared with those of the digest that it named before', async () => {
    const former = image.manifest.descriptor.digest;
    const compared = await vscode.commands.executeCommand<ImageComparison>(
      commandIds.compareWithFormer,
      reference('2.0'),
      former,
    );
    assert.ok(compared.left.endsWith(`@${former}`));
    assert.ok(compared.right.endsWith(`@${next.manifest.descriptor.digest}`));
    assert.equal(compared.files.length, 6);
  });

  it('come from a Dockerfile that the history tells', async () => {
    const uri = await vscode.commands.executeCommand<vscode.Uri>(commandIds.openDockerfile, reference('1.0'));
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, 'dockerfile');
    assert.match(document.getText(), /FROM scratch\nADD base\.tar \/\nCOPY main\.json \/app\/\n$/);
  });

  it('are listed layer by layer, to which the digests in manifest and configuration lead', async () => {
    const documents: string[] = [];
    for (const command of [commandIds.openManifest, commandIds.openConfig]) {
      const uri = await vscode.commands.executeCommand<vscode.Uri>(command, reference('2.0'));
      const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri);
      documents.push(...links.map(({ target }) => target?.path.replace(/^.*\//, '') ?? ''));
      const layer = links.find(({ target }) => target?.path.endsWith('/layer-2.txt'));
      assert.ok(layer?.target !== undefined);
      const text = (await vscode.workspace.openTextDocument(layer.target)).getText();
      assert.match(text, /^-rw-r--r-- 0\/0 +3 .* app\/new$/m);
    }
    assert.deepEqual(documents, ['config.json', 'layer-1.txt', 'layer-2.txt', 'layer-1.txt', 'layer-2.txt']);
  });

  function reference(tag: string): string {
    return `${registry.host}/shop/web:${tag}`;
  }

  async function read(path: string): Promise<string> {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(at(path)));
  }
});

/** The code of the FileSystemError that work rejects with. */
async function failure(work: Thenable<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return (error as vscode.FileSystemError).code;
  }
}
