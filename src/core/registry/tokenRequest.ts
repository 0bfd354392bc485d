import { basicAuthorization, type Credential } from '../credential.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import type { HttpRequest, HttpResponse, Send } from '../ports.ts';
import { limits } from './limits.ts';
import type { Realm } from './realm.ts';

/** What a Bearer challenge says about where tokens come from. */
export interface TokenServer extends Realm {
  /** Some registries name none; then none is sent. */
  readonly service: string | undefined;
}

/** A way of asking, and the statuses by which servers say that they know the other one only. */
export interface TokenForm {
  readonly method: 'GET' | 'POST';
  readonly refusals: readonly number[];
}

/** https://distribution.github.io/distribution/spec/auth/token/ */
const queryForm: TokenForm = { method: 'GET', refusals: [404, 405, 501] };
/** https://distribution.github.io/distribution/spec/auth/oauth/ */
const oauthForm: TokenForm = { method: 'POST', refusals: [404, 405, 501] };
/** Gitea, Artifactory and older ones of Google refuse identity tokens in the form that is made for them. */
const identityForm: TokenForm = { method: 'POST', refusals: [400, 401, 404, 405, 501] };

/** The forms for a credential, in the order in which to try them; `known` is the one that the server took before. */
export function tokenForms(credential: Credential | undefined, known: TokenForm | undefined): readonly TokenForm[] {
  if (credential?.kind === 'password') return known === oauthForm ? [oauthForm, queryForm] : [queryForm, oauthForm];
  if (credential?.kind !== 'identity-token') return [queryForm];
  return known === queryForm ? [queryForm, identityForm] : [identityForm, queryForm];
}

interface TokenQuestion {
  readonly server: TokenServer;
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
  readonly form: TokenForm;
}

/** Asks, and follows the server to other addresses of its own origin; `protocol` where it leads elsewhere. */
export async function sendTokenRequest(
  question: TokenQuestion,
  send: Send,
  signal: AbortSignal,
): Promise<HttpResponse> {
  let request = tokenRequest(question);
  for (let hops = 0; ; hops++) {
    const response = await sendOnce(request, send, signal);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 308 || location === undefined) return response;
    response.discard();
    const url = URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined;
    const isSafe = url !== undefined && url.origin === request.url.origin && url.username === '' && url.password === '';
    const keepsMethod = request.method === 'GET' || response.status >= 307;
    if (!isSafe || !keepsMethod || hops === limits.redirects) throw ledAway(request.url, url);
    request = { ...request, url };
  }
}

/** Broken connections have been tried again here, so that whoever waits for the token need not. */
async function sendOnce(request: HttpRequest, send: Send, signal: AbortSignal): Promise<HttpResponse> {
  try {
    return await send(request, signal);
  } catch (error) {
    if (!isRegistryError(error) || !error.isPassing || request.method !== 'GET') throw error;
    const { code, message, host, status } = error;
    throw new RegistryError(code, message, {
      cause: error,
      ...(host !== undefined && { host }),
      ...(status !== undefined && { status }),
    });
  }
}

function tokenRequest({ server, scopes, credential, form }: TokenQuestion): HttpRequest {
  const { url, service, namedBy } = server;
  const common = { isTokenRequest: true, ...(namedBy !== undefined && { namedBy }) };
  const accept = { accept: 'application/json' };
  if (form.method === 'POST' && credential !== undefined) {
    const body = new URLSearchParams({ ...grant(credential), client_id: 'gantry' });
    if (service !== undefined) body.set('service', service);
    if (scopes.length > 0) body.set('scope', scopes.join(' '));
    const headers = { ...accept, 'content-type': 'application/x-www-form-urlencoded' };
    return { ...common, method: 'POST', url, headers, body: new TextEncoder().encode(body.toString()) };
  }
  const asked = new URL(url);
  if (service !== undefined) asked.searchParams.set('service', service);
  for (const scope of scopes) asked.searchParams.append('scope', scope);
  const authorization = credential && basicAuthorization(asPassword(credential));
  return {
    ...common,
    method: 'GET',
    url: asked,
    headers: { ...accept, ...(authorization !== undefined && { authorization }) },
  };
}

function grant(credential: Credential): Record<string, string> {
  if (credential.kind === 'password') {
    const { username, password } = credential;
    return { grant_type: 'password', username, password };
  }
  return { grant_type: 'refresh_token', refresh_token: credential.token };
}

/** An identity token has no user; `<token>` is the name by which Docker's helpers know it. */
function asPassword(credential: Credential): Credential {
  if (credential.kind !== 'identity-token') return credential;
  return { kind: 'password', username: '<token>', password: credential.token };
}

function ledAway(from: URL, to: URL | undefined): RegistryError {
  const target = to === undefined ? 'what is no address' : to.origin === from.origin ? 'and fro' : to.origin;
  return new RegistryError(
    'protocol',
    `${from.host} redirects the login to ${target}, which Gantry does not follow: it may not belong to it. Tell the registry's operator.`,
    { host: from.host },
  );
}
