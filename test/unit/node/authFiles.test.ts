import assert from 'node:assert/strict';
import { join } from 'node:path';
import { authFiles } from '../../../src/node/authFiles.ts';

const home = '/home/alice';
const linux = { platform: 'linux', uid: 1000 } as const;
const dockerConfig = { path: join(home, '.docker', 'config.json'), owner: 'docker' } as const;
const oldDockerConfig = { path: join(home, '.dockercfg'), owner: 'docker', isOldFormat: true } as const;

describe('authFiles', () => {
  it("are Docker's, then those of podman and its kin, then Docker's old one", () => {
    assert.deepEqual(authFiles({ XDG_RUNTIME_DIR: '/run/user/1000' }, home, linux), [
      dockerConfig,
      { path: join('/run', 'user', '1000', 'containers', 'auth.json'), owner: 'containers' },
      { path: join(home, '.config', 'containers', 'auth.json'), owner: 'containers' },
      oldDockerConfig,
    ]);
  });

  it('are where a session would have them, when its variable is missing', () => {
    assert.deepEqual(paths({}, linux), [
      dockerConfig.path,
      '/run/user/1000/containers/auth.json',
      '/run/containers/1000/auth.json',
      join(home, '.config', 'containers', 'auth.json'),
      oldDockerConfig.path,
    ]);
  });

  it('are in the home folder of macOS and Windows', () => {
    const env = { XDG_RUNTIME_DIR: '/runtime' };
    for (const platform of ['darwin', 'win32'] as const) {
      const expected = [dockerConfig.path, join(home, '.config', 'containers', 'auth.json'), oldDockerConfig.path];
      assert.deepEqual(paths(env, { platform, uid: undefined }), expected);
    }
  });

  it('are elsewhere where the environment says so', () => {
    const env = { DOCKER_CONFIG: '/docker', XDG_RUNTIME_DIR: '/runtime', XDG_CONFIG_HOME: '/config' };
    assert.deepEqual(paths(env, linux), [
      join('/docker', 'config.json'),
      join('/runtime', 'containers', 'auth.json'),
      join('/config', 'containers', 'auth.json'),
      oldDockerConfig.path,
    ]);
  });

  it("are no others of podman's than the one that the environment names", () => {
    const env = { REGISTRY_AUTH_FILE: '/podman/auth.json', XDG_RUNTIME_DIR: '/runtime', XDG_CONFIG_HOME: '/config' };
    assert.deepEqual(paths(env, linux), [dockerConfig.path, '/podman/auth.json', oldDockerConfig.path]);
  });

  it("are Docker's variable before its file", () => {
    const [first, second] = authFiles({ DOCKER_AUTH_CONFIG: '{"auths":{}}' }, home, linux);
    assert.deepEqual(first, { path: 'DOCKER_AUTH_CONFIG', owner: 'docker', text: '{"auths":{}}' });
    assert.deepEqual(second, dockerConfig);
  });

  it('take an empty variable for none', () => {
    const env = {
      DOCKER_AUTH_CONFIG: '',
      DOCKER_CONFIG: '',
      REGISTRY_AUTH_FILE: '',
      XDG_RUNTIME_DIR: '',
      XDG_CONFIG_HOME: '',
    };
    assert.deepEqual(authFiles(env, home, linux), authFiles({}, home, linux));
  });
});

function paths(env: NodeJS.ProcessEnv, system: Parameters<typeof authFiles>[2]): readonly string[] {
  return authFiles(env, home, system).map(({ path }) => path);
}
