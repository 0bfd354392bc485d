import type {
  BlobContent,
  BlobOptions,
  CallOptions,
  Descriptor,
  FetchedManifest,
  Page,
  RegistrySession,
  RepositorySession,
  TagSummary,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { assertDigest } from '../oci/digest.ts';
import { mediaTypes } from '../oci/mediaType.ts';
import type { CreateHash } from '../ports.ts';
import { limits } from '../registry/limits.ts';
import { digestOf, verifiedChunks } from '../registry/verify.ts';
import { findImage } from './findImage.ts';
import type { LocalContent, LocalImages } from './localImages.ts';

export interface LocalSessionOptions {
  /** As references have it: the name of the only repository. */
  readonly path: string;
  /** Looks anew each time, since files change. */
  readonly open: (signal: AbortSignal) => Promise<LocalImages>;
  readonly createHash: CreateHash;
}

/** Images of this machine as a registry with one repository, which is only read. */
export function createLocalSession(options: LocalSessionOptions): RegistrySession {
  const { path, open } = options;
  return {
    test: async ({ signal }) => {
      await open(signal);
    },
    listRepositories: async (_namespace, { signal }) => {
      await open(signal);
      return { items: [{ name: path }], total: 1 };
    },
    repository: () => createRepository(options),
  };
}

function createRepository({ path, open, createHash }: LocalSessionOptions): RepositorySession {
  async function listTags({ signal }: CallOptions): Promise<Page<TagSummary>> {
    const { images } = await open(signal);
    // What has no name is listed too, by what names it: an empty list would hide it.
    const items = images.map(({ names, descriptor: { digest } }) => ({ name: names[0] ?? digest, digest }));
    return { items, total: items.length };
  }

  async function fetchManifest(reference: string, { signal }: CallOptions): Promise<FetchedManifest> {
    const { images, find } = await open(signal);
    const named = findImage(images, reference, path);
    const digest = named?.digest ?? reference;
    const content = await find(digest, signal);
    if (content === undefined) throw missing(path, digest);
    const bytes = await readManifest(content, signal);
    if (digestOf(bytes, createHash, digest) !== digest) throw damaged(path, digest);
    return { descriptor: { mediaType: named?.mediaType ?? mediaTypeOf(bytes), digest, size: bytes.length }, bytes };
  }

  async function readManifest({ size, read }: LocalContent, signal: AbortSignal): Promise<Uint8Array> {
    if (size > limits.manifest) throw new RegistryError('too-large', `${path} holds a manifest of ${size} bytes.`);
    const bytes = new Uint8Array(size);
    let length = 0;
    for await (const chunk of read({ signal, range: { start: 0, end: size } })) {
      bytes.set(chunk, length);
      length += chunk.length;
    }
    return bytes.subarray(0, length);
  }

  async function openBlob(descriptor: Descriptor, { signal, range }: BlobOptions): Promise<BlobContent> {
    const { digest } = descriptor;
    assertDigest(digest);
    const { find } = await open(signal);
    const content = await find(digest, signal);
    if (content === undefined) throw missing(path, digest);
    if (range !== undefined) {
      const part = { start: range.start, end: Math.min(range.end, content.size) };
      return { size: Math.max(0, part.end - part.start), chunks: content.read({ signal, range: part }) };
    }
    const chunks = verifiedChunks(content.read({ signal }), descriptor, { createHash, host: path });
    return { size: descriptor.size, chunks: naming(chunks, digest) };
  }

  /** A file has no proxy in between: what a mismatch means here is told in other words. */
  async function* naming(
    chunks: AsyncIterable<Uint8Array>,
    digest: string,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* chunks;
    } catch (error) {
      throw isRegistryError(error, 'digest-mismatch') ? damaged(path, digest, error) : error;
    }
  }

  return {
    listTags,
    fetchManifest,
    openBlob,
    resolve: async (reference, options) => (await fetchManifest(reference, options)).descriptor,
  };
}

/** Of a manifest that only another manifest names. The field is optional in OCI's. */
function mediaTypeOf(bytes: Uint8Array): string {
  try {
    const { mediaType, manifests } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (typeof mediaType === 'string') return mediaType;
    return Array.isArray(manifests) ? mediaTypes.ociIndex : mediaTypes.ociManifest;
  } catch {
    return '';
  }
}

function missing(path: string, digest: string): RegistryError {
  return new RegistryError('not-found', `${path} does not hold ${digest}. The copy is not complete; make it again.`);
}

function damaged(path: string, digest: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'digest-mismatch',
    `${path} is damaged: what it holds as ${digest} is something else. Copy the image again.`,
    { cause },
  );
}
