import { isRegistryError } from '../errors.ts';
import type { HttpRequest, HttpResponse, Middleware, Sleep } from '../ports.ts';
import { buffered } from './body.ts';
import { limits } from './limits.ts';
import { retryAfterSeconds } from './rateLimit.ts';

/** Answers that another try may change. */
export const passingStatuses: readonly number[] = [408, 429, 500, 502, 503, 504];

/** Milliseconds before the second attempt; doubled for each one after it, with jitter so that clients spread out. */
const firstDelay = 250;

export interface WaitOptions {
  readonly sleep: Sleep;
  readonly now: () => number;
}

/**
 * Repeats what failed for a passing reason and may be sent twice: reads, and writes that say so of themselves. A
 * connection that broke is tried again at once, since an idle one may have been closed meanwhile; after that, and after
 * an answer, it waits: as long as the registry asks for, else longer each time.
 */
export function retry({ sleep, now }: WaitOptions): Middleware {
  return (next) => async (request, signal) => {
    let isFirstBreak = true;
    /** Seconds that the registry has asked for. */
    let asked = 0;
    for (let attempt = 1; ; attempt++) {
      const isLast = !isRepeatable(request) || attempt >= limits.attempts;
      let delay: number | undefined;
      try {
        const response = await next(request, signal);
        if (!passingStatuses.includes(response.status)) return await complete(request, response);
        const wait = retryAfterSeconds((name) => response.headers.get(name));
        asked += wait ?? 0;
        if (isLast || asked > limits.retryAfter)
          return wait === undefined ? response : { ...response, retryAt: now() + wait * 1000 };
        if (wait !== undefined) delay = wait * 1000;
        response.discard();
      } catch (error) {
        if (isLast || !isRegistryError(error) || !error.isPassing) throw error;
        if (isFirstBreak) delay = 0;
        isFirstBreak = false;
      }
      delay ??= backoff(attempt);
      if (delay > 0) await sleep(delay, signal);
    }
  };
}

/** With its body read, where it is wanted whole: what breaks off is an attempt that failed. */
async function complete({ bodyLimit, url }: HttpRequest, response: HttpResponse): Promise<HttpResponse> {
  return bodyLimit === undefined || response.status !== 200 ? response : buffered(response, bodyLimit, url.host);
}

function isRepeatable({ method, isRepeatable: isDeclared }: HttpRequest): boolean {
  return isDeclared ?? (method === 'GET' || method === 'HEAD');
}

function backoff(attempt: number): number {
  return firstDelay * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
}

/** Statuses with which a registry that is asked too much says when it may be asked again. */
const busyStatuses: readonly number[] = [429, 503];

/** Holds all requests back from a host that has asked one of them to wait, for as long as it said. */
export function patience({ sleep, now }: WaitOptions): Middleware {
  /** Milliseconds since 1970, by host. */
  const openAgain = new Map<string, number>();
  return (next) => async (request, signal) => {
    const { host } = request.url;
    const wait = (openAgain.get(host) ?? 0) - now();
    if (wait > 0) await sleep(wait, signal);
    const response = await next(request, signal);
    const asked = busyStatuses.includes(response.status)
      ? retryAfterSeconds((name) => response.headers.get(name))
      : undefined;
    if (asked !== undefined && asked <= limits.retryAfter) {
      openAgain.set(host, Math.max(openAgain.get(host) ?? 0, now() + asked * 1000));
    }
    return response;
  };
}
