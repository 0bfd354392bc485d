import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where logins may be, and who wrote them. */
export interface AuthFile {
  readonly path: string;
  readonly owner: 'docker' | 'containers';
  /** The content where it is no file; `path` is its name then. */
  readonly text?: string;
  /** Docker's `.dockercfg`, from before there was a `config.json`. */
  readonly isOldFormat?: true;
}

/** Docker's variable with the logins themselves, as JSON. Its other fields do not count. */
const loginsVariable = 'DOCKER_AUTH_CONFIG';

/**
 * Where `docker login` and `podman login` leave what they know, in the order in which it counts: Docker's variable and
 * config, then the places of containers-auth.json(5). A variable that names the file of the latter leaves no other.
 */
export function authFiles(
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
  system: { readonly platform: NodeJS.Platform; readonly uid: number | undefined } = {
    platform: process.platform,
    uid: process.getuid?.(),
  },
): readonly AuthFile[] {
  const variable = env[loginsVariable];
  return [
    ...(variable ? [{ path: loginsVariable, owner: 'docker', text: variable } as const] : []),
    { path: join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json'), owner: 'docker' },
    ...containersFiles(env, home, system).map((path): AuthFile => ({ path, owner: 'containers' })),
    { path: join(home, '.dockercfg'), owner: 'docker', isOldFormat: true },
  ];
}

function containersFiles(
  env: NodeJS.ProcessEnv,
  home: string,
  { platform, uid }: { readonly platform: NodeJS.Platform; readonly uid: number | undefined },
): readonly string[] {
  const named = env['REGISTRY_AUTH_FILE'];
  if (named) return [named];
  const ownConfig = join(home, '.config', 'containers', 'auth.json');
  const config = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers', 'auth.json');
  // Elsewhere there is no folder that lives as long as a session.
  if (platform !== 'linux') return [...new Set([ownConfig, config])];
  const runtime = env['XDG_RUNTIME_DIR'];
  if (runtime) return [join(runtime, 'containers', 'auth.json'), config];
  // A server of VS Code may lack the variable that the user's terminal has.
  return [
    ...(uid === undefined ? [] : [`/run/user/${uid}/containers/auth.json`, `/run/containers/${uid}/auth.json`]),
    config,
  ];
}
