import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RegistryError } from '../core/errors.ts';

/** Where an engine may listen: a Unix socket, or a named pipe of Windows. */
export interface EngineAddress {
  readonly socketPath: string;
  /** What names it, for people. */
  readonly origin: string;
}

/** What of this machine decides where engines are looked for. */
export interface EngineEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: string;
}

export function thisMachine(): EngineEnvironment {
  return { env: process.env, home: homedir(), platform: process.platform };
}

/**
 * Where to look for an engine, in this order. An address that was asked for, by `host` or `DOCKER_HOST`, is the only one:
 * an image must not land in another engine without a word.
 *
 * Errors: `unsupported` for an engine that is not on this machine, `invalid` for what is no address.
 */
export async function engineAddresses(
  host: string | undefined,
  environment: EngineEnvironment,
): Promise<readonly EngineAddress[]> {
  const { env, home, platform } = environment;
  if (host !== undefined && host !== '') return [parseHost(host, 'the setting gantry.engine.host')];
  const dockerHost = env['DOCKER_HOST'];
  if (dockerHost !== undefined && dockerHost !== '') return [parseHost(dockerHost, 'DOCKER_HOST')];
  const context = await currentContext(environment);
  const usual =
    platform === 'win32'
      ? ['//./pipe/docker_engine', '//./pipe/podman-machine-default']
      : [
          '/var/run/docker.sock',
          join(home, '.docker/run/docker.sock'),
          ...(env['XDG_RUNTIME_DIR'] ? [join(env['XDG_RUNTIME_DIR'], 'podman/podman.sock')] : []),
          '/run/podman/podman.sock',
        ];
  const others = usual.map((socketPath) => ({ socketPath, origin: socketPath }));
  return context === undefined ? others : [context, ...others];
}

/** `unix:///path` or `npipe:////./pipe/name`. The API over the network is not spoken: it would need keys or a tunnel. */
function parseHost(host: string, origin: string): EngineAddress {
  const [, scheme = '', path = ''] = /^([a-z]+):\/\/(.*)$/.exec(host) ?? [];
  if ((scheme === 'unix' && path.startsWith('/')) || scheme === 'npipe') {
    return { socketPath: path, origin: `${path} (${origin})` };
  }
  if (['tcp', 'ssh', 'http', 'https', 'fd'].includes(scheme)) {
    throw new RegistryError(
      'unsupported',
      `Gantry reaches container engines of this machine only, by unix://, and ${origin} names one by ${scheme}://. Use an engine of this machine.`,
    );
  }
  throw new RegistryError(
    'invalid',
    `The address of a container engine begins with unix://, and that in ${origin} does not. Correct it.`,
  );
}

/** The engine that `docker context use` has chosen. Anything unreadable is Docker's to complain about. */
async function currentContext({ env, home }: EngineEnvironment): Promise<EngineAddress | undefined> {
  const folder = env['DOCKER_CONFIG'] || join(home, '.docker');
  const name = env['DOCKER_CONTEXT'] || (await readJson(join(folder, 'config.json')))?.['currentContext'];
  if (typeof name !== 'string' || name === '' || name === 'default') return undefined;
  // Docker names the folder of a context by the digest of its name.
  const id = createHash('sha256').update(name).digest('hex');
  const meta = await readJson(join(folder, 'contexts/meta', id, 'meta.json'));
  const endpoints = meta?.['Endpoints'] as { readonly docker?: { readonly Host?: unknown } } | undefined;
  const host = endpoints?.docker?.Host;
  return typeof host === 'string' ? parseHost(host, `the Docker context "${name}"`) : undefined;
}

async function readJson(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
