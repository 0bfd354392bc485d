import type { ImageReference } from '../../api.ts';
import { summarizeScan } from '../../core/scanSummary.ts';
import type { ImageView, ScanView } from '../../messages.ts';
import { logError } from '../log.ts';
import { errorMessage } from '../present.ts';
import type { Services } from '../services.ts';

/** What the registry's scanner found in the image of a panel: asked when somebody opens it, and stopped when they leave. */
export class ImageScan {
  readonly #services: Services;
  readonly #target: Pick<ImageView, 'reference' | 'connectionId'>;
  readonly #changed: () => void;
  #digest: string | undefined;
  #view: ScanView | undefined;
  #loading: AbortController | undefined;

  constructor(services: Services, target: Pick<ImageView, 'reference' | 'connectionId'>, changed: () => void) {
    this.#services = services;
    this.#target = target;
    this.#changed = changed;
  }

  /** `undefined` where the registry has no scanner. */
  get view(): ScanView | undefined {
    return this.#view;
  }

  /** For an image by its digest. What is open is asked anew; nothing else sends a request. */
  async prepare(digest: string): Promise<void> {
    if (digest === this.#digest) return;
    const wasOpen = this.#view !== undefined && this.#view.kind !== 'closed';
    this.#loading?.abort();
    this.#digest = digest;
    const { gantry } = this.#services;
    const { reference, ...connection } = this.#target;
    const { registry, repository } = gantry.parseReference(reference);
    const abilities = await gantry.repositoryAbilities(`${registry}/${repository}`, connection).catch(() => undefined);
    this.#view = abilities?.has('vulnerabilities') ? { kind: 'closed' } : undefined;
    if (wasOpen && this.#view !== undefined) void this.open();
  }

  async open(): Promise<void> {
    if (this.#view === undefined || this.#view.kind === 'loading') return;
    const controller = new AbortController();
    this.#loading = controller;
    this.#show({ kind: 'loading' });
    const view = await this.#read(controller.signal);
    if (!controller.signal.aborted) this.#show(view);
  }

  close(): void {
    this.#loading?.abort();
    if (this.#view !== undefined && this.#view.kind !== 'closed') this.#show({ kind: 'closed' });
  }

  async #read(signal: AbortSignal): Promise<ScanView> {
    const { gantry, log } = this.#services;
    const { reference, ...connection } = this.#target;
    const name = nameByDigest(gantry.parseReference(reference), this.#digest ?? '');
    try {
      const report = await gantry.vulnerabilities(name, { ...connection, signal });
      return { kind: 'report', report: summarizeScan(report ?? { status: 'unsupported', items: [] }) };
    } catch (error) {
      if (!signal.aborted) logError(log, `The scan of ${name}`, error);
      return { kind: 'failed', message: errorMessage(error) };
    }
  }

  #show(view: ScanView): void {
    this.#view = view;
    this.#changed();
  }
}

function nameByDigest({ registry, repository }: ImageReference, digest: string): string {
  return `${registry}/${repository}@${digest}`;
}
