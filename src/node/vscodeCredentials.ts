import type { CandidateSource, CredentialProvider, ProvidedLogin } from './credentialProvider.ts';

export type SessionProviderId = 'github' | 'microsoft';

/** Accounts that VS Code is signed in to. */
export interface AuthenticationSessions {
  /**
   * The session with these scopes that the user has granted to Gantry. Without `createIfNone` nobody is asked and
   * `undefined` stands for none; with it the user may sign in, or refuse: `undefined` too.
   */
  get(
    providerId: SessionProviderId,
    scopes: readonly string[],
    options: { readonly createIfNone: boolean },
  ): Promise<{ readonly accessToken: string; readonly account: string } | undefined>;
}

interface SessionKind extends Pick<CandidateSource, 'id' | 'kind' | 'label' | 'detail'> {
  readonly hosts: RegExp;
  readonly providerId: SessionProviderId;
  readonly scopes: readonly string[];
  loginOf(session: { readonly accessToken: string; readonly account: string }): ProvidedLogin;
}

const kinds: readonly SessionKind[] = [
  {
    id: 'vscode-github',
    kind: 'vscode-github',
    label: 'GitHub',
    detail: 'VS Code',
    hosts: /^ghcr\.io$/,
    providerId: 'github',
    // https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry
    scopes: ['read:packages'],
    loginOf: ({ account, accessToken }) => ({
      credential: { kind: 'password', username: account, password: accessToken },
    }),
  },
  {
    id: 'vscode-microsoft',
    kind: 'vscode-microsoft',
    label: 'Microsoft',
    detail: 'VS Code',
    // The other clouds of Azure have another provider of sessions.
    hosts: /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.azurecr\.io$/,
    providerId: 'microsoft',
    // Registries take tokens for Azure's management, unless their policy azureADAuthenticationAsArmPolicy is off.
    // https://learn.microsoft.com/en-us/azure/container-registry/container-registry-disable-authentication-as-arm
    scopes: ['https://management.azure.com/.default'],
    loginOf: ({ account, accessToken }) => ({ credential: { kind: 'microsoft', token: accessToken }, account }),
  },
];

/** VS Code's own sessions, for exactly the registries that take them, and only encrypted. */
export function createSessionProvider(sessions: AuthenticationSessions): CredentialProvider {
  return async ({ registry, isEncrypted }) =>
    kinds
      .filter(({ hosts }) => isEncrypted && hosts.test(registry))
      .map(({ id, kind, label, detail, providerId, scopes, loginOf }) => ({
        id,
        kind,
        label,
        detail,
        canSignIn: true,
        get: async (_signal, { isInteractive }) => {
          const session = await sessions.get(providerId, scopes, { createIfNone: isInteractive });
          return session && loginOf(session);
        },
      }));
}
