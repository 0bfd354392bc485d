import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type AuthConfig,
  type AuthSource,
  authSources,
  configuredRegistries,
  parseAuthConfig,
  parseOldDockerConfig,
  registryOfKey,
} from '../core/credentials/authConfig.ts';
import { cancelled, isRegistryError } from '../core/errors.ts';
import type { DiscoveredLogin, Log } from '../core/ports.ts';
import { type AuthFile, authFiles } from './authFiles.ts';
import { askCredentialHelper, listCredentialHelper } from './credentialHelper.ts';
import type { CandidateSource, CredentialProvider } from './credentialProvider.ts';

export interface DockerCredentialsOptions {
  readonly files: () => readonly AuthFile[];
  readonly askHelper: typeof askCredentialHelper;
  readonly listHelper: typeof listCredentialHelper;
}

/** What `docker login`, `podman login` and credential helpers have left. */
export interface DockerCredentials {
  readonly provide: CredentialProvider;
  discover(signal: AbortSignal, options?: { readonly askHelpers?: boolean }): Promise<readonly DiscoveredLogin[]>;
}

/** Files are read anew each time: whoever logs in in a terminal expects it to count at once. Nothing is kept or copied. */
export function createDockerCredentials(
  log: Log,
  options: DockerCredentialsOptions = {
    files: authFiles,
    askHelper: askCredentialHelper,
    listHelper: listCredentialHelper,
  },
): DockerCredentials {
  return {
    provide: async (target) => {
      const candidates: CandidateSource[] = [];
      for (const { file, config } of await readAll()) {
        for (const source of authSources(config, target)) {
          const candidate = candidateOf(file, source);
          // Podman and docker may name the same helper.
          if (!candidates.some(({ id }) => id === candidate.id)) candidates.push(candidate);
        }
      }
      return candidates;
    },

    discover: async (signal, { askHelpers = false } = {}) => {
      const found = new Map<string, DiscoveredLogin>();
      const add = (login: DiscoveredLogin): void => {
        const key = login.registry + login.path;
        if (!found.has(key)) found.set(key, login);
      };
      for (const { file, config } of await readAll(signal)) {
        for (const { helper, ...registry } of configuredRegistries(config)) {
          const program = helper === undefined ? {} : { helper: programOf(helper) };
          add({ ...registry, ...program, owner: file.owner, detail: file.path });
        }
        if (!askHelpers || config.credsStore === undefined) continue;
        const helper = config.credsStore;
        for (const [key, account] of Object.entries(await listOrWarn(helper, signal))) {
          const registry = registryOfKey(key);
          if (registry !== undefined)
            add({ registry, path: '', owner: file.owner, detail: programOf(helper), ...(account && { account }) });
        }
      }
      return [...found.values()];
    },
  };

  async function readAll(
    signal?: AbortSignal,
  ): Promise<readonly { readonly file: AuthFile; readonly config: AuthConfig }[]> {
    const configs = await Promise.all(
      options.files().map(async (file) => ({ file, config: await readConfig(file, log, signal) })),
    );
    return configs.flatMap(({ file, config }) => (config === undefined ? [] : [{ file, config }]));
  }

  function candidateOf({ path, owner }: AuthFile, source: AuthSource): CandidateSource {
    if (source.kind === 'helper') {
      const { name, serverKey } = source;
      return {
        id: `helper:${name}:${serverKey}`,
        kind: 'helper',
        label: programOf(name),
        detail: path,
        get: async (signal) => {
          const credential = await options.askHelper(name, serverKey, signal);
          return credential && { credential };
        },
      };
    }
    const kind = owner === 'docker' ? 'docker-config' : 'containers-auth';
    const { credential } = source;
    return { id: `${kind}:${path}`, kind, label: basename(path), detail: path, get: async () => ({ credential }) };
  }

  /** Most helpers can only `get`. */
  async function listOrWarn(name: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    try {
      return await options.listHelper(name, signal);
    } catch (error) {
      if (!isRegistryError(error, 'storage')) throw error;
      log.warn(error.message);
      return {};
    }
  }
}

function programOf(helper: string): string {
  return `docker-credential-${helper}`;
}

async function readConfig(file: AuthFile, log: Log, signal?: AbortSignal): Promise<AuthConfig | undefined> {
  const { path, text, isOldFormat } = file;
  try {
    const content = text ?? (await readFile(path, { encoding: 'utf8', ...(signal && { signal }) }));
    if (isOldFormat === true) return parseOldDockerConfig(content);
    const config = parseAuthConfig(content);
    // Docker takes nothing but logins from its variable.
    return text === undefined ? config : { auths: config.auths, credsStore: undefined, credHelpers: {} };
  } catch (error) {
    if (signal?.aborted) throw cancelled(signal);
    const { code } = error as NodeJS.ErrnoException;
    // Parts of a broken file are in the message of a parser, and may be secrets.
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      log.warn(
        `${path} cannot be read${code === undefined ? ': it is not as docker or podman write it' : ` (${code})`}. Its logins are not used.`,
      );
    return undefined;
  }
}
