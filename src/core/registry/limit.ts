import { cancelled, throwIfAborted } from '../errors.ts';
import type { HttpResponse, Middleware } from '../ports.ts';

/**
 * At most so many requests at once to a host. A request keeps its place until its body has been read or thrown away,
 * since it keeps its connection as long.
 */
export function limit(atOnce: number): Middleware {
  const hosts = new Map<string, Places>();
  return (next) => async (request, signal) => {
    const places = hosts.get(request.url.host) ?? new Places(atOnce);
    hosts.set(request.url.host, places);
    const giveBack = await places.take(signal);
    const release = (): void => {
      signal.removeEventListener('abort', release);
      giveBack();
    };
    // Whoever cancels may never look at the body.
    signal.addEventListener('abort', release);
    try {
      return releasingAtEnd(await next(request, signal), release);
    } catch (error) {
      release();
      throw error;
    }
  };
}

class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves with what gives the place back. */
  async take(signal: AbortSignal): Promise<() => void> {
    throwIfAborted(signal);
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const first = this.#waiting.shift();
      if (first === undefined) this.#free++;
      else first();
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(cancelled(signal));
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(enter);
    });
  }
}

function releasingAtEnd(response: HttpResponse, release: () => void): HttpResponse {
  return {
    status: response.status,
    headers: response.headers,
    body: (async function* () {
      try {
        yield* response.body;
      } finally {
        release();
      }
    })(),
    discard: () => {
      response.discard();
      release();
    },
  };
}
