import { basicAuthorization, type FindCredential } from '../credential.ts';
import { isRegistryError } from '../errors.ts';
import type { HttpRequest, HttpResponse, Middleware, Send } from '../ports.ts';
import { buffered } from './body.ts';
import { parseChallenges } from './challenge.ts';
import type { ChallengeMemory, KnownChallenge } from './challengeMemory.ts';
import { HeldCredential } from './heldCredential.ts';
import { limits } from './limits.ts';
import { isOwnOrigin } from './ownOrigin.ts';
import { parseRealm } from './realm.ts';
import { mergeScopes, parseScopes } from './scopes.ts';
import type { TokenServer } from './tokenRequest.ts';
import { TokenCache } from './tokens.ts';

export interface AuthorizeOptions {
  /** Only requests to its origin get the credential. */
  readonly registry: URL;
  readonly findCredential: FindCredential;
  readonly now: () => number;
  /** Without one, each session learns anew what the registry asks for. */
  readonly memory?: ChallengeMemory;
  /** Origins of token servers that the user said belong to the registry. */
  readonly trustedRealms?: readonly string[];
  /** Around token requests, as a retry: they are not repeated with the requests that wait for them. */
  readonly aroundTokens?: Middleware;
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
 * before a challenge. The credential goes to the registry's own origin and to its token server; other origins that the
 * registry sends us to may get tokens of their own, for nobody.
 */
export function authorize(options: AuthorizeOptions): Middleware {
  const own = authorizeOrigin(options);
  return (next) => {
    const sendOwn = own(next);
    const foreign = new Map<string, Send>();
    return async (request, signal) => {
      const { origin, pathname } = request.url;
      if (isOwnOrigin(request.url, options.registry)) return sendOwn(request, signal);
      // Registries such as lscr.io send to another one.
      if (request.namedBy === undefined || !pathname.startsWith('/v2/')) return next(request, signal);
      if (foreign.size >= limits.foreignLogins && !foreign.has(origin)) foreign.clear();
      const { now, aroundTokens } = options;
      const anonymous = { registry: new URL(origin), findCredential: async () => undefined, now };
      const send =
        foreign.get(origin) ?? authorizeOrigin({ ...anonymous, ...(aroundTokens && { aroundTokens }) })(next);
      foreign.set(origin, send);
      return send(request, signal);
    };
  };
}

function authorizeOrigin(options: AuthorizeOptions): Middleware {
  const { registry, trustedRealms = [], aroundTokens = (next) => next } = options;
  const credential = new HeldCredential(options.findCredential, options.now);
  const tokens = new TokenCache({ ...options, credential });
  /** What challenges have added to the scopes of an operation. */
  const widenedScopes = new Map<string, readonly string[]>();
  let scheme: Scheme | undefined = remembered();
  /** Whether the scheme is what the registry asked for in an earlier session, and may be out of date. */
  let isRemembered = scheme !== undefined;

  return (next) => async (request, signal) => {
    const sendToken = aroundTokens(next);
    const key = (request.scopes ?? []).join(' ');
    const ownScopes = widenedScopes.get(key) ?? request.scopes ?? [];
    const first = await firstAttempt(ownScopes, sendToken, signal);
    const answer = await next(withAuthorization(request, first.authorization), signal);
    if (answer.status !== 401) return answer;

    // Read now: until its body has ended it holds a place that others may be waiting for.
    const response = await buffered(answer, limits.smallBody, registry.host);
    if (first.token !== undefined) tokens.drop(first.token.scopes, first.token.value);
    const challenged = await challengeOf(response, request, first, next, signal);
    if (challenged === undefined) return response;
    // The same password again would only count as another failed login.
    if (challenged.scheme.kind === 'basic' && first.authorization?.startsWith('Basic ')) {
      credential.forget();
      return response;
    }

    scheme = challenged.scheme;
    isRemembered = false;
    if (request.url.origin === registry.origin) options.memory?.set(challenged.known);
    const scopes = mergeScopes(challenged.scopes, ownScopes);
    widen(key, scopes);
    const second = await attempt(scheme, scopes, sendToken, signal);
    if (second.authorization === undefined || second.authorization === first.authorization) return response;
    return next(withAuthorization(request, second.authorization), signal);
  };

  /** What was remembered must not keep a registry from being read that asks for something else by now. */
  async function firstAttempt(scopes: readonly string[], sendToken: Send, signal: AbortSignal): Promise<Attempt> {
    try {
      return await attempt(scheme, scopes, sendToken, signal);
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
      return {
        kind: 'bearer',
        server: { ...parseRealm(known.realm, registry, trustedRealms), service: known.service },
      };
    } catch {
      return undefined;
    }
  }

  function widen(key: string, scopes: readonly string[]): void {
    if (widenedScopes.size >= limits.tokens) widenedScopes.clear();
    widenedScopes.set(key, scopes);
  }

  async function attempt(
    known: Scheme | undefined,
    scopes: readonly string[],
    sendToken: Send,
    signal: AbortSignal,
  ): Promise<Attempt> {
    if (known === undefined) return { authorization: undefined };
    const held = await credential.get(signal);
    if (known.kind === 'basic') return { authorization: held && basicAuthorization(held) };
    // Without a token server: it was made for this registry, and its scopes are its own.
    if (held?.kind === 'registry-token') return { authorization: `Bearer ${held.token}` };
    const value = await tokens.get(known.server, scopes, sendToken, signal);
    return { authorization: `Bearer ${value}`, token: { value, scopes } };
  }

  /**
   * What a 401 asks for. Two kinds of registries are asked anew, at `/v2/` and without a token: those whose 401 asks for
   * nothing, as gcr.io's, and those that name another token server for a token that has ended than for none, as nvcr.io.
   */
  async function challengeOf(
    response: HttpResponse,
    request: HttpRequest,
    { token, authorization }: Attempt,
    send: Send,
    signal: AbortSignal,
  ): Promise<ReadChallenge | undefined> {
    const base = new URL(request.url.origin);
    const isBare = response.headers.all('www-authenticate').length === 0;
    const isFirstContact = authorization === undefined && request.url.pathname === '/v2/';
    if (isBare ? isFirstContact : token === undefined) return readChallenge(response, base, trustedRealms);
    if (!isBare && namesServer(response, base)) return readChallenge(response, base, trustedRealms);
    const answer = await send(
      { method: 'GET', url: new URL('/v2/', base), headers: { accept: 'application/json' } },
      signal,
    );
    const ping = await buffered(answer, limits.smallBody, registry.host);
    const pinged = ping.status === 401 ? readChallenge(ping, base, trustedRealms) : undefined;
    if (pinged === undefined) return readChallenge(response, base, trustedRealms);
    // The scopes are those of `/v2/`, where GHCR names a placeholder.
    return { ...pinged, scopes: parseScopes(bearerParameters(response)?.get('scope')) };
  }

  /** Whether an answer names the token server that is in use, or none. */
  function namesServer(response: HttpResponse, base: URL): boolean {
    const realm = bearerParameters(response)?.get('realm');
    if (realm === undefined || scheme?.kind !== 'bearer' || !URL.canParse(realm, base.href)) return true;
    return new URL(realm, base).href === scheme.server.url.href;
  }
}

interface ReadChallenge {
  readonly scheme: Scheme;
  readonly scopes: readonly string[];
  readonly known: KnownChallenge;
}

/** Bearer before Basic; schemes that Gantry does not speak are passed over. */
function readChallenge(
  response: HttpResponse,
  registry: URL,
  trustedRealms: readonly string[],
): ReadChallenge | undefined {
  const parameters = bearerParameters(response);
  if (parameters !== undefined) {
    const realm = parseRealm(parameters.get('realm'), registry, trustedRealms);
    const service = parameters.get('service') || undefined;
    return {
      scheme: { kind: 'bearer', server: { ...realm, service } },
      scopes: parseScopes(parameters.get('scope')),
      known: { kind: 'bearer', realm: realm.url.href, service },
    };
  }
  const challenges = parseChallenges(response.headers.all('www-authenticate'));
  const hasBasic = challenges.some((challenge) => challenge.scheme === 'basic');
  return hasBasic ? { scheme: { kind: 'basic' }, scopes: [], known: { kind: 'basic' } } : undefined;
}

function bearerParameters(response: HttpResponse): ReadonlyMap<string, string> | undefined {
  const challenges = parseChallenges(response.headers.all('www-authenticate'));
  return challenges.find(({ scheme }) => scheme === 'bearer')?.parameters;
}

function withAuthorization(request: HttpRequest, authorization: string | undefined): HttpRequest {
  return authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } };
}
