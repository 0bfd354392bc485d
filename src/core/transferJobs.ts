import type { TransferProgress } from '../api.ts';
import { cancelled, isRegistryError } from './errors.ts';
import { isRecord } from './isRecord.ts';
import type { StateStore } from './ports.ts';
import { RateMeter } from './transfer/rateMeter.ts';

const stateKey = 'unfinishedTransfers';

/** Transfers under way at once with one host; deletions of one host follow one another. */
const transfersAtOnce = 2;
/** Ended ones that are remembered in a window. */
const mostEnded = 100;
/** Milliseconds without a byte after which the speed of before tells nothing any more. */
const stalledAfter = 5000;

/** What a transfer was asked for: enough to begin it again. Kept between sessions, so it holds no secret. */
export interface TransferRequest {
  readonly kind: 'pull' | 'copy' | 'push' | 'assemble' | 'delete' | 'prune';
  /** A reference, or the repository that is pruned; of an assembly all of its images, for people. */
  readonly source: string;
  /** Reference, or path of this machine. */
  readonly target?: string;
  /** What else its command takes, as JSON. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export type TransferState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/** What came of it, to be opened. */
export type TransferOutcome =
  | { readonly kind: 'image'; readonly reference: string; readonly connectionId?: string }
  | { readonly kind: 'path'; readonly path: string };

export interface Transfer {
  readonly id: string;
  readonly request: TransferRequest;
  readonly state: TransferState;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** What the source named when it began, where that is known by now. */
  readonly digest?: string;
  readonly progress?: TransferProgress;
  /** Of bytes. */
  readonly perSecond?: number;
  readonly secondsLeft?: number;
  /** For which no byte has come, once that is long. */
  readonly secondsStalled?: number;
  /** Why it failed. */
  readonly message?: string;
  /** What was done, in a few words. */
  readonly summary?: string;
  /** Milliseconds that it ran, without those that it waited for others. */
  readonly took?: number;
  readonly outcome?: TransferOutcome;
}

/** What a running transfer is given. */
export interface TransferRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

interface Entry {
  transfer: Transfer;
  readonly hosts: readonly string[];
  readonly controller: AbortController;
  readonly meter: RateMeter;
  /** Milliseconds since 1970: when it began to run, and when a byte came last. */
  runAt: number;
  movedAt: number;
}

/** Whether it can be begun again without harm: what has come is not fetched twice. */
export function isRepeatable({ kind }: TransferRequest): boolean {
  return kind !== 'delete' && kind !== 'prune';
}

/**
 * The transfers of a window: several at once, limited for each host. Those that were under way when it was closed are there
 * again as `interrupted`.
 */
export class TransferJobs {
  readonly #state: StateStore;
  readonly #now: () => number;
  readonly #changed: () => void;
  readonly #entries = new Map<string, Entry>();
  #waiting: { readonly entry: Entry; readonly start: () => void }[] = [];
  #count: number;

  constructor(state: StateStore, now: () => number, changed: () => void = () => {}) {
    this.#state = state;
    this.#now = now;
    this.#changed = changed;
    const unfinished = parseUnfinished(state.get(stateKey));
    this.#count = Math.max(0, ...unfinished.map(({ id }) => Number(id)));
    for (const transfer of unfinished) this.#entries.set(transfer.id, entryOf(transfer, []));
  }

