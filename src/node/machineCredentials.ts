import {
  accountOf,
  type CloudCredential,
  type CredentialSource,
  type CredentialSourceKind,
  type FoundCredential,
} from '../core/credential.ts';
import { credentialExpiry } from '../core/credentials/expiry.ts';
import { isRegistryError, RegistryError } from '../core/errors.ts';
import type { CredentialTarget, Log, MachineCredentials } from '../core/ports.ts';
import type { CandidateSource, CredentialProvider, ProvidedLogin } from './credentialProvider.ts';
import type { DockerCredentials } from './dockerCredentials.ts';

/** Which source has the login to a cloud. */
const cloudKinds: Readonly<Record<CloudCredential['kind'], CredentialSourceKind>> = {
  aws: 'aws',
  google: 'google',
  microsoft: 'vscode-microsoft',
};

/**
 * The logins that this machine has for other programs, in the order of the providers. Nothing is kept or copied.
 */
export function createMachineCredentials(
  log: Log,
  docker: DockerCredentials,
  otherProviders: readonly CredentialProvider[] = [],
): MachineCredentials {
  return {
    find: async (target, signal, { sourceId, isInteractive = false, cloud } = {}) => {
      const all = await candidatesFor(target);
      const candidates = cloud === undefined ? all : all.filter(({ kind }) => kind === cloudKinds[cloud]);
      if (sourceId !== undefined) return findIn(candidates, sourceId);
      for (const candidate of candidates) {
        const login = await askOrWarn(candidate);
        if (login === undefined) continue;
        log.info(`Using the login for ${target.registry} of ${candidate.label} (${candidate.detail}).`);
        return found(candidate, login);
      }
      return undefined;

      async function findIn(among: readonly CandidateSource[], id: string): Promise<FoundCredential> {
        const candidate = among.find((each) => each.id === id);
        const login = await candidate?.get(signal, { isInteractive });
        if (candidate !== undefined && login !== undefined) return found(candidate, login);
        throw new RegistryError(
          'unauthorized',
          `The login for ${target.registry} that was chosen (${candidate?.label ?? id}) is not there any more. Log in there again, or choose another login.`,
          { host: target.registry },
        );
      }

      /** A helper that does not work must not keep public images from being read. */
      async function askOrWarn(candidate: CandidateSource): Promise<ProvidedLogin | undefined> {
        try {
          return await candidate.get(signal, { isInteractive: false });
        } catch (error) {
          if (!isRegistryError(error) || error.code === 'cancelled') throw error;
          log.warn(error.message);
          return undefined;
        }
      }
    },

    list: async (target, signal) => {
      const candidates = await candidatesFor(target);
      const sources = await Promise.all(candidates.map((candidate) => describe(candidate, signal)));
      return sources.filter((source) => source !== undefined);
    },

    discover: (signal, options) => docker.discover(signal, options),
  };

  async function candidatesFor(target: CredentialTarget): Promise<readonly CandidateSource[]> {
    const provided = await Promise.all([docker.provide, ...otherProviders].map((provide) => provide(target)));
    return provided.flat();
  }
}

/** `undefined` for a source without a login, unless one can be had through it. */
async function describe(candidate: CandidateSource, signal: AbortSignal): Promise<CredentialSource | undefined> {
  try {
    const login = await candidate.get(signal, { isInteractive: false });
    if (login !== undefined) return found(candidate, login).source;
    return candidate.canSignIn === true ? { ...plain(candidate), needsSignIn: true } : undefined;
  } catch (error) {
    if (!isRegistryError(error) || error.code === 'cancelled') throw error;
    return { ...plain(candidate), problem: error.message };
  }
}

function found(
  candidate: CandidateSource,
  { credential, account = accountOf(credential) }: ProvidedLogin,
): FoundCredential {
  const expiresAt = credentialExpiry(credential);
  const source: CredentialSource = {
    ...plain(candidate),
    ...(account !== undefined && { account }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
  return { source, credential };
}

function plain({ id, kind, label, detail }: CandidateSource): CredentialSource {
  return { id, kind, label, detail };
}
