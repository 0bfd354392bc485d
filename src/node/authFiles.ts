import { homedir } from 'node:os';
import { join } from 'node:path';

/** A file that may hold logins, and who wrote it. */
export interface AuthFile {
  readonly path: string;
  readonly owner: 'docker' | 'containers';
}

/**
 * Where `docker login` and `podman login` leave what they know, in the order in which it counts: Docker's config, then
 * the places of containers-auth.json(5).
 */
export function authFiles(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): readonly AuthFile[] {
  const configHome = env['XDG_CONFIG_HOME'] || join(home, '.config');
  const uid = process.getuid?.();
  const containers = [
    env['REGISTRY_AUTH_FILE'],
    env['XDG_RUNTIME_DIR'] && join(env['XDG_RUNTIME_DIR'], 'containers', 'auth.json'),
    uid !== undefined && !env['XDG_RUNTIME_DIR'] ? `/run/containers/${uid}/auth.json` : undefined,
    join(configHome, 'containers', 'auth.json'),
  ];
  return [
    { path: join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json'), owner: 'docker' },
    ...containers
      .filter((path): path is string => path !== undefined && path !== '')
      .map((path): AuthFile => ({ path, owner: 'containers' })),
  ];
}
