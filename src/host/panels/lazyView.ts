import { isRegistryError } from '../../core/errors.ts';
import type { Lazy } from '../../messages.ts';
import { logError } from '../log.ts';
import { errorMessage } from '../present.ts';
import type { Services } from '../services.ts';

/** A part of a panel that is read when somebody opens it, and stopped when they close it. */
export class LazyView<T extends { readonly kind: string }> {
  readonly #services: Pick<Services, 'log'>;
  readonly #what: string;
  readonly #changed: () => void;
  #view: Lazy<T> = { kind: 'closed' };
  #reading: AbortController | undefined;

  /** `what` is for the log. */
  constructor(services: Pick<Services, 'log'>, what: string, changed: () => void) {
    this.#services = services;
    this.#what = what;
    this.#changed = changed;
  }

  get view(): Lazy<T> {
    return this.#view;
  }

  get isOpen(): boolean {
    return this.#view.kind !== 'closed';
  }

  /** Nothing while it is being read. */
  async open(read: (signal: AbortSignal, report: (progress: string) => void) => Promise<T>): Promise<void> {
    if (this.#view.kind === 'loading') return;
    const controller = new AbortController();
    const { signal } = controller;
    this.#reading = controller;
    this.#show({ kind: 'loading' });
    try {
      const report = (progress: string): void => {
        if (!signal.aborted) this.#show({ kind: 'loading', progress });
      };
      const view = await read(signal, report);
      if (!signal.aborted) this.#show(view);
    } catch (error) {
      if (signal.aborted) return;
      if (!isRegistryError(error, 'cancelled')) logError(this.#services.log, this.#what, error);
      this.#show({ kind: 'failed', message: errorMessage(error) });
    }
  }

  close(): void {
    this.#reading?.abort();
    if (this.isOpen) this.#show({ kind: 'closed' });
  }

  /** Another look at what was read. */
  change(view: T): void {
    if (this.isOpen && this.#view.kind !== 'loading') this.#show(view);
  }

  #show(view: Lazy<T>): void {
    this.#view = view;
    this.#changed();
  }
}
