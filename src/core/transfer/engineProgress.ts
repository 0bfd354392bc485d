import type { Descriptor } from '../../api.ts';
import type { ProgressMeter } from './progress.ts';

/** So much of a digest's hexadecimal part engines show as the id of a blob. */
const shortIdLength = 12;

/** What a blob that has come whole is reported with, the first time or again. */
const arrivedStatuses: readonly string[] = [
  'Already exists',
  'Download complete',
  'Extracting',
  'Pull complete',
  'Verifying Checksum',
];

/**
 * Makes bytes of what an engine tells about a pull. Docker tells the bytes of each layer as they come; podman does so once
 * a second, nothing for what took less, and never the size of what it had already. So sizes that are known from the
 * manifest come first, and what the engine tells fills the gaps.
 */
export class EngineProgress {
  readonly #meter: ProgressMeter;
  readonly #blobs = new Map<string, { done: number; total: number }>();

  constructor(blobs: readonly Descriptor[], meter: ProgressMeter) {
    this.#meter = meter;
    for (const { digest, size } of blobs) this.#blobs.set(shortId(digest), { done: 0, total: size });
  }

  /** Takes one message of the stream of `POST /images/create`. */
  read(message: Readonly<Record<string, unknown>>): void {
    const { id, status } = message;
    if (typeof id !== 'string' || typeof status !== 'string') return;
    const { current, total } = detailOf(message['progressDetail']);
    const blob = this.#blobs.get(id) ?? { done: 0, total: 0 };
    if (status === 'Downloading' && current !== undefined) {
      blob.total = Math.max(blob.total, total ?? current);
      blob.done = Math.min(Math.max(blob.done, current), blob.total);
    } else if (arrivedStatuses.includes(status)) {
      blob.done = blob.total;
    }
    // The id can also be a tag, or the image as a whole.
    if (blob.total === 0) return;
    this.#blobs.set(id, blob);
    const all = [...this.#blobs.values()];
    this.#meter.grow(all.reduce((sum, each) => sum + each.total, 0));
    this.#meter.reach(
      all.reduce((sum, each) => sum + each.done, 0),
      id,
    );
  }
}

function shortId(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(colon + 1, colon + 1 + shortIdLength);
}

function detailOf(detail: unknown): { readonly current?: number; readonly total?: number } {
  if (typeof detail !== 'object' || detail === null) return {};
  const { current, total } = detail as { current?: unknown; total?: unknown };
  return { ...(isSize(current) && { current }), ...(isSize(total) && { total }) };
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
