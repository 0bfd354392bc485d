import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credential, FoundCredential } from '../../../src/core/credential.ts';
import { RegistryError } from '../../../src/core/errors.ts';
import type { MachineCredentials } from '../../../src/core/ports.ts';
import type { AuthFile } from '../../../src/node/authFiles.ts';
import { createDockerCredentials, type DockerCredentialsOptions } from '../../../src/node/dockerCredentials.ts';
import { createMachineCredentials } from '../../../src/node/machineCredentials.ts';
import { fakePorts } from '../../support/fakePorts.ts';
import { rejection } from '../../support/registryErrors.ts';
import { withTemporaryFolder } from '../../support/temporaryFolder.ts';

const quay = { registry: 'quay.io', path: '', isEncrypted: true };
const alice: Credential = { kind: 'password', username: 'alice', password: 'canary' };
const aliceEntry = { auth: btoa('alice:canary') };
const bobEntry = { auth: btoa('bob:canary') };

describe('The logins of docker and podman', () => {
  it('are found in the first file that has one', async () => {
    const files = [
      { credHelpers: { 'ghcr.io': 'pass' } },
      { auths: { 'quay.io': aliceEntry } },
      { auths: { 'quay.io': {} } },
    ];
    const { found, logLines } = await find(files);
    assert.deepEqual(found?.credential, alice);
    assert.match(logLines.join('\n'), /^info: Using the login for quay\.io of 1\.json \(.*1\.json\)\.$/);
    assert.ok(!logLines.join('\n').includes('canary'));
  });

  it('say where they come from and whose they are', async () => {
    const { found } = await find([{}, { auths: { 'quay.io': aliceEntry } }]);
    assert.equal(found?.source.kind, 'docker-config');
    assert.equal(found?.source.id, `docker-config:${found?.source.detail}`);
    assert.equal(found?.source.account, 'alice');
    assert.ok(!JSON.stringify(found?.source).includes('canary'));
  });

  it('are none where there are no files, and nothing is said of it', async () => {
    const { log, logLines } = fakePorts();
    const machine = open([docker(join(import.meta.dirname, 'missing', 'config.json'))], {}, log);
    assert.equal(await machine.find(quay, noAbort()), undefined);
    assert.deepEqual(logLines, []);
  });

  it('are asked of the helper that a file names', async () => {
    const asked: (readonly string[])[] = [];
    const { found } = await find([{ credHelpers: { 'quay.io': 'pass' } }], async (name, serverKey) => {
      asked.push([name, serverKey]);
      return alice;
    });
    assert.deepEqual(asked, [['pass', 'quay.io']]);
    assert.equal(found?.source.label, 'docker-credential-pass');
    assert.equal(found?.source.id, 'helper:pass:quay.io');
  });

  it('are looked for further where a helper has nothing, or does not work', async () => {
    const files = [{ credsStore: 'desktop', auths: { 'quay.io': aliceEntry } }];
    assert.deepEqual((await find(files, async () => undefined)).found?.credential, alice);
    const broken = await find(files, brokenHelper);
    assert.deepEqual(broken.found?.credential, alice);
    assert.equal(broken.logLines[0], 'warn: The credential helper "desktop" could not be used.');
  });

  it('are not looked for further when it is cancelled', async () => {
    const files = [{ credsStore: 'desktop', auths: { 'quay.io': aliceEntry } }];
    const cancelled = async (): Promise<never> => {
      throw new RegistryError('cancelled', 'Cancelled.');
    };
    await rejection(find(files, cancelled), 'cancelled');
  });

  it('are left alone in a file that cannot be read, and not a word of it is said', async () => {
    const { found, logLines } = await find([
      '{"auths":{"quay.io":{"auth":"canary"',
      { auths: { 'quay.io': aliceEntry } },
    ]);
    assert.deepEqual(found?.credential, alice);
    assert.match(logLines[0] ?? '', /^warn: .*0\.json cannot be read: it is not as docker or podman write it\./);
    assert.ok(!logLines.join('\n').includes('canary'));
  });

  it('are read anew each time', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'config.json');
      const machine = open([docker(path)]);
      assert.equal(await machine.find(quay, noAbort()), undefined);
      await writeFile(path, JSON.stringify({ auths: { 'quay.io': aliceEntry } }));
      assert.deepEqual((await machine.find(quay, noAbort()))?.credential, alice);
    });
  });

  it("are taken from Docker's variable, which names no helpers", async () => {
    const text = JSON.stringify({ credsStore: 'evil', auths: { 'quay.io': aliceEntry } });
    const machine = open([{ path: 'DOCKER_AUTH_CONFIG', owner: 'docker', text }]);
    const found = await machine.find(quay, noAbort());
    assert.deepEqual(found?.credential, alice);
    assert.equal(found?.source.id, 'docker-config:DOCKER_AUTH_CONFIG');
  });

  it('are read from a file of before Docker 1.7', async () => {
    const text = JSON.stringify({ 'https://quay.io/v1/': aliceEntry });
    const machine = open([{ path: '/home/alice/.dockercfg', owner: 'docker', text, isOldFormat: true }]);
    assert.deepEqual((await machine.find(quay, noAbort()))?.credential, alice);
  });

  it('are the one that was asked for, or an error', async () => {
    await withFiles([{ auths: { 'quay.io': aliceEntry } }, { auths: { 'quay.io': bobEntry } }], async (files) => {
      const machine = open(files);
      const sourceId = `docker-config:${files[1]?.path}`;
      const found = await machine.find(quay, noAbort(), { sourceId });
      assert.equal(found?.source.account, 'bob');
      const gone = await rejection(machine.find(quay, noAbort(), { sourceId: 'helper:pass:quay.io' }), 'unauthorized');
      assert.match(
        gone.message,
        /^The login for quay\.io that was chosen \(helper:pass:quay\.io\) is not there any more/,
      );
    });
  });

  it('that was asked for fails as its helper does', async () => {
    await withFiles([{ credsStore: 'desktop' }], async (files) => {
      const machine = open(files, { askHelper: brokenHelper });
      await rejection(machine.find(quay, noAbort(), { sourceId: 'helper:desktop:quay.io' }), 'storage');
    });
  });
});

