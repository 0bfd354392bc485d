import { type Access, parseScope } from './access.ts';
import { isLogin, type Users, userOf } from './auth.ts';
import { json, notFound, ociError, type RegistryRequest, type Reply, readBody } from './http.ts';
import type { TokenQuirks } from './tokenQuirks.ts';
import type { TokenIssuer } from './tokens.ts';

export interface TokenServerOptions {
  readonly users: Users;
  /** What a user, or nobody, may do of what was asked for. */
  readonly allow: (user: string | undefined, asked: Access) => readonly string[];
  /** Seconds. */
  readonly expiresIn: number;
  /** Some token servers know the GET form only and answer 404 to the other one. */
  readonly takesPost: boolean;
  readonly quirks?: TokenQuirks;
}

/**
 * Issues tokens, in the GET form and in the OAuth2 form.
 * https://distribution.github.io/distribution/spec/auth/token/ and …/auth/oauth/
 */
export function answerTokenRequest(
  request: RegistryRequest,
  tokens: TokenIssuer,
  options: TokenServerOptions,
): Reply | Promise<Reply> {
  if (request.server !== 'token') return notFound();
  const intercepted = options.quirks?.intercept?.(request);
  if (intercepted !== undefined) return intercepted;
  if (request.method === 'GET') return answerGet(request, tokens, options);
  return request.method === 'POST' && options.takesPost ? answerPost(request, tokens, options) : notFound();
}

function answerGet({ url, headers }: RegistryRequest, tokens: TokenIssuer, options: TokenServerOptions): Reply {
  const user = userOf(headers.authorization, options.users);
  if (headers.authorization !== undefined && user === undefined) return refusal();
  const scopes = url.searchParams.getAll('scope');
  return grant({ user, scopes, isOffline: url.searchParams.get('offline_token') === 'true' }, tokens, options);
}

async function answerPost(request: RegistryRequest, tokens: TokenIssuer, options: TokenServerOptions): Promise<Reply> {
  const form = new URLSearchParams((await readBody(request)).toString());
  if (!form.has('client_id') || !form.has('service')) return json(400, { error: 'invalid_request' });
  const user = userOfForm(form, tokens, options.users);
  if (user === undefined) return refusal();
  const isOffline = form.get('access_type') === 'offline';
  return grant({ user, scopes: form.getAll('scope'), isOffline }, tokens, options);
}

function userOfForm(form: URLSearchParams, tokens: TokenIssuer, users: Users): string | undefined {
  switch (form.get('grant_type')) {
    case 'password': {
      const user = form.get('username') ?? '';
      return isLogin(users, user, form.get('password') ?? '') ? user : undefined;
    }
    case 'refresh_token':
      return tokens.userOfRefreshToken(form.get('refresh_token') ?? '');
    default:
      return undefined;
  }
}

interface Grant {
  readonly user: string | undefined;
  readonly scopes: readonly string[];
  readonly isOffline: boolean;
}

/** The token holds what was asked for and is allowed, which may be nothing. */
function grant(
  { user, scopes, isOffline }: Grant,
  tokens: TokenIssuer,
  { allow, expiresIn, quirks = {} }: TokenServerOptions,
): Reply {
  const asked = scopes.flatMap((scope) => scope.split(' ')).flatMap((scope) => parseScope(scope) ?? []);
  const access = asked.map((one) => ({ ...one, actions: allow(user, one) }));
  const token = tokens.issue(access, expiresIn);
  const reply = {
    token,
    access_token: token,
    expires_in: expiresIn,
    issued_at: new Date().toISOString(),
    refresh_token: isOffline && user !== undefined ? tokens.issueRefreshToken(user) : undefined,
  };
  const { reply: change = (usual) => usual, replyType = 'application/json' } = quirks;
  return json(200, change(reply), { 'Content-Type': replyType });
}

function refusal(): Reply {
  return ociError('UNAUTHORIZED', 'incorrect username or password', {
    'WWW-Authenticate': 'Basic realm="Sample token server"',
  });
}
