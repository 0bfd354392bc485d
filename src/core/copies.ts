import type { CopyOptions, Descriptor, FetchedManifest, ImageReference, TransferResult } from '../api.ts';
import { allTags } from './allTags.ts';
import type { Connection } from './connections.ts';
import { repositoryReference } from './connectionUrl.ts';
import { isRegistryError, RegistryError } from './errors.ts';
import type { ImagePorts } from './image/ports.ts';
import type { ImageContents } from './imageContents.ts';
import { archiveRegistry, engineRegistry, filePath, isLocalRegistry, layoutRegistry } from './oci/localReference.ts';
import { allReferrers } from './registry/allReferrers.ts';
import type { ServedRepository } from './servedRepositories.ts';
import type { Sessions } from './sessions.ts';
import type { CopySource } from './transfer/copyPlan.ts';
import type { CopyTarget } from './transfer/copyTarget.ts';
import { blobsAtOnce, Lanes } from './transfer/lanes.ts';

export interface CopiesContext {
  readonly ports: Pick<ImagePorts, 'files' | 'createHash' | 'architecture' | 'findEngine' | 'layers' | 'scratchFolder'>;
  readonly sessions: Sessions;
  readonly contents: ImageContents;
}

export interface CopyCall extends CopyOptions {
  readonly signal: AbortSignal;
  /** Told of a tag of the target that was moved, where it might be moved from one digest only. */
  readonly onMoved?: (moved: MovedTag) => void;
}

export interface MovedTag {
  readonly tag: string;
  readonly before: FetchedManifest;
  /** The digest that it names since. */
  readonly now: string;
}

/** Copies images between registries and folders. All copies share what may be under way at once. */
export class Copies {
  readonly #context: CopiesContext;
  readonly #lanes = new Lanes(blobsAtOnce);

  constructor(context: CopiesContext) {
    this.#context = context;
  }

  async run(from: ServedRepository, to: ServedRepository, options: CopyCall): Promise<TransferResult> {
    if (from.reference.registry !== engineRegistry)
      return this.#copy(from, to, options, (count) => this.#source(from, count, options.signal));
    // An engine gives out whole images only, and their layers unpacked.
    const { ports } = this.#context;
    const { signal, onProgress = () => {} } = options;
    const folder = `${ports.scratchFolder}/export-${Math.random().toString(36).slice(2)}`;
    let exported = 0;
    const { exportFromEngine } = await import('./engineExport.ts');
    try {
      return await this.#copy(
        from,
        to,
        {
          ...options,
          onProgress: ({ done, total, item }) => onProgress({ done: exported + done, total: exported + total, item }),
        },
        () =>
          exportFromEngine({ ...ports, folder, gzip: ports.layers.gzip }, from.reference, {
            signal,
            onProgress: (progress) => {
              exported = progress.total;
              onProgress(progress);
            },
          }),
      );
    } finally {
      await ports.files.remove(folder).catch(() => {});
    }
  }

  async #copy(
    from: ServedRepository,
    to: ServedRepository,
    options: CopyCall,
    openSource: (count: () => void) => Promise<CopySource>,
  ): Promise<TransferResult> {
    const { signal, platform, referrers = true, overwrite = false, expected, onProgress = () => {}, onMoved } = options;
    const { ports } = this.#context;
    const tag = targetTag(from.reference, to.reference);
    const { planCopy, runCopy } = await import('./transfer/copy.ts');
    let requests = 0;
    const count = (): void => void requests++;
    const isSameRegistry = isSameOrigin(from.connection, to.connection);
    const isRetag = isSameRegistry && from.reference.repository === to.reference.repository;
    // First: what cannot be written to need not be read for.
    const target = await this.#target(from, to, {
      count,
      signal,
      overwrite,
      mountFrom: isSameRegistry && !isRetag,
    });
    const source = await openSource(count);
    const plan = await planCopy(
      source,
      { reference: from.reference.familiar, tagOrDigest: from.tagOrDigest },
      { platform, architecture: ports.architecture, withReferrers: referrers && !isRetag, signal },
    );
    checkDigest(to.reference, plan.image.top.descriptor);
    const result = await runCopy(
      { source, target, createHash: ports.createHash, lanes: this.#lanes },
      {
        plan,
        tag,
        isRetag,
        overwrite,
        expected,
        signal,
        onProgress,
        ...(onMoved &&
          tag !== undefined && {
            onMoved: (before) => onMoved({ tag, before, now: plan.image.top.descriptor.digest }),
          }),
      },
    );
    return { ...result, requests };
  }

  async #source(
    { connection, reference, key }: ServedRepository,
    count: () => void,
    signal: AbortSignal,
  ): Promise<CopySource> {
    const { sessions, contents } = this.#context;
    const repository = (await sessions.counting(connection, count)).repository(reference.repository);
    const observed = <T>(work: () => Promise<T>): Promise<T> => sessions.observe(connection, work);
    return {
      fetchManifest: (other) => observed(() => contents.fetchManifest(repository, key, other, signal)),
      openBlob: (blob, call) => observed(() => repository.openBlob(blob, call)),
      listReferrers: (digest, stop) => observed(() => allReferrers(repository, digest, stop)),
      listTags: async (stop) => {
        try {
          return new Set((await allTags(repository, stop)).items.map(({ name }) => name));
        } catch (error) {
          // Who may read an image may not always list its repository.
          if (isRegistryError(error, 'unauthorized', 'denied', 'unsupported', 'not-found')) return undefined;
          throw error;
        }
      },
    };
  }

  async #target(
    from: ServedRepository,
    { connection, reference }: ServedRepository,
    how: {
      readonly count: () => void;
      readonly signal: AbortSignal;
      readonly mountFrom: boolean;
      readonly overwrite: boolean;
    },
  ): Promise<CopyTarget> {
    const { ports, sessions } = this.#context;
    const { archiveTarget, layoutTarget, repositoryTarget } = await import('./transfer/copy.ts');
    const { registry, repository: name } = reference;
    const imageName = (tag: string | undefined): string | undefined => nameInLayout(from.reference, tag);
    if (registry === archiveRegistry) {
      const { signal, overwrite } = how;
      return archiveTarget(ports, { archive: filePath(name), overwrite, imageName, signal });
    }
    if (registry === layoutRegistry) {
      return layoutTarget(ports, { folder: filePath(name), imageName, signal: how.signal });
    }
    const repository = (await sessions.counting(connection, how.count)).repository(name, 'push');
    const target = repositoryTarget(repository, {
      name: repositoryReference(connection.url, name),
      mountFrom: how.mountFrom ? from.reference.repository : undefined,
    });
    return observedTarget(target, (work) => sessions.observe(connection, work));
  }
}