describe('The list of logins of docker and podman', () => {
  it('has each source with its account and its end, and no secret', async () => {
    const token = ['{}', '{"exp":1760000000}', '{}'].map((part) => btoa(part)).join('.');
    const files = [{ auths: { 'quay.io': aliceEntry } }, { auths: { 'quay.io': { identitytoken: token } } }];
    await withFiles(files, async (paths) => {
      const listed = await open(paths).list(quay, noAbort());
      assert.deepEqual(
        listed.map(({ account, expiresAt }) => ({ account, expiresAt })),
        [
          { account: 'alice', expiresAt: undefined },
          { account: undefined, expiresAt: 1_760_000_000_000 },
        ],
      );
      assert.doesNotMatch(JSON.stringify(listed), /canary|eyJ/);
    });
  });

  it('has a helper that does not work, with the reason, and none that has nothing', async () => {
    const files = [{ credHelpers: { 'quay.io': 'pass' } }, { credsStore: 'desktop' }];
    await withFiles(files, async (paths) => {
      const askHelper: DockerCredentialsOptions['askHelper'] = async (name) =>
        name === 'pass' ? undefined : brokenHelper();
      const listed = await open(paths, { askHelper }).list(quay, noAbort());
      assert.deepEqual(
        listed.map(({ id, problem }) => [id, problem]),
        [['helper:desktop:quay.io', 'The credential helper "desktop" could not be used.']],
      );
    });
  });

  it('has a helper that two files name once', async () => {
    const file = { credHelpers: { 'quay.io': 'pass' } };
    await withFiles([file, file], async (paths) => {
      assert.equal((await open(paths, { askHelper: async () => alice }).list(quay, noAbort())).length, 1);
    });
  });
});

