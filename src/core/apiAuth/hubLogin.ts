import type { FindCredential } from '../credential.ts';
import type { HttpRequest, Middleware } from '../ports.ts';
import { buffered } from '../registry/body.ts';
import { HubTokens, hubOrigin } from '../registry/hubTokens.ts';
import { limits } from '../registry/limits.ts';

/** The one registry whose credential is Docker Hub's. A mirror has logins of its own, which are not for Docker Hub. */
const hubRegistryOrigin = 'https://registry-1.docker.io';

export interface HubLoginOptions {
  /** Of the connection that the credential belongs to. */
  readonly registry: URL;
  readonly findCredential: FindCredential;
  readonly now: () => number;
}

/**
 * Logs in to Docker Hub's own API, whose tokens are not those of its registry. Without a credential requests go out as
 * they are, and those to other origins always do.
 */
export function hubLogin(options: HubLoginOptions): Middleware {
  const tokens = new HubTokens(options);
  return (next) => async (request, signal) => {
    const isForHub = request.url.origin === hubOrigin && options.registry.origin === hubRegistryOrigin;
    if (!isForHub) return next(request, signal);
    const token = await tokens.get(next, signal);
    const answer = await next(withToken(request, token), signal);
    if (answer.status !== 401 || token === undefined) return answer;

    // Read now: until its body has ended it holds a place that the login may be waiting for.
    const response = await buffered(answer, limits.smallBody, request.url.host);
    tokens.drop(token);
    const renewed = await tokens.get(next, signal);
    return renewed === undefined ? response : next(withToken(request, renewed), signal);
  };
}

function withToken(request: HttpRequest, token: string | undefined): HttpRequest {
  if (token === undefined) return request;
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}
