import { RegistryError } from '../errors.ts';
import type { HttpResponse, Send } from '../ports.ts';
import { SharedWork } from '../sharedWork.ts';
import { buffered } from './body.ts';
import { parseChallenges } from './challenge.ts';
import type { ChallengeMemory } from './challengeMemory.ts';
import { limits } from './limits.ts';
import { parseRealm, type Realm } from './realm.ts';
import { responseError } from './responseError.ts';

export interface NamedRealmOptions {
  readonly registry: URL;
  /** Without a login, which is what makes a registry name its token server. */
  readonly send: Send;
  readonly trustedRealms: readonly string[];
  readonly memory: ChallengeMemory | undefined;
}

/**
 * The token server that a registry names, as it is remembered, else asked for once.
 *
 * Errors: those of any request and of {@link parseRealm}; `protocol` when the registry names none.
 */
export function namedRealm(options: NamedRealmOptions): (signal: AbortSignal) => Promise<Realm> {
  const { registry, send, trustedRealms, memory } = options;
  const asking = new SharedWork<Realm>();
  let known: Realm | undefined;

  async function ask(signal: AbortSignal): Promise<Realm> {
    const url = new URL('/v2/', registry);
    const answer = await send({ method: 'GET', url, headers: { accept: 'application/json' } }, signal);
    const response = await buffered(answer, limits.smallBody, registry.host);
    const realm = realmIn(response);
    if (realm !== undefined) return parseRealm(realm, registry, trustedRealms);
    const { host } = registry;
    if (response.status !== 200) throw await responseError(response, { host, what: 'its token server' });
    throw new RegistryError(
      'protocol',
      `${host} names no token server, by which its API would be found. Choose another kind for this registry.`,
      { host },
    );
  }

  return async (signal) => {
    const remembered = memory?.get();
    if (remembered?.kind === 'bearer') return parseRealm(remembered.realm, registry, trustedRealms);
    known ??= await asking.run('', signal, ask);
    return known;
  };
}

function realmIn(response: HttpResponse): string | undefined {
  const challenges = parseChallenges(response.headers.all('www-authenticate'));
  return challenges.find(({ scheme }) => scheme === 'bearer')?.parameters.get('realm');
}
