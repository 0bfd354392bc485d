import type { Credential, FindCredential } from '../credential.ts';
import type { Middleware } from '../ports.ts';
import { HeldCredential } from '../registry/heldCredential.ts';

/** Proves who asks in the header of each request to one origin; without a credential requests go out as they are. */
export function headerLogin(
  options: { readonly origin: string; readonly findCredential: FindCredential; readonly now: () => number },
  authorizationOf: (credential: Credential) => string | undefined,
): Middleware {
  const held = new HeldCredential(options.findCredential, options.now);
  return (next) => async (request, signal) => {
    if (request.url.origin !== options.origin) return next(request, signal);
    const credential = await held.get(signal);
    const authorization = credential && authorizationOf(credential);
    if (authorization === undefined) return next(request, signal);
    const response = await next({ ...request, headers: { ...request.headers, authorization } }, signal);
    // The user may log in anew; the same login again would only count as another failed one.
    if (response.status === 401) held.forget();
    return response;
  };
}