describe('Registries with a login', () => {
  const files = [
    { auths: { 'https://index.docker.io/v1/': aliceEntry }, credHelpers: { 'gcr.io': 'gcloud' } },
    { auths: { 'quay.io/team': bobEntry, 'docker.io': bobEntry } },
  ];

  it('are discovered in the files of docker and podman, each once', async () => {
    await withFiles(files, async (paths) => {
      const [first, second] = paths.map(({ path }) => path);
      assert.deepEqual(await open(paths).discover(noAbort()), [
        { registry: 'docker.io', path: '', account: 'alice', owner: 'docker', detail: first },
        { registry: 'gcr.io', path: '', helper: 'docker-credential-gcloud', owner: 'docker', detail: first },
        { registry: 'quay.io', path: '/team', account: 'bob', owner: 'docker', detail: second },
      ]);
    });
  });

  it('are not looked for any longer than is wanted', async () => {
    await withFiles(files, (paths) => rejection(open(paths).discover(AbortSignal.abort()), 'cancelled'));
  });

  it('are asked of a store of all only when that is wanted', async () => {
    await withFiles([{ credsStore: 'desktop' }], async (paths) => {
      let asked = 0;
      const listHelper = async (): Promise<Readonly<Record<string, string>>> => {
        asked++;
        return { 'https://index.docker.io/v1/': 'alice', 'https://index.docker.io/v1/access-token': 'alice' };
      };
      const machine = open(paths, { listHelper });
      assert.deepEqual(await machine.discover(noAbort()), []);
      assert.equal(asked, 0);
      assert.deepEqual(await machine.discover(noAbort(), { askHelpers: true }), [
        { registry: 'docker.io', path: '', owner: 'docker', detail: 'docker-credential-desktop', account: 'alice' },
      ]);
    });
  });

  it('are those of the files where a store cannot list', async () => {
    await withFiles([{ credsStore: 'ecr-login', auths: { 'quay.io': bobEntry } }], async (paths) => {
      const { log, logLines } = fakePorts();
      const found = await open(paths, { listHelper: brokenHelper }, log).discover(noAbort(), { askHelpers: true });
      assert.deepEqual(
        found.map(({ registry }) => registry),
        ['quay.io'],
      );
      assert.equal(logLines.length, 1);
    });
  });
});

async function brokenHelper(): Promise<never> {
  throw new RegistryError('storage', 'The credential helper "desktop" could not be used.');
}

function open(
  files: readonly AuthFile[],
  helpers: Partial<DockerCredentialsOptions> = {},
  log = fakePorts().log,
): MachineCredentials {
  const docker = createDockerCredentials(log, {
    files: () => files,
    askHelper: async () => assert.fail('a helper was asked'),
    listHelper: async () => assert.fail('a helper was asked for its list'),
    ...helpers,
  });
  return createMachineCredentials(log, docker);
}

/** Looks quay.io up in files of these contents. */
async function find(
  contents: readonly (object | string)[],
  askHelper?: DockerCredentialsOptions['askHelper'],
): Promise<{ readonly found: FoundCredential | undefined; readonly logLines: readonly string[] }> {
  return withFiles(contents, async (files) => {
    const { log, logLines } = fakePorts();
    const found = await open(files, askHelper && { askHelper }, log).find(quay, noAbort());
    return { found, logLines };
  });
}

async function withFiles<T>(
  contents: readonly (object | string)[],
  use: (files: readonly AuthFile[]) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const files = contents.map((_, index) => docker(join(folder, `${index}.json`)));
    for (const [index, content] of contents.entries()) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      await writeFile(files[index]?.path ?? '', text);
    }
    return use(files);
  });
}

function docker(path: string): AuthFile {
  return { path, owner: 'docker' };
}

function noAbort(): AbortSignal {
  return new AbortController().signal;
}
