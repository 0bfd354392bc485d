import type { CloudCredential, Credential, CredentialSource } from '../core/credential.ts';
import type { CredentialTarget } from '../core/ports.ts';

/** A place that may have a login for a registry. Nothing is asked for before {@link CandidateSource.get}. */
export interface CandidateSource extends Omit<CredentialSource, 'account' | 'expiresAt' | 'problem'> {
  /** `undefined` when it has none. Errors: `storage` when it cannot be used, `cancelled`. */
  get(signal: AbortSignal, options: { readonly isInteractive: boolean }): Promise<ProvidedLogin | undefined>;
  /** Whether people can sign in through it, so that it is offered without a login too. */
  readonly canSignIn?: true;
}

export interface ProvidedLogin {
  readonly credential: Credential | CloudCredential;
  /** Where the credential itself does not tell. */
  readonly account?: string;
}

/** What a part of the machine has for a registry, best first. */
export type CredentialProvider = (target: CredentialTarget) => Promise<readonly CandidateSource[]>;
