import { basicAuthorization, type FindCredential } from '../credential.ts';
import { isRegistryError } from '../errors.ts';
import type { HttpRequest, HttpResponse, Middleware, Send } from '../ports.ts';
import { buffered } from './body.ts';
import { parseChallenges } from './challenge.ts';
import type { ChallengeMemory, KnownChallenge } from './challengeMemory.ts';
import { HeldCredential } from './heldCredential.ts';
import { limits } from './limits.ts';
import { parseRealm } from './realm.ts';
import { TokenCache, type TokenServer } from './tokens.ts';

export interface AuthorizeOptions {
  /** Only requests to its origin are authorized. */
  readonly registry: URL;
  readonly findCredential: FindCredential;
  readonly now: () => number;
  /** Without one, each session learns anew what the registry asks for. */
  readonly memory?: ChallengeMemory;
}

/** How the registry wants to be asked. */
type Scheme = { readonly kind: 'basic' } | { readonly kind: 'bearer'; readonly server: TokenServer };

interface Attempt {
  readonly authorization: string | undefined;
  /** Of the token in use. */
  readonly token?: { readonly value: string; readonly scopes: readonly string[] };
}

/**
 * Answers a 401 once, with what the challenge asks for, and from then on authorizes requests at once. Nothing is sent
 * before a challenge; nothing ever goes to another origin than the registry's own or its token server's.
 */
export function authorize(options: AuthorizeOptions): Middleware {
  const credential = new HeldCredential(options.findCredential, options.now);
  const tokens = new TokenCache({ ...options, findCredential: credential.get });
  /** The scopes that a registry's challenge has once added to those of an operation. */
  const widenedScopes = new Map<string, readonly string[]>();
  let scheme: Scheme | undefined = remembered();
  /** Whether the scheme is what the registry asked for in an earlier session, and may be out of date. */
  let isRemembered = scheme !== undefined;

  return (next) => async (request, signal) => {
    if (request.url.origin !== options.registry.origin) return next(request, signal);

    const ownScopes = request.scopes ?? [];
    const first = await firstAttempt(widenedScopes.get(ownScopes.join(' ')) ?? ownScopes, next, signal);
    const answer = await next(withAuthorization(request, first.authorization), signal);
    if (answer.status !== 401) return answer;

    // Read now: until its body has ended it holds a place that the token request may be waiting for.
    const response = await buffered(answer, limits.smallBody, options.registry.host);
    const challenged = readChallenge(response, options.registry);
    if (challenged === undefined) return response;
    if (first.token !== undefined) tokens.drop(first.token.scopes, first.token.value);
    // The same password again would only count as another failed login.
    if (challenged.scheme.kind === 'basic' && first.authorization?.startsWith('Basic ')) {
      credential.forget();
      return response;
    }

    scheme = challenged.scheme;
    isRemembered = false;
    options.memory?.set(challenged.known);
    const scopes = [...new Set([...challenged.scopes, ...ownScopes])];
    widenedScopes.set(ownScopes.join(' '), scopes);
    const second = await attempt(scheme, scopes, next, signal);
    if (second.authorization === undefined) return response;
    return next(withAuthorization(request, second.authorization), signal);
  };

  /** What was remembered must not keep a registry from being read that asks for something else by now. */
  async function firstAttempt(scopes: readonly string[], send: Send, signal: AbortSignal): Promise<Attempt> {
    try {
      return await attempt(scheme, scopes, send, signal);
    } catch (error) {
      if (!isRemembered || isRegistryError(error, 'cancelled')) throw error;
      scheme = undefined;
      isRemembered = false;
      options.memory?.set(undefined);
      return { authorization: undefined };
    }
  }

  function remembered(): Scheme | undefined {
    const known = options.memory?.get();
    if (known?.kind !== 'bearer') return known;
    try {
      return { kind: 'bearer', server: { ...parseRealm(known.realm, options.registry), service: known.service } };
    } catch {
      return undefined;
    }
  }

  async function attempt(
    known: Scheme | undefined,
    scopes: readonly string[],
    send: Send,
    signal: AbortSignal,
  ): Promise<Attempt> {
    if (known === undefined) return { authorization: undefined };
    if (known.kind === 'basic') {
      const held = await credential.get(signal);
      return { authorization: held && basicAuthorization(held) };
    }
    const held = await credential.get(signal);
    // Without a token server: it was made for this registry, and its scopes are its own.
    if (held?.kind === 'registry-token') return { authorization: `Bearer ${held.token}` };
    try {
      const value = await tokens.get(known.server, scopes, send, signal);
      return { authorization: `Bearer ${value}`, token: { value, scopes } };
    } catch (error) {
      if (isRegistryError(error, 'unauthorized', 'denied')) credential.forget();
      throw error;
    }
  }
}

interface ReadChallenge {
  readonly scheme: Scheme;
  readonly scopes: readonly string[];
  readonly known: KnownChallenge;
}

/** Bearer before Basic; schemes that Gantry does not speak are passed over. */
function readChallenge(response: HttpResponse, registry: URL): ReadChallenge | undefined {
  const challenges = parseChallenges(response.headers.all('www-authenticate'));
  const parameters = challenges.find((challenge) => challenge.scheme === 'bearer')?.parameters;
  if (parameters !== undefined) {
    const realm = parseRealm(parameters.get('realm'), registry);
    const service = parameters.get('service');
    return {
      scheme: { kind: 'bearer', server: { ...realm, service } },
      scopes:
        parameters
          .get('scope')
          ?.split(/\s+/)
          .filter((scope) => scope !== '') ?? [],
      known: { kind: 'bearer', realm: realm.url.href, service },
    };
  }
  const hasBasic = challenges.some((challenge) => challenge.scheme === 'basic');
  return hasBasic ? { scheme: { kind: 'basic' }, scopes: [], known: { kind: 'basic' } } : undefined;
}

function withAuthorization(request: HttpRequest, authorization: string | undefined): HttpRequest {
  return authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } };
}
