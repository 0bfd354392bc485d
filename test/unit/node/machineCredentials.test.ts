import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CloudCredential, Credential } from '../../../src/core/credential.ts';
import { RegistryError } from '../../../src/core/errors.ts';
import type { AuthFile } from '../../../src/node/authFiles.ts';
import { createMachineCredentials } from '../../../src/node/machineCredentials.ts';
import { fakePorts } from '../../support/fakePorts.ts';
import { rejection } from '../../support/registryErrors.ts';
import { withTemporaryFolder } from '../../support/temporaryFolder.ts';

const quay = { registry: 'quay.io', path: '' };
const alice: Credential = { kind: 'password', username: 'alice', password: 'canary' };
const aliceEntry = { auth: btoa('alice:canary') };

describe('createMachineCredentials', () => {
  it('finds the login of the first file that has one', async () => {
    const files = [
      { credHelpers: { 'ghcr.io': 'pass' } },
      { auths: { 'quay.io': aliceEntry } },
      { auths: { 'quay.io': {} } },
    ];
    const { found, logLines } = await find(files);
    assert.deepEqual(found, alice);
    assert.match(logLines.join('\n'), /^info: Using the login for quay\.io of .*1\.json\.$/);
    assert.ok(!logLines.join('\n').includes('canary'));
  });

  it('finds nothing where there are no files, and says nothing of it', async () => {
    const { log, logLines } = fakePorts();
    const missing = join(import.meta.dirname, 'missing', 'config.json');
    const machine = createMachineCredentials(log, { files: () => [dockerFile(missing)], askHelper: async () => alice });
    assert.equal(await machine.find(quay, noAbort()), undefined);
    assert.deepEqual(logLines, []);
  });

  it('asks the helper that a file names', async () => {
    const asked: (readonly string[])[] = [];
    const { found } = await find([{ credHelpers: { 'quay.io': 'pass' } }], async (name, serverKey) => {
      asked.push([name, serverKey]);
      return alice;
    });
    assert.deepEqual([found, asked], [alice, [['pass', 'quay.io']]]);
  });

  it('goes on where a helper has nothing, or does not work', async () => {
    const files = [{ credsStore: 'desktop', auths: { 'quay.io': aliceEntry } }];
    assert.deepEqual((await find(files, async () => undefined)).found, alice);
    const broken = await find(files, async () => {
      throw new RegistryError('storage', 'The credential helper "desktop" could not be used.');
    });
    assert.deepEqual(broken.found, alice);
    assert.equal(broken.logLines[0], 'warn: The credential helper "desktop" could not be used.');
  });

  it('does not go on when it is cancelled', async () => {
    const files = [{ credsStore: 'desktop', auths: { 'quay.io': aliceEntry } }];
    const cancelled = async (): Promise<never> => {
      throw new RegistryError('cancelled', 'Cancelled.');
    };
    await rejection(find(files, cancelled), 'cancelled');
  });

  it('says that a file cannot be read, without a word of what is in it', async () => {
    const { found, logLines } = await find([
      '{"auths":{"quay.io":{"auth":"canary"',
      { auths: { 'quay.io': aliceEntry } },
    ]);
    assert.deepEqual(found, alice);
    assert.match(logLines[0] ?? '', /^warn: .*0\.json cannot be read: it is not as docker or podman write it\./);
    assert.ok(!logLines.join('\n').includes('canary'));
  });

  it('reads the files anew each time', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'config.json');
      const machine = createMachineCredentials(fakePorts().log, {
        files: () => [dockerFile(path)],
        askHelper: async () => undefined,
      });
      assert.equal(await machine.find(quay, noAbort()), undefined);
      await writeFile(path, JSON.stringify({ auths: { 'quay.io': aliceEntry } }));
      assert.deepEqual(await machine.find(quay, noAbort()), alice);
    });
  });
});

type AskHelper = (name: string, serverKey: string) => Promise<Credential | undefined>;

/** Looks quay.io up in files of these contents. */
async function find(
  contents: readonly (object | string)[],
  askHelper: AskHelper = async () => assert.fail('a helper was asked'),
): Promise<{ readonly found: Credential | CloudCredential | undefined; readonly logLines: readonly string[] }> {
  return withTemporaryFolder(async (folder) => {
    const { log, logLines } = fakePorts();
    const files = contents.map((_, index) => dockerFile(join(folder, `${index}.json`)));
    for (const [index, content] of contents.entries()) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      await writeFile(files[index]?.path ?? '', text);
    }
    const found = await createMachineCredentials(log, { files: () => files, askHelper }).find(quay, noAbort());
    return { found, logLines };
  });
}

function dockerFile(path: string): AuthFile {
  return { path, owner: 'docker' };
}

function noAbort(): AbortSignal {
  return new AbortController().signal;
}
