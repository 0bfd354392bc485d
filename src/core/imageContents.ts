import type { Descriptor, FetchedManifest, RepositorySession } from '../api.ts';
import { ContentCache } from './contentCache.ts';
import { isDigest } from './oci/digest.ts';
import { RecentKeys } from './recentKeys.ts';
import { SharedWork } from './sharedWork.ts';

/** Bytes of manifests and configs kept: those of some thousand images. */
const capacity = 16 * 1024 * 1024;

/** Tags remembered as read; who looks at more of them in one session pays for some twice. */
const readTagsCapacity = 10_000;

/** Manifests and configs of images, read once. `key` is a repository's on its connection: what one has, another may not. */
export class ImageContents {
  readonly #contents = new ContentCache(capacity);
  /** What several ask for at once, as images of the same platform's manifest, is asked for once. */
  readonly #fetching = new SharedWork<FetchedManifest>();
  /** Tags whose manifest was read, as `key:tag`. */
  readonly #readTags = new RecentKeys(readTagsCapacity);

  async fetchManifest(
    repository: RepositorySession,
    key: string,
    tagOrDigest: string,
    signal: AbortSignal,
  ): Promise<FetchedManifest> {
    const scope = manifestScope(key);
    const digest = isDigest(tagOrDigest)
      ? tagOrDigest
      : await this.#digestOfReadTag(repository, key, tagOrDigest, signal);
    const known = digest === undefined ? undefined : this.#contents.get(scope, digest);
    if (known !== undefined) return known;
    const fetched = await this.#fetching.run(`${scope} ${digest ?? tagOrDigest}`, signal, (stop) =>
      repository.fetchManifest(digest ?? tagOrDigest, { signal: stop }),
    );
    this.#contents.set(scope, fetched);
    this.#readTags.add(`${key}:${tagOrDigest}`);
    return fetched;
  }

  async fetchConfig(
    repository: RepositorySession,
    key: string,
    descriptor: Descriptor,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const scope = `${key} configs`;
    const known = this.#contents.get(scope, descriptor.digest);
    if (known !== undefined) return known.bytes;
    const fetched = await this.#fetching.run(`${scope} ${descriptor.digest}`, signal, async (stop) => ({
      descriptor,
      bytes: await readAll(repository, descriptor, stop),
    }));
    this.#contents.set(scope, fetched);
    return fetched.bytes;
  }

  deleteManifest(key: string, digest: string): void {
    this.#contents.delete(manifestScope(key), digest);
  }

  /** Forgets what was read by a connection. */
  forget(connectionId: string): void {
    this.#contents.forget(connectionId);
    this.#readTags.forget(`${connectionId} `);
  }

  /**
   * What a tag names that was read before, and so is likely to be known still. Registries such as Docker Hub count each
   * GET of a manifest as a pull, and no HEAD.
   */
  async #digestOfReadTag(
    repository: RepositorySession,
    key: string,
    tag: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    return this.#readTags.has(`${key}:${tag}`) ? (await repository.resolve(tag, { signal })).digest : undefined;
  }
}

function manifestScope(key: string): string {
  return `${key} manifests`;
}

async function readAll(
  repository: RepositorySession,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { chunks } = await repository.openBlob(descriptor, { signal });
  const bytes = new Uint8Array(descriptor.size);
  let offset = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
