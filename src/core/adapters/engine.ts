import type {
  BlobContent,
  BlobOptions,
  Descriptor,
  RegistryAdapter,
  RepositorySession,
  TagSummary,
} from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { assertDigest, isDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import type { CreateHash, FindEngine } from '../ports.ts';
import { verifiedChunks } from '../registry/verify.ts';
import { createEngineApi, type EngineApi } from './engineApi.ts';
import { type MadeImage, makeEngineImage } from './engineManifest.ts';
import type { EngineImage, EngineName } from './engineReplies.ts';
import { engineKind } from './kinds.ts';
import { findInTarStream } from './tarStream.ts';

/** Images looked at for a digest that nobody has asked for by name before. */
const mostSearched = 100;

interface EnginePorts {
  readonly findEngine: FindEngine;
  readonly createHash: CreateHash;
}

/**
 * The images of the container engine of this machine, as a registry that is only read. Repositories are the names that
 * images have there, with their registry. Nothing is asked before somebody looks.
 * https://docs.docker.com/reference/api/engine/
 */
export function engineAdapter({ findEngine, createHash }: EnginePorts): RegistryAdapter {
  return {
    ...engineKind,
    open: (_target, { log }) => {
      const api = createEngineApi(findEngine);
      return {
        test: async ({ signal }) => {
          await api.images(signal);
        },
        listRepositories: async (_namespace, { signal }) => {
          const images = await api.images(signal);
          const unnamed = images.filter(({ names }) => names.length === 0).length;
          if (unnamed > 0) log.info(`${unnamed} images of the engine have no name and are left out.`);
          const names = new Set(images.flatMap((image) => image.names.map(({ repository }) => repository)));
          const items = [...names].toSorted().map((name) => ({ name }));
          return { items, total: items.length };
        },
        repository: (name) => openRepository(name, api, createHash),
      };
    },
  };
}

function openRepository(repository: string, api: EngineApi, createHash: CreateHash): RepositorySession {
  const namesOf = ({ names }: EngineImage): readonly EngineName[] =>
    names.filter((name) => name.repository === repository);

  async function listTags(signal: AbortSignal): Promise<readonly TagSummary[]> {
    const images = await api.images(signal);
    const tags = images.flatMap((image) =>
      namesOf(image).flatMap(({ tag, digest }): TagSummary[] => {
        const name = tag ?? digest;
        if (name === undefined) return [];
        const { createdAt, size } = image;
        return [{ name, ...(size > 0 && { size }), ...(createdAt !== undefined && { createdAt }) }];
      }),
    );
    if (tags.length > 0) return tags;
    const address = await api.address(signal);
    throw new RegistryError(
      'not-found',
      `The engine at ${address} has no image ${repository}. It may have been removed.`,
    );
  }

  /** By a tag, the digest that it was pulled by, or one that was made here. */
  async function find(reference: string, signal: AbortSignal): Promise<MadeImage> {
    if (isTag(reference)) return make(`${repository}:${reference}`, signal);
    if (!isDigest(reference)) throw new RegistryError('invalid', `"${reference}" is neither a tag nor a digest.`);
    const made = await search(({ manifest }) => manifest.descriptor.digest === reference, signal);
    return made ?? make(`${repository}@${reference}`, signal);
  }

  async function make(name: string, signal: AbortSignal): Promise<MadeImage> {
    const { details, history } = await api.inspect(name, signal);
    return makeEngineImage(details, history, createHash);
  }

  async function search(
    isWanted: (image: MadeImage, id: string) => boolean,
    signal: AbortSignal,
  ): Promise<MadeImage | undefined> {
    const images = (await api.images(signal)).filter((image) => namesOf(image).length > 0);
    for (const { id } of images.slice(0, mostSearched)) {
      const made = await make(id, signal);
      if (isWanted(made, id)) return made;
    }
    return undefined;
  }

  async function openBlob(descriptor: Descriptor, options: BlobOptions): Promise<BlobContent> {
    const { digest } = descriptor;
    const { signal, range } = options;
    assertDigest(digest);
    let id = '';
    const made = await search((image, imageId) => {
      id = imageId;
      return image.config.descriptor.digest === digest || image.layers.some((layer) => layer.digest === digest);
    }, signal);
    if (made === undefined) {
      const address = await api.address(signal);
      throw new RegistryError('not-found', `No image ${repository} of the engine at ${address} has ${digest}.`);
    }
    if (made.config.descriptor.digest === digest) {
      return contentOf(made.config.bytes.length, once(made.config.bytes), range);
    }
    return openLayer(id, digest, options);
  }

  /** The engine exports whole images only: what stands before the layer is read and thrown away. */
  async function openLayer(id: string, digest: string, { signal, range }: BlobOptions): Promise<BlobContent> {
    const hex = digest.slice(digest.indexOf(':') + 1);
    const { address, chunks } = await api.exportImage(id, signal);
    const file = await findInTarStream(chunks, [`${hex}.tar`, `blobs/${digest.replace(':', '/')}`]);
    if (file === undefined) {
      throw new RegistryError(
        'unsupported',
        `The engine at ${address} exports its layers under other names than their digests. Save the image ("docker save"), and add the archive in place of the engine.`,
      );
    }
    if (range !== undefined) return contentOf(file.size, file.chunks, range);
    const expected = { digest, size: file.size };
    return { size: file.size, chunks: verifiedChunks(file.chunks, expected, { createHash, host: address }) };
  }

  return {
    listTags: async ({ signal }) => {
      const items = await listTags(signal);
      return { items, total: items.length };
    },
    resolve: async (reference, { signal }) => (await find(reference, signal)).manifest.descriptor,
    fetchManifest: async (reference, { signal }) => (await find(reference, signal)).manifest,
    openBlob,
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

function contentOf(size: number, chunks: AsyncIterable<Uint8Array>, range: BlobOptions['range']): BlobContent {
  if (range === undefined) return { size, chunks };
  const end = Math.min(range.end, size);
  return { size: Math.max(0, end - range.start), chunks: partOf(chunks, range.start, end) };
}

async function* partOf(
  chunks: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = 0;
  for await (const chunk of chunks) {
    const part = chunk.subarray(Math.max(0, start - position), Math.max(0, end - position));
    if (part.length > 0) yield part;
    position += chunk.length;
    if (position >= end) return;
  }
}
