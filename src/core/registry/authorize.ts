import { basicAuthorization, type FindCredential } from '../credential.ts';
import { isRegistryError } from '../errors.ts';
import type { HttpRequest, HttpResponse, Middleware, Send } from '../ports.ts';
import { buffered } from './body.ts';
import { parseChallenges } from './challenge.ts';
import { HeldCredential } from './heldCredential.ts';
import { limits } from './limits.ts';
import { parseRealm } from './realm.ts';
import { TokenCache, type TokenServer } from './tokens.ts';

export interface AuthorizeOptions {
  /** Only requests to its origin are authorized. */
  readonly registry: URL;
  readonly findCredential: FindCredential;
  readonly now: () => number;
}

/** How the registry wants to be asked, once it has said so. */
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
  let scheme: Scheme | undefined;

  return (next) => async (request, signal) => {
    if (request.url.origin !== options.registry.origin) return next(request, signal);

    const ownScopes = request.scopes ?? [];
    const first = await attempt(scheme, widenedScopes.get(ownScopes.join(' ')) ?? ownScopes, next, signal);
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
    const scopes = [...new Set([...challenged.scopes, ...ownScopes])];
    widenedScopes.set(ownScopes.join(' '), scopes);
    const second = await attempt(scheme, scopes, next, signal);
    if (second.authorization === undefined) return response;
    return next(withAuthorization(request, second.authorization), signal);
  };

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

/** Bearer before Basic; schemes that Gantry does not speak are passed over. */
function readChallenge(
  response: HttpResponse,
  registry: URL,
): { readonly scheme: Scheme; readonly scopes: readonly string[] } | undefined {
  const challenges = parseChallenges(response.headers.all('www-authenticate'));
  const bearer = challenges.find((challenge) => challenge.scheme === 'bearer');
  if (bearer !== undefined) {
    const server = {
      ...parseRealm(bearer.parameters.get('realm'), registry),
      service: bearer.parameters.get('service'),
    };
    const scopes =
      bearer.parameters
        .get('scope')
        ?.split(/\s+/)
        .filter((scope) => scope !== '') ?? [];
    return { scheme: { kind: 'bearer', server }, scopes };
  }
  const hasBasic = challenges.some((challenge) => challenge.scheme === 'basic');
  return hasBasic ? { scheme: { kind: 'basic' }, scopes: [] } : undefined;
}

function withAuthorization(request: HttpRequest, authorization: string | undefined): HttpRequest {
  return authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } };
}
