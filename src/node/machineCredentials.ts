import { readFile } from 'node:fs/promises';
import type { Credential } from '../core/credential.ts';
import { type AuthConfig, authSources, parseAuthConfig } from '../core/credentials/authConfig.ts';
import { isRegistryError } from '../core/errors.ts';
import type { Log, MachineCredentials } from '../core/ports.ts';
import { type AuthFile, authFiles } from './authFiles.ts';
import { askCredentialHelper } from './credentialHelper.ts';

/**
 * The logins that this machine has from `docker login`, `podman login` and credential helpers. Files are read anew each
 * time: whoever logs in in a terminal expects it to count at once. Nothing is kept or copied.
 */
export function createMachineCredentials(
  log: Log,
  options: { readonly files: () => readonly AuthFile[]; readonly askHelper: typeof askCredentialHelper } = {
    files: authFiles,
    askHelper: askCredentialHelper,
  },
): MachineCredentials {
  return {
    find: async (target, signal, { cloud } = {}) => {
      // The files of docker and podman hold logins to registries only.
      if (cloud !== undefined) return undefined;
      for (const file of options.files()) {
        const config = await readConfig(file, log);
        if (config === undefined) continue;
        for (const source of authSources(config, target)) {
          const credential =
            source.kind === 'credential' ? source.credential : await askOrWarn(source.name, source.serverKey, signal);
          if (credential === undefined) continue;
          log.info(
            `Using the login for ${target.registry} of ${file.path}${source.kind === 'helper' ? `, from the helper "${source.name}"` : ''}.`,
          );
          return credential;
        }
      }
      return undefined;
    },
  };

  /** A helper that does not work must not keep public images from being read. */
  async function askOrWarn(name: string, serverKey: string, signal: AbortSignal): Promise<Credential | undefined> {
    try {
      return await options.askHelper(name, serverKey, signal);
    } catch (error) {
      if (!isRegistryError(error, 'storage')) throw error;
      log.warn(error.message);
      return undefined;
    }
  }
}

async function readConfig({ path }: AuthFile, log: Log): Promise<AuthConfig | undefined> {
  try {
    return parseAuthConfig(await readFile(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Parts of a broken file are in the message of a parser, and may be secrets.
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      log.warn(
        `${path} cannot be read${code === undefined ? ': it is not as docker or podman write it' : ` (${code})`}. Its logins are not used.`,
      );
    return undefined;
  }
}
