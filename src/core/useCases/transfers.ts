import type {
  CopyOptions,
  Descriptor,
  ImageReference,
  PullOptions,
  PullResult,
  TagOptions,
  TransferResult,
} from '../../api.ts';
import { assertWritable } from '../connections.ts';
import { repositoryReference, servesRegistry } from '../connectionUrl.ts';
import { Copies, type MovedTag } from '../copies.ts';
import { RegistryError } from '../errors.ts';
import { ImageFiles } from '../imageFiles.ts';
import { readImageConfig } from '../inspect.ts';
import { neverAborted } from '../neverAborted.ts';
import { platformFields } from '../oci/config.ts';
import { isLocalRegistry } from '../oci/localReference.ts';
import { fetchParsed } from '../oci/platformImage.ts';
import { isTag, parseReference } from '../oci/reference.ts';
import type { ContentStore } from '../ports.ts';
import type { ServedRepository } from '../servedRepositories.ts';
import type { IndexPart } from '../transfer/copy.ts';
import { paced } from '../transfer/pacedProgress.ts';
import { findMovable, type RetagOptions, retag } from '../transfer/retag.ts';
import type { Shared } from './shared.ts';

/** Tags and copies of images: what writes to a registry, an engine or a folder, and takes nothing away but what a tag named. */
export function createTransferUseCases({ ports, sessions, contents, repositories, undos, forgettingTags }: Shared) {
  const copies = new Copies({ ports, sessions, contents });

  function target(text: string, connectionId: string | undefined): ServedRepository {
    const served = repositories.find(text, connectionId === undefined ? {} : { connectionId });
    assertWritable(served.connection);
    return served;
  }

  function addMoved({ connection, reference: { repository } }: ServedRepository, { tag, before, now }: MovedTag): void {
    undos.add({
      kind: 'tag-moved',
      reference: parseReference(`${repositoryReference(connection.url, repository)}:${tag}`).familiar,
      connectionId: connection.id,
      repository,
      steps: [{ name: tag, manifest: before, now }],
    });
  }

  async function copy(source: string, to: string, options: CopyOptions = {}): Promise<TransferResult> {
    const { signal = neverAborted, targetConnectionId } = options;
    const from = repositories.find(source, options);
    const end = target(to, targetConnectionId);
    const undoable = isLocalRegistry(end.reference.registry)
      ? {}
      : { onMoved: (moved: MovedTag) => addMoved(end, moved) };
    return forgettingTags(end.key, copies.run(from, end, { ...options, ...pacedOf(options), signal, ...undoable }));
  }

  function indexPart(source: string, options: CopyOptions): Promise<IndexPart> {
    return repositories.use(source, options, async ({ reference, tagOrDigest, fetchManifest, fetchConfig }) => {
      const { familiar } = reference;
      const top = await fetchParsed(fetchManifest, { reference: familiar, tagOrDigest });
      if (top.manifest.kind === 'index') return { reference: familiar, top, platform: undefined };
      const config = await readImageConfig({ fetchConfig }, top.manifest.config);
      return { reference: familiar, top, platform: config && platformFields(config.raw) };
    });
  }

  /** Bytes of the configs and layers of all that a reference names. */
  function sizeOf(source: string, options: CopyOptions): Promise<number> {
    return repositories.use(source, options, async ({ reference, tagOrDigest, fetchManifest }) => {
      const { planWhole } = await import('../transfer/copy.ts');
      return (await planWhole(fetchManifest, { reference: reference.familiar, tagOrDigest })).size;
    });
  }

  function pacedOf({ onProgress }: Pick<CopyOptions, 'onProgress'>): Pick<CopyOptions, 'onProgress'> {
    return onProgress === undefined ? {} : { onProgress: paced(onProgress, ports.now) };
  }

  return {
    async tag(source: string, to: string, options: TagOptions = {}): Promise<Descriptor> {
      const tag = tagOfSame(parseReference(source), to);
      return repositories.use(source, { ...options, access: 'push' }, async (repository) => {
        const { session, connection, reference, key, signal } = repository;
        const manifest = await repository.fetchManifest(repository.tagOrDigest);
        const tagging = retag(
          session,
          manifest,
          { tag, name: repositoryReference(connection.url, reference.repository) },
          {
            ...moveOptions(options),
            signal,
            onMoved: (before) => addMoved(repository, { tag, before, now: manifest.descriptor.digest }),
          },
        );
        return forgettingTags(key, tagging);
      });
    },

    /** Between registries, and to or from OCI image layouts; from archives too. */
    copy,

    /**
     * Makes one index of what some references name, their platforms beside each other, and gives it a tag. What is in another
     * repository is copied there first.
     *
     * Errors: `invalid` for two images of one platform and for what is no image, `conflict` as for {@link copy}.
     */
    async assembleIndex(sources: readonly string[], to: string, options: CopyOptions = {}): Promise<Descriptor> {
      const { signal = neverAborted, targetConnectionId, onProgress = () => {} } = options;
      const end = target(to, targetConnectionId);
      const { connection, reference, key } = end;
      const { tag } = reference;
      if (tag === undefined || isLocalRegistry(reference.registry))
        throw new RegistryError('invalid', `${to} is no repository of a registry with a tag, which an index needs.`);
      const { assembleIndex } = await import('../transfer/copy.ts');
      const parts: IndexPart[] = [];
      for (const source of sources) parts.push(await indexPart(source, options));
      const index = assembleIndex(parts, ports.createHash);
      const named = { tag, name: repositoryReference(connection.url, reference.repository) };
      const moving = { ...moveOptions(options), signal };
      const missing = sources.flatMap((source, at) => {
        const from = repositories.find(source, options);
        const digest = parts[at]?.top.descriptor.digest;
        return from.key === key ? [] : [`${repositoryOf(from.reference)}@${digest}`];
      });
      // What cannot be made is said before anything is copied for it.
      if (missing.length > 0)
        await sessions.observe(connection, (session) =>
          findMovable(session.repository(reference.repository), index.descriptor.digest, named, moving),
        );
      const sizes: number[] = [];
      for (const source of missing) sizes.push(await sizeOf(source, options));
      const total = sizes.reduce((sum, size) => sum + size, 0);
      /** Bytes of those that are there by now. */
      let copied = 0;
      for (const [at, source] of missing.entries()) {
        await copy(source, `${repositoryOf(reference)}@${parseReference(source).digest}`, {
          ...options,
          signal,
          referrers: false,
          onProgress: ({ done, item }) => onProgress({ done: copied + done, total, item }),
        });
        copied += sizes[at] ?? 0;
      }
      const tagging = sessions.observe(connection, (session) =>
        retag(session.repository(reference.repository, 'push'), index, named, {
          ...moving,
          onMoved: (before) => addMoved(end, { tag, before, now: index.descriptor.digest }),
        }),
      );
      return forgettingTags(key, tagging);
    },

    /** Pulls into the container engine of this machine, a folder or an archive. */
    async pull(text: string, options: PullOptions): Promise<PullResult> {
      const { signal = neverAborted } = options;
      const served = repositories.find(text, options);
      const { connection, reference } = served;
      const { pullImage } = await import('../pulls.ts');
      // Only what the registry answers says how the connection stands, not what an engine or a disk does.
      const { fetchManifest, openBlob } = repositories.requests(served, signal);
      return pullImage(
        {
          ports,
          fetchManifest,
          openBlob: (blob, call) => openBlob(blob, { ...call, priority: 'background' }),
          listFiles: (image, stop) => new ImageFiles({ ...ports, store: emptyStore }).open(image, { signal: stop }),
          findCredential: async (stop) =>
            servesRegistry(connection.url, reference.registry) ? sessions.credential(connection, stop) : undefined,
        },
        reference,
        { ...options, ...pacedOf(options), signal },
      );
    },
  };
}

function moveOptions({ overwrite, expected }: TagOptions): Pick<RetagOptions, 'overwrite' | 'expected'> {
  return { ...(overwrite !== undefined && { overwrite }), ...(expected !== undefined && { expected }) };
}

/** Without a tag and a digest, as references have it. */
function repositoryOf({ registry, repository }: ImageReference): string {
  return registry.endsWith(':') ? `${registry}${repository}` : `${registry}/${repository}`;
}

/** A bare tag, or the tag of a reference of the same repository. */
function tagOfSame(source: ImageReference, target: string): string {
  if (isTag(target)) return target;
  const { registry, repository, tag, digest } = parseReference(target);
  if (registry !== source.registry || repository !== source.repository || tag === undefined || digest !== undefined) {
    throw new RegistryError(
      'invalid',
      `"${target}" is neither a tag nor a reference with a tag of ${source.registry}/${source.repository}.`,
    );
  }
  return tag;
}

/** Keeps nothing. */
const emptyStore: ContentStore = { quota: 0, read: async () => undefined, write: async () => {} };
