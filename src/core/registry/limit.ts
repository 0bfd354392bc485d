import { cancelled, throwIfAborted } from '../errors.ts';
import type { HttpResponse, Middleware, RequestPriority } from '../ports.ts';
import { tellingEnd } from './tellingEnd.ts';

/** Places that nothing in the background may hold, so that who opens a node need not wait for a transfer to end. */
const reservedPlaces = 2;

/**
 * At most so many requests at once to a host. A request keeps its place until its body has been read or thrown away,
 * since it keeps its connection as long. What somebody waits for goes first. Token requests have places of their own:
 * those that hold the others may be waiting for them.
 */
export function limit(atOnce: number): Middleware {
  const hosts = new Map<string, Places>();
  return (next) => async (request, signal) => {
    const key = `${request.isTokenRequest === true ? 'token ' : ''}${request.url.host}`;
    const places = hosts.get(key) ?? new Places(atOnce, () => hosts.delete(key));
    hosts.set(key, places);
    const giveBack = await places.take(request.priority ?? 'interactive', signal);
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
  readonly #most: Readonly<Record<RequestPriority, number>>;
  readonly #whenEmpty: () => void;
  #held = 0;
  #heldInBackground = 0;
  readonly #waiting: Readonly<Record<RequestPriority, (() => void)[]>> = { interactive: [], background: [] };

  constructor(count: number, whenEmpty: () => void) {
    this.#most = { interactive: count, background: Math.max(count - reservedPlaces, 1) };
    this.#whenEmpty = whenEmpty;
  }

  /** Resolves with what gives the place back. */
  async take(priority: RequestPriority, signal: AbortSignal): Promise<() => void> {
    throwIfAborted(signal);
    if (this.#isFree(priority)) this.#hold(priority, 1);
    else await this.#wait(priority, signal);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#hold(priority, -1);
      this.#admit();
    };
  }

  #isFree(priority: RequestPriority): boolean {
    if (this.#held >= this.#most.interactive) return false;
    return priority === 'interactive' || this.#heldInBackground < this.#most.background;
  }

  #hold(priority: RequestPriority, count: 1 | -1): void {
    this.#held += count;
    if (priority === 'background') this.#heldInBackground += count;
  }

  /** The first who may enter; one place became free, so there is at most one. */
  #admit(): void {
    for (const priority of ['interactive', 'background'] as const) {
      const enter = this.#isFree(priority) ? this.#waiting[priority].shift() : undefined;
      if (enter === undefined) continue;
      // Held at once: whoever asks in between must not take it too.
      this.#hold(priority, 1);
      enter();
      return;
    }
    if (this.#held === 0) this.#whenEmpty();
  }

  #wait(priority: RequestPriority, signal: AbortSignal): Promise<void> {
    const queue = this.#waiting[priority];
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        queue.splice(queue.indexOf(enter), 1);
        reject(cancelled(signal));
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(enter);
    });
  }
}

function releasingAtEnd(response: HttpResponse, release: () => void): HttpResponse {
  return {
    ...response,
    body: tellingEnd(response.body, release),
    discard: () => {
      response.discard();
      release();
    },
  };
}