  /** Newest first. */
  all(): readonly Transfer[] {
    return [...this.#entries.values()].map((entry) => this.#told(entry)).reverse();
  }

  get(id: string): Transfer | undefined {
    const entry = this.#entries.get(id);
    return entry && this.#told(entry);
  }

  /**
   * Runs a transfer when each of its hosts has room for it. `findDigest` tells what the source names, so that one that is
   * resumed can be compared. An earlier one of the same that has not come to its end is taken off the list: this one is it.
   *
   * Errors: those of `work`, and `cancelled`.
   */
  async run<T>(
    request: TransferRequest,
    options: {
      readonly hosts: readonly string[];
      readonly signal: AbortSignal;
      readonly outcomeOf?: (result: T) => TransferOutcome | undefined;
      readonly summaryOf?: (result: T) => string | undefined;
      /** What there is to say of one that ended without an error before everything was done. */
      readonly problemOf?: (result: T) => string | undefined;
      readonly findDigest?: (signal: AbortSignal) => Promise<string>;
    },
    work: (run: TransferRun) => Promise<T>,
  ): Promise<T> {
    this.#dropUnfinished(request);
    const id = String(++this.#count);
    const hosts = isRepeatable(request) ? options.hosts : options.hosts.map((host) => `delete ${host}`);
    const entry = entryOf({ id, request, state: 'waiting', startedAt: this.#now() }, hosts);
    this.#entries.set(id, entry);
    const signal = AbortSignal.any([options.signal, entry.controller.signal]);
    this.#save();
    try {
      await this.#turn(entry, signal);
      if (options.findDigest !== undefined) void this.#learnDigest(entry, options.findDigest, signal);
      const result = await work({ signal, onProgress: (progress) => this.#progress(entry, progress) });
      const outcome = options.outcomeOf?.(result);
      const summary = options.summaryOf?.(result);
      const message = options.problemOf?.(result);
      this.#end(entry, {
        ...(message === undefined ? { state: 'done' } : { state: 'failed', message }),
        ...(outcome !== undefined && { outcome }),
        ...(summary !== undefined && { summary }),
      });
      return result;
    } catch (error) {
      const isCancelled = isRegistryError(error, 'cancelled');
      const message = error instanceof Error ? error.message : String(error);
      this.#end(entry, isCancelled ? { state: 'cancelled' } : { state: 'failed', message });
      throw error;
    } finally {
      this.#forgetOldest();
      this.#startWaiting();
    }
  }

  cancel(id: string): void {
    this.#entries.get(id)?.controller.abort();
  }

  /** Takes one that is not under way off the list. */
  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || isUnderWay(entry.transfer)) return;
    this.#entries.delete(id);
    this.#save();
  }

  /** Takes what was begun of a request, and has not come to its end, off the list. */
  forget(request: TransferRequest): void {
    this.#dropUnfinished(request);
    this.#save();
  }

  /** Takes all off the list that are not under way. */
  clear(): void {
    for (const [id, { transfer }] of this.#entries) if (!isUnderWay(transfer)) this.#entries.delete(id);
    this.#save();
  }

  #turn(entry: Entry, signal: AbortSignal): Promise<void> {
    if (this.#hasRoom(entry)) {
      this.#begin(entry);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const place = { entry, start: resolve };
      this.#waiting.push(place);
      signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((other) => other !== place);
        reject(cancelled(signal));
      });
    });
  }

  #hasRoom({ hosts }: Entry): boolean {
    const running = [...this.#entries.values()].filter(({ transfer }) => transfer.state === 'running');
    return hosts.every((host) => {
      const most = host.startsWith('delete ') ? 1 : transfersAtOnce;
      return running.filter((other) => other.hosts.includes(host)).length < most;
    });
  }