/** What happens at the target says how its connection stands. What is asked for the source's sake does not. */
function observedTarget(target: CopyTarget, observe: <T>(work: () => Promise<T>) => Promise<T>): CopyTarget {
  return {
    ...target,
    find: (tag, call) => observe(() => target.find(tag, call)),
    has: (manifest, call) => observe(() => target.has(manifest, call)),
    read: (tag, call) => observe(() => target.read(tag, call)),
    putManifest: (manifest, call) => observe(() => target.putManifest(manifest, call)),
    setName: (tag, manifest, call) => observe(() => target.setName(tag, manifest, call)),
    listReferrers: (digest, call) => observe(() => target.listReferrers(digest, call)),
  };
}

/** The tag that the copy gets; `undefined` where it is found by its digest only. */
function targetTag(source: ImageReference, target: ImageReference): string | undefined {
  if (target.tag !== undefined || target.digest !== undefined) return target.tag;
  if (source.tag !== undefined) return source.tag;
  return source.digest === undefined ? 'latest' : undefined;
}

function checkDigest({ digest, familiar }: ImageReference, { digest: copied }: Descriptor): void {
  if (digest === undefined || digest === copied) return;
  throw new RegistryError(
    'invalid',
    `A copy keeps its digest, ${copied}, so that it cannot become ${familiar}. Name the target by a tag.`,
  );
}

/** What an image of a registry is called where it is loaded from a layout. A path of this machine names nothing elsewhere. */
function nameInLayout(source: ImageReference, tag: string | undefined): string | undefined {
  const { registry, repository } = source;
  if (isLocalRegistry(registry) || tag === undefined || (source.tag ?? 'latest') !== tag) return undefined;
  return `${registry}/${repository}:${tag}`;
}

function isSameOrigin(one: Connection, other: Connection): boolean {
  return (
    URL.canParse(one.url) &&
    URL.canParse(other.url) &&
    /^https?:/.test(one.url) &&
    new URL(one.url).origin === new URL(other.url).origin
  );
}
