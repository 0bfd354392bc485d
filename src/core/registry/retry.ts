import { isRegistryError } from '../errors.ts';
import type { HttpResponse, Middleware, Sleep } from '../ports.ts';
import { retryAfterSeconds } from './rateLimit.ts';

/** Answers that another try may change. */
const passingStatuses: readonly number[] = [408, 429, 500, 502, 503, 504];

const attempts = 4;
/** Milliseconds before the second attempt; doubled for each one after it, with jitter so that clients spread out. */
const firstDelay = 250;
/** Seconds that a registry may ask us to wait. Whoever is told a longer time gives up and says so. */
const longestWait = 60;

/** Repeats reads that failed for a passing reason. Nothing that changes a registry is sent twice. */
export function retry(sleep: Sleep): Middleware {
  return (next) => async (request, signal) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    for (let attempt = 1; ; attempt++) {
      const isLast = !isRead || attempt === attempts;
      let delay: number | undefined;
      try {
        const response = await next(request, signal);
        if (isLast || !passingStatuses.includes(response.status)) return response;
        delay = delayOf(response, attempt);
        if (delay === undefined) return response;
        response.discard();
      } catch (error) {
        if (isLast || !isRegistryError(error) || !error.isPassing) throw error;
      }
      await sleep(delay ?? backoff(attempt), signal);
    }
  };
}

/** Milliseconds; `undefined` for a wait that is too long. What the registry asks for counts, never less. */
function delayOf(response: HttpResponse, attempt: number): number | undefined {
  const asked = retryAfterSeconds((name) => response.headers.get(name));
  if (asked === undefined) return backoff(attempt);
  return asked > longestWait ? undefined : asked * 1000;
}

function backoff(attempt: number): number {
  return firstDelay * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
}