  #startWaiting(): void {
    for (const place of [...this.#waiting]) {
      if (!this.#hasRoom(place.entry)) continue;
      this.#waiting = this.#waiting.filter((other) => other !== place);
      // At once, so that it counts for the next in line.
      this.#begin(place.entry);
      place.start();
    }
  }

  async #learnDigest(
    entry: Entry,
    findDigest: (signal: AbortSignal) => Promise<string>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      this.#update(entry, { digest: await findDigest(signal) });
      this.#save();
    } catch {
      // The transfer itself says what is wrong.
    }
  }

  #begin(entry: Entry): void {
    entry.runAt = this.#now();
    this.#update(entry, { state: 'running' });
  }

  #progress(entry: Entry, progress: TransferProgress): void {
    const now = this.#now();
    if (progress.done !== entry.transfer.progress?.done) entry.movedAt = now;
    entry.meter.add(progress.done, now);
    entry.transfer = { ...entry.transfer, progress };
    this.#changed();
  }

  #end(entry: Entry, change: Partial<Transfer>): void {
    const hasRun = entry.transfer.state === 'running';
    this.#update(entry, { ...change, ...(hasRun && { took: this.#now() - entry.runAt }) });
  }

  /** As it is at this moment: a stream that stalls reports nothing. */
  #told({ transfer, meter, movedAt }: Entry): Transfer {
    const { state, progress, request } = transfer;
    if (state !== 'running' || progress === undefined || progress.done >= progress.total) return transfer;
    if (!isRepeatable(request)) return transfer;
    const quiet = this.#now() - movedAt;
    if (quiet >= stalledAfter) return { ...transfer, secondsStalled: Math.floor(quiet / 1000) };
    const [perSecond, secondsLeft] = [meter.perSecond, meter.secondsLeft(progress.total)];
    return {
      ...transfer,
      ...(perSecond !== undefined && { perSecond }),
      ...(secondsLeft !== undefined && { secondsLeft }),
    };
  }

  #dropUnfinished(request: TransferRequest): void {
    const same = identityOf(request);
    for (const [id, { transfer }] of this.#entries) {
      if (isUnderWay(transfer) || transfer.state === 'done' || identityOf(transfer.request) !== same) continue;
      this.#entries.delete(id);
    }
  }

  #update(entry: Entry, change: Partial<Transfer>): void {
    const wasUnderWay = isUnderWay(entry.transfer);
    entry.transfer = { ...entry.transfer, ...change };
    if (wasUnderWay !== isUnderWay(entry.transfer)) this.#save();
    else this.#changed();
  }

  #forgetOldest(): void {
    const ended = [...this.#entries].filter(([, { transfer }]) => !isUnderWay(transfer));
    for (const [id] of ended.slice(0, Math.max(0, ended.length - mostEnded))) this.#entries.delete(id);
  }

  /** What is under way or was interrupted, and can be begun again. */
  #save(): void {
    this.#changed();
    const unfinished = [...this.#entries.values()]
      .map(({ transfer }) => transfer)
      .filter(
        (transfer) => isRepeatable(transfer.request) && (isUnderWay(transfer) || transfer.state === 'interrupted'),
      )
      .map(({ id, request, startedAt, digest }) => ({ id, request, startedAt, digest }));
    void this.#state.set(stateKey, unfinished);
  }
}

/** Whether there are any from an earlier time of this window. */
export function hasUnfinished(state: StateStore): boolean {
  return parseUnfinished(state.get(stateKey)).length > 0;
}

export function isUnderWay({ state }: Transfer): boolean {
  return state === 'waiting' || state === 'running';
}

function entryOf(transfer: Transfer, hosts: readonly string[]): Entry {
  return { transfer, hosts, controller: new AbortController(), meter: new RateMeter(), runAt: 0, movedAt: 0 };
}

/** What tells whether two are the same: a tag that may be moved now, or a file replaced, is still the same target. */
function identityOf({ kind, source, target, options = {} }: TransferRequest): string {
  const { expected: _expected, overwrite: _overwrite, ...named } = options;
  const sorted = Object.entries(named).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([kind, source, target, sorted]);
}

/** What another version may have written. */
function parseUnfinished(stored: unknown): readonly Transfer[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((entry: unknown): readonly Transfer[] => {
    if (!isRecord(entry)) return [];
    const { id, startedAt, digest } = entry;
    const request = parseRequest(entry['request']);
    if (request === undefined || typeof id !== 'string' || !/^\d+$/.test(id) || typeof startedAt !== 'number')
      return [];
    return [{ id, request, startedAt, state: 'interrupted', ...(typeof digest === 'string' && { digest }) }];
  });
}

function parseRequest(value: unknown): TransferRequest | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, source, target, options } = value;
  if (kind !== 'pull' && kind !== 'copy' && kind !== 'push' && kind !== 'assemble') return undefined;
  if (typeof source !== 'string') return undefined;
  return {
    ...{ kind, source },
    ...(typeof target === 'string' && { target }),
    ...(isRecord(options) && { options }),
  };
}
