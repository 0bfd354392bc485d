import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import type { SavedArtifact } from '../../src/host/commands/saveArtifact.ts';
import { commandIds } from '../../src/host/ids.ts';
import { writeArtifact } from '../support/artifactWriter.ts';
import { type Content, content, mediaTypes } from '../support/oci.ts';
import { buildChart } from '../support/sampleImages/chart.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file, writeTar } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';

const title = 'org.opencontainers.image.title';

function titled(name: string, text: string, more: Record<string, string> = {}): Content {
  return content('text/plain', Buffer.from(text), { annotations: { [title]: name, ...more } });
}

const policies = writeArtifact({
  artifactType: 'application/vnd.cncf.openpolicyagent.config.v1+json',
  layers: [
    titled('policy.rego', 'package shop\n'),
    titled('data/users.json', '{}'),
    titled('../../outside', 'escaped'),
  ],
});
const folder = writeArtifact({
  artifactType: 'application/vnd.unknown.artifact.v1',
  layers: [
    content(mediaTypes.layerGzip, gzipSync(writeTar([file('conf/a.txt', 'a'), file('conf/b/c.txt', 'c')])), {
      annotations: { [title]: 'conf', 'io.deis.oras.content.unpack': 'true' },
    }),
  ],
});

describe('artifacts that are no images', function () {
  this.timeout(60_000);
  let registry: SampleRegistry;

  before(async () => {
    registry = await startSampleRegistry();
    registry.push('team/policies', policies, '1');
    registry.push('team/folder', folder, '1');
    registry.push('charts/shop', buildChart('shop', '0.10.0', '2025-06-01T12:00:00Z'), '0.10.0');
  });

  after(() => registry.close());

  function save(name: string, target: string, overwrite = false): Thenable<SavedArtifact> {
    const options = { folder: vscode.Uri.file(target), overwrite };
    return vscode.commands.executeCommand(commandIds.saveArtifact, `${registry.host}/${name}`, options);
  }

  it('are saved under their titles, which lead nowhere else', async () => {
    await withTemporaryFolder(async (base) => {
      const target = join(base, 'deep/down');
      await mkdir(target, { recursive: true });
      const saved = await save('team/policies:1', target);
      assert.equal(saved.untitled, 1);
      assert.equal(await readFile(join(target, 'policy.rego'), 'utf8'), 'package shop\n');
      assert.equal(await readFile(join(target, 'data/users.json'), 'utf8'), '{}');
      assert.deepEqual((await readdir(base)).sort(), ['deep']);
      assert.deepEqual((await readdir(target)).sort(), [...saved.names].map((name) => name.split('/')[0]).sort());
    });
  });

  it('replace nothing unasked', async () => {
    await withTemporaryFolder(async (target) => {
      await writeFile(join(target, 'policy.rego'), 'mine');
      await assert.rejects(async () => save('team/policies:1', target), { code: 'conflict' });
      assert.equal(await readFile(join(target, 'policy.rego'), 'utf8'), 'mine');
      await save('team/policies:1', target, true);
      assert.equal(await readFile(join(target, 'policy.rego'), 'utf8'), 'package shop\n');
    });
  });

  it('do not follow a link out of the folder', async () => {
    await withTemporaryFolder(async (base) => {
      await mkdir(join(base, 'target'));
      await mkdir(join(base, 'elsewhere'));
      await symlink(join(base, 'elsewhere'), join(base, 'target/data'));
      await assert.rejects(async () => save('team/policies:1', join(base, 'target'), true), { code: 'conflict' });
      assert.deepEqual(await readdir(join(base, 'elsewhere')), []);
    });
  });

  it('are refused where they are not what their digest says', async () => {
    const [layer] = policies.blobs.slice(1);
    const path = `/blobs/${layer?.descriptor.digest}`;
    registry.fault = ({ url }) =>
      url.pathname.endsWith(path) ? { reply: { status: 200, body: Buffer.from('package evil\n') } } : undefined;
    try {
      await withTemporaryFolder(async (target) => {
        await assert.rejects(async () => save('team/policies:1', target), { code: 'digest-mismatch' });
        assert.ok(!(await readdir(target)).includes('policy.rego'));
      });
    } finally {
      registry.fault = undefined;
    }
  });

  it('have their folders unpacked', async () => {
    await withTemporaryFolder(async (target) => {
      await save('team/folder:1', target);
      assert.equal(await readFile(join(target, 'conf/a.txt'), 'utf8'), 'a');
      assert.equal(await readFile(join(target, 'conf/b/c.txt'), 'utf8'), 'c');
    });
  });

  it('are named as helm names them where they are charts', async () => {
    await withTemporaryFolder(async (target) => {
      assert.deepEqual((await save('charts/shop:0.10.0', target)).names, ['shop-0.10.0.tgz']);
    });
  });
});
