import type { CallOptions, Page, RegistryAdapter, RegistrySession } from '../../api.ts';
import { cancelled, isRegistryError, RegistryError, throwIfAborted } from '../errors.ts';
import { oneLine } from '../oneLine.ts';
import type { CreateHash, Log, Sleep } from '../ports.ts';
import { limits } from '../registry/limits.ts';
import { foreignError } from './guardErrors.ts';
import { guardRepository } from './guardRepository.ts';
import { type Read, readNamespace, readPage, readRateLimit, readRepository } from './guardValues.ts';

export interface GuardOptions {
  readonly createHash: CreateHash;
  readonly log: Pick<Log, 'warn'>;
  readonly sleep: Sleep;
}

/** How an adapter's methods are called, and what they give is read. */
export interface Guard {
  readonly host: string;
  readonly createHash: CreateHash;
  /** Ends by a deadline, and when its caller leaves, whatever the adapter does. */
  call<T>(
    what: string,
    options: CallOptions,
    run: (signal: AbortSignal) => unknown,
    read: Read<T>,
    more?: { readonly isEndless?: boolean },
  ): Promise<T>;
  page<T>(what: string, options: CallOptions, run: (signal: AbortSignal) => unknown, read: Read<T>): Promise<Page<T>>;
  done(what: string, options: CallOptions, run: (signal: AbortSignal) => unknown): Promise<void>;
  /** What an adapter threw, as an error of ours. */
  translate(error: unknown): RegistryError;
}

/**
 * An adapter of another extension, held to the contract: deadlines, bounds, items that can be used, errors with a code.
 * It is hygiene, not isolation: extensions share a process, and one that blocks it blocks Gantry.
 */
export function guardAdapter(adapter: RegistryAdapter, options: GuardOptions): RegistryAdapter {
  return {
    ...adapter,
    open: (target, context) => {
      const guard = createGuard(adapter.label, new URL(target.url).host, options);
      try {
        return guardSession(adapter.open(target, context), guard);
      } catch (error) {
        throw guard.translate(error);
      }
    },
  };
}

function guardSession(session: RegistrySession, guard: Guard): RegistrySession {
  const { call, page, done } = guard;
  const has = (name: keyof RegistrySession): boolean => typeof session[name] === 'function';
  if (!has('test') || !has('repository'))
    throw new RegistryError('protocol', 'its session lacks "test" or "repository"');
  return {
    test: (options) => done('test', options, (signal) => session.test({ signal })),
    ...(has('listNamespaces') && {
      listNamespaces: (options) =>
        page('listNamespaces', options, (signal) => session.listNamespaces?.({ ...options, signal }), readNamespace),
    }),
    ...(has('listRepositories') && {
      listRepositories: (namespace, options) =>
        page(
          'listRepositories',
          options,
          (signal) => session.listRepositories?.(namespace, { ...options, signal }),
          readRepository,
        ),
    }),
    ...(has('searchRepositories') && {
      searchRepositories: (query, options) =>
        page(
          'searchRepositories',
          options,
          (signal) => session.searchRepositories?.(query, { ...options, signal }),
          readRepository,
        ),
    }),
    ...(has('createRepository') && {
      createRepository: (name, options) =>
        done('createRepository', options, (signal) => session.createRepository?.(name, { signal })),
    }),
    ...(has('rateLimit') && {
      rateLimit: async (options) => {
        const { limit } = await call(
          'rateLimit',
          options,
          (signal) => session.rateLimit?.({ signal }),
          (value) => ({ limit: readRateLimit(value) }),
        );
        return limit;
      },
    }),
    repository: (name, access) => {
      try {
        return guardRepository(session.repository(name, access), name, guard);
      } catch (error) {
        throw guard.translate(error);
      }
    },
    dispose: () => {
      try {
        session.dispose?.();
      } catch (error) {
        guard.translate(error);
      }
    },
  };
}

function createGuard(label: string, host: string, { createHash, log, sleep }: GuardOptions): Guard {
  const warned = new Set<string>();
  const translate = (error: unknown): RegistryError => foreignError(error, { label, host });

  function warnOnce(what: string, dropped: number): void {
    if (warned.has(what)) return;
    warned.add(what);
    log.warn(`The adapter ${oneLine(label)} gave ${dropped} items in ${what} that cannot be used; they are left out.`);
  }

  async function call<T>(
    what: string,
    { signal }: CallOptions,
    run: (signal: AbortSignal) => unknown,
    read: Read<T>,
    { isEndless = false }: { readonly isEndless?: boolean } = {},
  ): Promise<T> {
    throwIfAborted(signal);
    const value = await withDeadline(run, signal, isEndless);
    const result = readSafely(value, read);
    if (result !== undefined) return result;
    throw translate(new RegistryError('protocol', `"${what}" gave nothing that can be used`));
  }

  /** The deadline counts also for what takes no notice of its signal. */
  async function withDeadline(
    run: (signal: AbortSignal) => unknown,
    signal: AbortSignal,
    isEndless: boolean,
  ): Promise<unknown> {
    const stop = new AbortController();
    const ended = new AbortController();
    const left = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(cancelled(signal)), { signal: ended.signal });
    });
    const late = isEndless
      ? left
      : sleep(limits.foreignCall * 1000, ended.signal).then(() => {
          throw new RegistryError('timeout', `it took longer than ${limits.foreignCall} seconds`);
        });
    // Whichever loses is nobody's concern.
    late.catch(() => {});
    try {
      return await Promise.race([(async () => run(stop.signal))(), left, late]);
    } catch (error) {
      if (signal.aborted && isRegistryError(error, 'cancelled')) throw error;
      throw signal.aborted ? cancelled(signal) : translate(error);
    } finally {
      ended.abort();
      stop.abort();
    }
  }

  /** What is read may be an object that fights back. */
  function readSafely<T>(value: unknown, read: Read<T>): T | undefined {
    try {
      return read(value);
    } catch (error) {
      throw translate(error);
    }
  }

  return {
    host,
    createHash,
    translate,
    call,
    page: async (what, options, run, read) => {
      const { page, dropped } = await call(what, options, run, (value) => readPage(value, read));
      if (dropped > 0) warnOnce(what, dropped);
      return page;
    },
    done: async (what, options, run) => {
      await call(what, options, run, () => true);
    },
  };
}
