import assert from 'node:assert/strict';
import { join } from 'node:path';
import { authFiles } from '../../../src/node/authFiles.ts';

describe('authFiles', () => {
  it("are Docker's, then those of podman and its kin", () => {
    const env = { XDG_RUNTIME_DIR: join('/run', 'user', '1000') };
    assert.deepEqual(authFiles(env, '/home/alice'), [
      { path: join('/home/alice', '.docker', 'config.json'), owner: 'docker' },
      { path: join('/run', 'user', '1000', 'containers', 'auth.json'), owner: 'containers' },
      { path: join('/home/alice', '.config', 'containers', 'auth.json'), owner: 'containers' },
    ]);
  });

  it('are elsewhere where the environment says so', () => {
    const env = {
      DOCKER_CONFIG: '/docker',
      REGISTRY_AUTH_FILE: '/podman/auth.json',
      XDG_RUNTIME_DIR: '/runtime',
      XDG_CONFIG_HOME: '/config',
    };
    assert.deepEqual(
      authFiles(env, '/home/alice').map(({ path }) => path),
      [
        join('/docker', 'config.json'),
        '/podman/auth.json',
        join('/runtime', 'containers', 'auth.json'),
        join('/config', 'containers', 'auth.json'),
      ],
    );
  });

  it('take an empty variable for none', () => {
    const env = { DOCKER_CONFIG: '', REGISTRY_AUTH_FILE: '', XDG_RUNTIME_DIR: '', XDG_CONFIG_HOME: '' };
    const paths = authFiles(env, '/home/alice').map(({ path }) => path);
    assert.equal(paths[0], join('/home/alice', '.docker', 'config.json'));
    assert.equal(paths.at(-1), join('/home/alice', '.config', 'containers', 'auth.json'));
    assert.ok(paths.every((path) => path !== ''));
  });
});
