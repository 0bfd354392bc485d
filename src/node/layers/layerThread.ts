import { Worker } from 'node:worker_threads';
import { RegistryError } from '../../core/errors.ts';
import { bundlePath } from './bundlePath.ts';
import type { FromWorker, ToWorker } from './layerMessages.ts';

/** MiB of JavaScript objects that one layer may take: its columns are not among them. */
const maxHeap = 512;
/** MiB of those that have just been made: few of them live long, and V8 takes what it gets. */
const youngHeap = 2;

/** A thread for one layer. It is ended by {@link end}, in the middle of its work too. */
export class LayerThread {
  readonly #worker: Worker;
  readonly #messages: FromWorker[] = [];
  #failure: RegistryError | undefined;
  #wake: (() => void) | undefined;
  #isEnded = false;

  constructor() {
    const resourceLimits = { maxOldGenerationSizeMb: maxHeap, maxYoungGenerationSizeMb: youngHeap };
    this.#worker = new Worker(bundlePath('layerWorker'), { resourceLimits });
    this.#worker.on('message', (message: FromWorker) => {
      this.#messages.push(message);
      this.#wake?.();
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => {
      if (!this.#isEnded) this.#fail(new Error('its thread has ended'));
    });
  }

  send(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /** The next answer. Rejects with what the worker failed with, or with the reason of `signal`. */
  async receive(signal: AbortSignal): Promise<Exclude<FromWorker, { readonly kind: 'failed' }>> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const message = this.#messages.shift();
      if (message?.kind === 'failed') throw new RegistryError(message.code, message.message);
      if (message !== undefined) return message;
      await this.#woken(signal);
    }
  }

  /** An answer that is there already. */
  received(): FromWorker | undefined {
    return this.#messages[0];
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#worker.terminate();
  }

  #woken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#wake = undefined;
        reject(signal.reason);
      };
      if (signal.aborted) {
        stop();
        return;
      }
      signal.addEventListener('abort', stop, { once: true });
      this.#wake = () => {
        this.#wake = undefined;
        signal.removeEventListener('abort', stop);
        resolve();
      };
    });
  }

  #fail(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#failure ??= new RegistryError(
      'too-large',
      `The layer could not be read: ${reason}. It may be larger than this machine can list; pull the image.`,
      { cause },
    );
    this.#wake?.();
  }
}
