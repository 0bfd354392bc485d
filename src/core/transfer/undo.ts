import type { CallOptions, Descriptor, FetchedManifest, RepositorySession } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { ifThere } from './retag.ts';

/** Milliseconds for which a change can be undone: a registry may throw away at any time what nothing names. */
const lifetime = 60 * 60 * 1000;
/** Bytes of manifests that are kept for it. */
const capacity = 16 * 1024 * 1024;
const maxEntries = 200;

/** A change that can be undone. */
export interface Undoable {
  readonly id: string;
  readonly kind: 'tag-deleted' | 'image-deleted' | 'tag-moved' | 'pruned';
  /** Of what it was done to, for people. */
  readonly reference: string;
  /** That were removed or moved. */
  readonly tagNames?: readonly string[];
  readonly connectionId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of a prune, that of its record. */
  readonly recordId?: string;
}

/** What a tag or digest named before. */
export interface UndoStep {
  /** A tag or a digest. */
  readonly name: string;
  readonly manifest: FetchedManifest;
  /** What the change has made of it: the digest that the tag names since, or `undefined` when it was removed. */
  readonly now: string | undefined;
}

export interface UndoEntry extends Undoable {
  readonly repository: string;
  readonly steps: readonly UndoStep[];
}

/** The last changes, in memory, with the exact bytes of the manifests that they have taken away. */
export class UndoMemory {
  readonly #now: () => number;
  #entries: readonly UndoEntry[] = [];
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `undefined` for what is larger than all that is kept. */
  add(entry: Omit<UndoEntry, 'id' | 'at'>): UndoEntry | undefined {
    const added: UndoEntry = { ...entry, id: String(++this.#count), at: this.#now() };
    let size = 0;
    this.#entries = [added, ...this.#valid()].filter(({ steps }, index) => {
      // A digest and its tags share the bytes of one manifest.
      const manifests = new Set(steps.map(({ manifest }) => manifest));
      for (const { bytes } of manifests) size += bytes.length;
      return size <= capacity && index < maxEntries;
    });
    return this.#entries.includes(added) ? added : undefined;
  }

  /** Newest first. */
  all(): readonly Undoable[] {
    return this.#valid().map(({ id, kind, reference, connectionId, at, recordId, steps }) => ({
      id,
      kind,
      reference,
      tagNames: steps.flatMap(({ name }) => (isDigest(name) ? [] : [name])),
      connectionId,
      at,
      ...(recordId !== undefined && { recordId }),
    }));
  }

  /** Errors: `not-found` for what is too old, or was undone. */
  get(id: string): UndoEntry {
    const entry = this.#valid().find((other) => other.id === id);
    if (entry !== undefined) return entry;
    throw new RegistryError('not-found', 'This cannot be undone any more: it is too long ago, or was undone already.');
  }

  remove(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
  }

  /** Forgets what was done by a connection. */
  forget(connectionId: string): void {
    this.#entries = this.#entries.filter((entry) => entry.connectionId !== connectionId);
  }

  #valid(): readonly UndoEntry[] {
    return this.#entries.filter(({ at }) => at > this.#now() - lifetime);
  }
}

/**
 * Writes manifests back, byte for byte, and reads them back. `name` is that of the repository.
 *
 * Errors: `conflict` for a tag that names something else since, `not-found` when parts of an image are gone, `unsupported`
 * for a repository that is only read.
 */
export async function putBack(
  repository: RepositorySession,
  steps: readonly UndoStep[],
  { name, signal }: CallOptions & { readonly name: string },
): Promise<void> {
  const { putManifest } = repository;
  if (putManifest === undefined) throw new RegistryError('unsupported', `${name} cannot be written: it is read-only.`);
  for (const step of steps) {
    const { digest } = step.manifest.descriptor;
    const current = await find(repository, step, signal);
    if (current?.digest === digest) continue;
    if (current?.digest !== step.now) {
      throw new RegistryError(
        'conflict',
        `${name}:${step.name} names ${current?.digest ?? 'nothing'} by now. It was left as it is.`,
      );
    }
    try {
      await putManifest(step.name, step.manifest, { signal });
    } catch (error) {
      if (!isRegistryError(error, 'invalid', 'not-found')) throw error;
      throw new RegistryError(
        'not-found',
        `${name} cannot take ${digest} back: the registry has thrown parts of it away. Push the image again.`,
        { cause: error },
      );
    }
    if ((await find(repository, step, signal))?.digest !== digest) {
      throw new RegistryError(
        'server',
        `${name} took ${digest} back without an error, and does not have it. Look at it again.`,
      );
    }
  }
}

/**
 * As {@link putBack}, for changes that have nothing to do with each other: what cannot be put back hinders none of the others.
 *
 * Errors: `conflict` with how many there are, and the first of their reasons.
 */
export async function putBackEach(
  repository: RepositorySession,
  steps: readonly UndoStep[],
  options: CallOptions & { readonly name: string; readonly onProgress?: (done: number, total: number) => void },
): Promise<void> {
  const failures: RegistryError[] = [];
  for (const [index, step] of steps.entries()) {
    options.onProgress?.(index, steps.length);
    try {
      await putBack(repository, [step], options);
    } catch (error) {
      if (!isRegistryError(error, 'conflict', 'not-found', 'server')) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first === undefined) return;
  throw new RegistryError(
    'conflict',
    `${failures.length} of ${steps.length} tags and digests of ${options.name} could not be put back, the others were. The first: ${first.message}`,
    { cause: first },
  );
}

function find(repository: RepositorySession, { name }: UndoStep, signal: AbortSignal): Promise<Descriptor | undefined> {
  return ifThere(repository.resolve(name, { signal }));
}
