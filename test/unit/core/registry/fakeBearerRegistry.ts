import type { HttpRequest, HttpResponse } from '../../../../src/core/ports.ts';
import { type FakeSend, fakeResponse, fakeSend, jsonResponse } from './fakeHttp.ts';

export interface FakeBearerRegistry extends FakeSend {
  readonly url: URL;
  readonly tokenRequests: readonly HttpRequest[];
  readonly registryRequests: readonly HttpRequest[];
  /** Makes every token invalid that was issued so far. */
  revoke(): void;
}

export interface FakeBearerOptions {
  readonly realm?: string;
  readonly service?: string;
  /** Of the challenge; by default what the request's path says. */
  readonly scope?: string;
  /** Paths of the token server; the realm's own unless told. */
  readonly tokenPaths?: readonly string[];
  /** What the token server answers, instead of a token. */
  readonly tokenAnswer?: (request: HttpRequest, token: string) => HttpResponse | Promise<HttpResponse>;
  /** Takes no token at all. */
  readonly refusesAll?: boolean;
}

export const registryUrl = new URL('https://registry.example');

/** A registry that wants tokens, and their server at its `realm`: on the registry's own origin unless told. */
export function fakeBearerRegistry(options: FakeBearerOptions = {}): FakeBearerRegistry {
  const { realm = 'https://registry.example/token', service = 'registry', refusesAll = false } = options;
  const realmUrl = new URL(realm);
  const { tokenPaths = [realmUrl.pathname] } = options;
  const tokenRequests: HttpRequest[] = [];
  const registryRequests: HttpRequest[] = [];
  const valid = new Set<string>();
  let issued = 0;

  const wire = fakeSend((request) => {
    if (request.url.origin === realmUrl.origin && tokenPaths.includes(request.url.pathname)) {
      tokenRequests.push(request);
      const token = `token-${++issued}`;
      valid.add(token);
      return options.tokenAnswer?.(request, token) ?? jsonResponse({ token, expires_in: 300 });
    }
    registryRequests.push(request);
    const [, token = ''] = /^Bearer (.*)$/.exec(request.headers['authorization'] ?? '') ?? [];
    if (valid.has(token) && !refusesAll) return fakeResponse({ body: 'content' });
    const scope = options.scope ?? (request.url.pathname === '/v2/' ? '' : 'repository:a:pull');
    const parameters = { realm, ...(service !== '' && { service }), ...(scope !== '' && { scope }) };
    const challenge = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
    return fakeResponse({
      status: 401,
      headers: { 'www-authenticate': `Bearer ${challenge.join(',')}` },
      body: 'who?',
    });
  });

  return { ...wire, url: registryUrl, tokenRequests, registryRequests, revoke: () => valid.clear() };
}
