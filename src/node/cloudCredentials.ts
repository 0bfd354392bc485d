import { isGoogleHost } from '../core/apiAuth/cloudHosts.ts';
import { parseEcrHost } from '../core/apiAuth/ecrHosts.ts';
import type { CredentialSource, CredentialSourceKind } from '../core/credential.ts';
import { cancelled } from '../core/errors.ts';
import type { OpenTransport } from '../core/ports.ts';
import type { CredentialProvider, ProvidedLogin } from './credentialProvider.ts';

/** Looks the machine's login to a cloud up, in the cloud's own order. `undefined` when there is none. Errors: `storage`. */
export type CloudLogin = () => Promise<ProvidedLogin | undefined>;

export interface CloudLogins {
  readonly aws: CloudLogin;
  readonly google: CloudLogin;
}

/** Milliseconds. The chains of the clouds may ask a service of the machine's own cloud at their end. */
const deadline = 20_000;

/** Each in a bundle of its own: most people have no registry of a cloud. */
export function lazyCloudLogins(openTransport: OpenTransport): CloudLogins {
  let aws: Promise<CloudLogin> | undefined;
  let google: Promise<CloudLogin> | undefined;
  return {
    aws: async () => {
      aws ??= import('./awsLogin.ts').then(({ createAwsLogin }) => createAwsLogin(openTransport));
      return (await aws)();
    },
    google: async () => {
      google ??= import('./googleLogin.ts').then(({ createGoogleLogin }) => createGoogleLogin(openTransport));
      return (await google)();
    },
  };
}

/** The logins of AWS and Google Cloud, for exactly their own registries, and only encrypted. */
export function createCloudProvider(logins: CloudLogins): CredentialProvider {
  return async ({ registry, isEncrypted }) => {
    if (!isEncrypted) return [];
    if (parseEcrHost(registry) !== undefined) {
      return [candidate('aws', 'AWS', `profile ${process.env['AWS_PROFILE'] || 'default'}`, logins.aws)];
    }
    return isGoogleHost(registry)
      ? [candidate('google', 'Google Cloud', 'application default credentials', logins.google)]
      : [];
  };

  function candidate(kind: CredentialSourceKind, label: string, detail: string, login: CloudLogin) {
    const source: Pick<CredentialSource, 'id' | 'kind' | 'label' | 'detail'> = { id: kind, kind, label, detail };
    return { ...source, get: (signal: AbortSignal) => within(signal, login()) };
  }
}

/** The libraries of the clouds cannot be cancelled: what they find later is lost. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
  let leave: (() => void) | undefined;
  const left = new Promise<undefined>((resolve, reject) => {
    leave = () => (signal.aborted ? reject(cancelled(signal)) : resolve(undefined));
    if (stop.aborted) leave();
    else stop.addEventListener('abort', leave);
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    if (leave !== undefined) stop.removeEventListener('abort', leave);
    work.catch(() => {});
  }
}
