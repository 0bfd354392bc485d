import type { CallOptions, Descriptor, FetchedManifest, RepositorySession } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';

export interface RetagOptions extends CallOptions {
  /** Moves a tag that names another image. */
  readonly overwrite?: boolean;
  /** Moves a tag only if it still names this digest. */
  readonly expected?: string;
  /** Told what the tag named before it was moved, where that was looked at. */
  readonly onMoved?: (before: FetchedManifest) => void;
}

/**
 * Gives an image another tag of the same repository: the same bytes, so the same digest, and no blob moves.
 * There is no compare-and-swap in the protocol; between the look at the tag and the write another client may come.
 *
 * Errors: `conflict` when the tag names another image and may not be moved, `unsupported` for a read-only repository.
 */
export async function retag(
  repository: RepositorySession,
  manifest: FetchedManifest,
  target: { readonly tag: string; readonly name: string },
  options: RetagOptions,
): Promise<Descriptor> {
  if (repository.putManifest === undefined)
    throw new RegistryError('unsupported', `${target.name} cannot be written: it is read-only.`);
  const before = await findMovable(repository, manifest.descriptor.digest, target, options);
  if (before?.descriptor.digest === manifest.descriptor.digest) return manifest.descriptor;
  const tagged = await repository.putManifest(target.tag, manifest, options);
  if (before !== undefined) options.onMoved?.(before);
  return tagged;
}

/**
 * What a tag names, where it was to be looked at: the same image, or one that it may be moved from. `undefined` for a new tag.
 *
 * Errors: `conflict` when the tag names another image and may not be moved.
 */
export async function findMovable(
  repository: RepositorySession,
  digest: string,
  target: { readonly tag: string; readonly name: string },
  options: Pick<RetagOptions, 'overwrite' | 'expected' | 'signal'>,
): Promise<FetchedManifest | undefined> {
  if (options.overwrite === true && options.expected === undefined) return undefined;
  // Not by HEAD: registries exist that answer one with 404 for what they have, so it takes a GET to be sure.
  const current = await ifThere(repository.fetchManifest(target.tag, options));
  if (current?.descriptor.digest === digest || current?.descriptor.digest === options.expected) return current;
  throw tagConflict(target, current?.descriptor);
}

/** What a tag names; `undefined` when there is no such tag. */
export function resolveIfThere(
  repository: RepositorySession,
  reference: string,
  options: CallOptions,
): Promise<Descriptor | undefined> {
  return ifThere(repository.resolve(reference, options));
}

export async function ifThere<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (isRegistryError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** `name` is that of the repository. */
export function tagConflict(
  target: { readonly tag: string; readonly name: string },
  current: Descriptor | undefined,
): RegistryError {
  const now = current === undefined ? 'does not exist any more' : `already names ${current.digest}`;
  return new RegistryError('conflict', `${target.name}:${target.tag} ${now}. It was left as it is.`);
}
