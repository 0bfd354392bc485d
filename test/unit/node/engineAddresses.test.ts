import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineAddresses } from '../../../src/node/engineAddresses.ts';
import { rejection } from '../../support/registryErrors.ts';
import { withTemporaryFolder } from '../../support/temporaryFolder.ts';

describe('where engines are looked for', () => {
  it('is where Docker and podman listen on Linux and macOS', async () => {
    await withTemporaryFolder(async (home) => {
      assert.deepEqual(await sockets(home, { XDG_RUNTIME_DIR: '/run/user/1000' }), [
        '/var/run/docker.sock',
        join(home, '.docker/run/docker.sock'),
        '/run/user/1000/podman/podman.sock',
        '/run/podman/podman.sock',
      ]);
    });
  });

  it('is a pipe on Windows', async () => {
    await withTemporaryFolder(async (home) => {
      const [first] = await engineAddresses(undefined, { env: {}, home, platform: 'win32' });
      assert.equal(first?.socketPath, '//./pipe/docker_engine');
    });
  });

  it('is only where DOCKER_HOST says, and before it where a setting says', async () => {
    await withTemporaryFolder(async (home) => {
      const env = { DOCKER_HOST: 'unix:///run/other.sock' };
      assert.deepEqual(await sockets(home, env), ['/run/other.sock']);
      const asked = await engineAddresses('unix:///run/mine.sock', { env, home, platform: 'linux' });
      assert.deepEqual(
        asked.map(({ socketPath }) => socketPath),
        ['/run/mine.sock'],
      );
    });
  });

  for (const host of ['tcp://192.0.2.1:2375', 'ssh://alice@build.example']) {
    it(`is not another machine: ${host}`, async () => {
      await withTemporaryFolder(async (home) => {
        const error = await rejection(sockets(home, { DOCKER_HOST: host }), 'unsupported');
        assert.match(error.message, /and DOCKER_HOST names one by (?:tcp|ssh):\/\/\. Use an engine of this machine\./);
      });
    });
  }

  it('is nothing that cannot be read as an address', async () => {
    await withTemporaryFolder(async (home) => {
      for (const host of ['/run/docker.sock', 'unix://relative', 'localhost:2375']) {
        await rejection(sockets(home, { DOCKER_HOST: host }), 'invalid');
      }
    });
  });

  it('is first where the current context of Docker says', async () => {
    await withTemporaryFolder(async (home) => {
      await writeContext(home, 'desktop-linux', 'unix:///run/desktop.sock');
      await writeFile(join(home, '.docker/config.json'), JSON.stringify({ currentContext: 'desktop-linux' }));
      assert.equal((await sockets(home))[0], '/run/desktop.sock');
      assert.equal((await sockets(home))[1], '/var/run/docker.sock');
      await writeContext(home, 'build', 'ssh://build.example');
      const error = await rejection(sockets(home, { DOCKER_CONTEXT: 'build' }), 'unsupported');
      assert.match(error.message, /and the Docker context "build" names one by ssh:\/\//);
    });
  });

  it('does not depend on what is broken in the config of Docker', async () => {
    await withTemporaryFolder(async (home) => {
      await mkdir(join(home, '.docker'));
      for (const content of ['not JSON', '{"currentContext":7}', '{"currentContext":"gone"}', '[]']) {
        await writeFile(join(home, '.docker/config.json'), content);
        assert.equal((await sockets(home))[0], '/var/run/docker.sock');
      }
    });
  });
});

async function sockets(home: string, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const addresses = await engineAddresses(undefined, { env, home, platform: 'linux' });
  return addresses.map(({ socketPath }) => socketPath);
}

/** As `docker context create` does. */
async function writeContext(home: string, name: string, host: string): Promise<void> {
  const folder = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
  await mkdir(folder, { recursive: true });
  const meta = { Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
  await writeFile(join(folder, 'meta.json'), JSON.stringify(meta));
}
