import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, relative } from 'node:path';
import { askCredentialHelper, listCredentialHelper } from '../../../src/node/credentialHelper.ts';
import { findProgram } from '../../../src/node/findProgram.ts';
import { rejection } from '../../support/registryErrors.ts';
import { withTemporaryFolder } from '../../support/temporaryFolder.ts';

describe('askCredentialHelper', () => {
  before(function () {
    // The helpers of these tests are shell scripts.
    if (process.platform === 'win32') this.skip();
  });

  it('gives the key to `get`, and reads the login', async () => {
    await withHelper(
      'cat > "$0.input"; echo "$*" > "$0.args"; echo \'{"Username":"alice","Secret":"secret"}\'',
      async (program) => {
        const found = await ask();
        assert.deepEqual(found, { kind: 'password', username: 'alice', password: 'secret' });
        assert.equal(await readFile(`${program}.input`, 'utf8'), 'https://quay.io');
        assert.equal(await readFile(`${program}.args`, 'utf8'), 'get\n');
      },
    );
  });

  it('reads an identity token', async () => {
    await withHelper('echo \'{"ServerURL":"https://quay.io","Username":"<token>","Secret":"id"}\'', async () => {
      assert.deepEqual(await ask(), { kind: 'identity-token', token: 'id' });
    });
  });

  it('has nothing where the helper has nothing', async () => {
    for (const script of [
      'echo "credentials not found in native keychain"; exit 1',
      'echo \'{"Username":"","Secret":""}\'',
    ])
      await withHelper(script, async () => assert.equal(await ask(), undefined));
  });

  it('does not wait for a helper that reads nothing', async () => {
    await withHelper('exec 0<&-; echo \'{"Username":"alice","Secret":"secret"}\'', async () => {
      assert.equal((await ask())?.kind, 'password');
    });
  });

  const failures: readonly (readonly [title: string, script: string, says: RegExp])[] = [
    ['reports an error', 'echo "canary: something failed"; exit 1', /it reported an error\. Run it to see more: echo/],
    [
      'has no pass',
      'echo "canary: pass not initialized: exit status 1: Error: password store is empty"; exit 1',
      /pass is not set up\. Run "pass init"\.$/,
    ],
    ['cannot decrypt', 'echo "canary: gpg: decryption failed"; exit 1', /could not decrypt the login\. Unlock the key/],
    [
      'has no secret service',
      'echo "canary: Cannot autolaunch D-Bus without X11"; exit 1',
      /there is no secret service in this session/,
    ],
    ['has a locked keychain', 'echo "canary: the keychain is locked"; exit 1', /its keychain is locked\. Unlock it/],
    ['prints no JSON', 'echo canary', /its answer cannot be read/],
    ['prints other JSON', 'echo \'{"Username":"canary"}\'', /its answer cannot be read/],
    ['prints without an end', 'while true; do echo canary-canary-canary-canary; done', /it printed too much/],
  ];
  for (const [title, script, says] of failures) {
    it(`says that a helper ${title}, and nothing of what it printed`, async () => {
      await withHelper(script, async () => {
        const error = await rejection(ask(), 'storage');
        assert.match(error.message, /^The credential helper "test" could not be used: /);
        assert.match(error.message, says);
        assert.ok(!`${error.message}${error.cause}`.includes('canary'), error.message);
      });
    });
  }

  it('ends a helper that takes too long', async () => {
    await withHelper('exec sleep 60', async () => {
      const { message } = await rejection(
        askCredentialHelper('test', 'https://quay.io', noAbort(), { deadline: 50 }),
        'storage',
      );
      assert.match(message, /it took too long/);
    });
  });

  it('ends a helper when it is cancelled', async () => {
    await withHelper('echo $$ > "$0.pid.new"; mv "$0.pid.new" "$0.pid"; exec sleep 60', async (program) => {
      const controller = new AbortController();
      const asking = rejection(ask(controller.signal), 'cancelled');
      while (!existsSync(`${program}.pid`)) await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      await asking;
    });
  });

  it('starts none when it was cancelled before', async () => {
    await rejection(ask(AbortSignal.abort()), 'cancelled');
  });

  it('says that a helper is not there', async () => {
    const { message } = await rejection(askCredentialHelper('not-there', 'quay.io', noAbort()), 'storage');
    assert.match(message, /docker-credential-not-there cannot be started\. Install it/);
  });

  it('starts no program whose name could lead elsewhere', async () => {
    for (const name of ['', '../evil', 'a/b', 'a b', 'a;b', '$(a)', 'a\nb'])
      assert.match(
        (await rejection(askCredentialHelper(name, 'quay.io', noAbort()), 'storage')).message,
        /not allowed/,
      );
  });
});

describe('listCredentialHelper', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('reads keys and accounts', async () => {
    const script = 'echo "$*" > "$0.args"; echo \'{"https://index.docker.io/v1/":"alice"}\'';
    await withHelper(script, async (program) => {
      assert.deepEqual(await listCredentialHelper('test', noAbort()), { 'https://index.docker.io/v1/': 'alice' });
      assert.equal(await readFile(`${program}.args`, 'utf8'), 'list\n');
    });
  });

  it('is empty where the helper says null', async () => {
    await withHelper('echo null', async () => assert.deepEqual(await listCredentialHelper('test', noAbort()), {}));
  });

  it('says that a helper cannot list, and nothing of what it printed', async () => {
    for (const script of ['echo "canary"; exit 1', 'echo canary', 'echo \'{"a":{"b":"canary"}}\'']) {
      await withHelper(script, async () => {
        const { message } = await rejection(listCredentialHelper('test', noAbort()), 'storage');
        assert.match(message, /^The credential helper "test" could not be used: /);
        assert.ok(!message.includes('canary'));
      });
    }
  });
});

describe('findProgram', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('finds a program in an absolute folder of the PATH only', async () => {
    await withHelper('exit 0', async (program) => {
      const folder = dirname(program);
      assert.equal(await findProgram('docker-credential-test', { PATH: folder }, 'linux'), program);
      const relativePath = relative(process.cwd(), folder);
      for (const PATH of ['', '.', relativePath])
        assert.equal(await findProgram('docker-credential-test', { PATH }, 'linux'), undefined);
    });
  });

  it('adds what programs of Windows end with', async () => {
    await withHelper('exit 0', async (program) => {
      const folder = dirname(program);
      await rename(program, `${program}.exe`);
      assert.equal(await findProgram('docker-credential-test', { Path: folder }, 'win32'), `${program}.exe`);
      assert.equal(await findProgram('docker-credential-test.exe', { Path: folder }, 'win32'), `${program}.exe`);
      assert.equal(await findProgram('docker-credential-test', { Path: folder }, 'linux'), undefined);
    });
  });
});

function ask(signal: AbortSignal = noAbort()): ReturnType<typeof askCredentialHelper> {
  return askCredentialHelper('test', 'https://quay.io', signal);
}

/** Puts `docker-credential-test` first on the PATH. */
async function withHelper(script: string, use: (program: string) => Promise<void>): Promise<void> {
  const path = process.env['PATH'];
  await withTemporaryFolder(async (folder) => {
    const program = join(folder, 'docker-credential-test');
    await writeFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env['PATH'] = [folder, path].join(delimiter);
    try {
      await use(program);
    } finally {
      process.env['PATH'] = path;
    }
  });
}

function noAbort(): AbortSignal {
  return new AbortController().signal;
}
