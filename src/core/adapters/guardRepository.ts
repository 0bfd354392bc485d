import type {
  BlobContent,
  BlobOptions,
  CallOptions,
  Descriptor,
  FetchedManifest,
  RepositorySession,
} from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { limits } from '../registry/limits.ts';
import { digestOf, mismatch, verifiedChunks } from '../registry/verify.ts';
import type { Guard } from './guard.ts';
import {
  isWebAddress,
  readChange,
  readDescriptor,
  readReport,
  readTag,
  readUntagged,
  readUpload,
} from './guardValues.ts';

/** A repository of another extension's adapter. Bytes are verified here, whatever the adapter has done. */
export function guardRepository(repository: RepositorySession, name: string, guard: Guard): RepositorySession {
  const { call, page, done } = guard;
  const has = (method: keyof RepositorySession): boolean => typeof repository[method] === 'function';

  async function fetchManifest(reference: string, options: CallOptions): Promise<FetchedManifest> {
    const fetched = await call(
      'fetchManifest',
      options,
      (signal) => repository.fetchManifest(reference, { signal }),
      readManifest,
    );
    const expected = isDigest(reference) ? reference : fetched.descriptor.digest;
    const digest = digestOf(fetched.bytes, guard.createHash, expected);
    if (digest !== expected) throw mismatch(guard.host, `asked for ${expected}, it sent ${digest}`);
    return fetched;
  }

  async function openBlob(descriptor: Descriptor, options: BlobOptions): Promise<BlobContent> {
    const { range } = options;
    const opened = await call(
      'openBlob',
      options,
      // With the caller's own signal: the content is read after this call.
      () => repository.openBlob(descriptor, options),
      readBlob,
    );
    const timed = timedChunks(opened.chunks, options);
    if (range === undefined) {
      return {
        size: descriptor.size,
        chunks: verifiedChunks(timed, descriptor, { createHash: guard.createHash, host: guard.host }),
      };
    }
    const size = Math.max(0, Math.min(range.end, descriptor.size) - range.start);
    return { size, chunks: ofSize(timed, size, guard.host) };
  }

  /** The deadline is for each part of the content, not for the whole. */
  async function* timedChunks(
    chunks: AsyncIterable<Uint8Array>,
    options: CallOptions,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = chunks[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await call('openBlob', options, () => iterator.next(), readStep);
        if (next.isDone) return;
        yield next.chunk;
      }
    } finally {
      // Not waited for: it may never come back.
      Promise.resolve(iterator.return?.()).catch(() => {});
    }
  }

  return {
    listTags: (options) => page('listTags', options, (signal) => repository.listTags({ ...options, signal }), readTag),
    resolve: (reference, options) =>
      call(
        'resolve',
        options,
        (signal) => repository.resolve(reference, { signal }),
        (value) => {
          const descriptor = readDescriptor(value);
          return isDigest(reference) && descriptor?.digest !== reference ? undefined : descriptor;
        },
      ),
    fetchManifest,
    openBlob,
    ...(has('listReferrers') && {
      listReferrers: (digest, options) =>
        page(
          'listReferrers',
          options,
          (signal) => repository.listReferrers?.(digest, { ...options, signal }),
          readDescriptor,
        ),
    }),
    ...(has('putManifest') && {
      putManifest: (reference, manifest, options) =>
        call(
          'putManifest',
          options,
          (signal) => repository.putManifest?.(reference, manifest, { signal }),
          (value) => (readDescriptor(value)?.digest === manifest.descriptor.digest ? manifest.descriptor : undefined),
        ),
    }),
    ...(has('mountBlob') && {
      mountBlob: (blob, from, options) =>
        call(
          'mountBlob',
          options,
          (signal) => repository.mountBlob?.(blob, from, { signal }),
          (value) => (typeof value === 'boolean' ? value : undefined),
        ),
    }),
    ...(has('uploadBlob') && {
      uploadBlob: (blob, source, options) =>
        call(
          'uploadBlob',
          options,
          (signal) => repository.uploadBlob?.(blob, source, { ...options, signal }),
          readUpload,
          {
            // As long as the blob is large: whoever copies it sees it move, and can stop it.
            isEndless: true,
          },
        ),
    }),
    ...(has('deleteTag') && {
      deleteTag: (tag, options) => done('deleteTag', options, (signal) => repository.deleteTag?.(tag, { signal })),
    }),
    ...(has('deleteManifest') && {
      deleteManifest: (digest, options) =>
        done('deleteManifest', options, (signal) => repository.deleteManifest?.(digest, { signal })),
    }),
    ...(has('deleteRepository') && {
      deleteRepository: (options) =>
        done('deleteRepository', options, (signal) => repository.deleteRepository?.({ signal })),
    }),
    ...(has('listUntagged') && {
      listUntagged: (options) =>
        page('listUntagged', options, (signal) => repository.listUntagged?.({ ...options, signal }), readUntagged),
    }),
    ...(has('vulnerabilities') && {
      vulnerabilities: (digest, options) =>
        call('vulnerabilities', options, (signal) => repository.vulnerabilities?.(digest, { signal }), readReport),
    }),
    ...(has('tagHistory') && {
      tagHistory: (tag, options) =>
        page('tagHistory', options, (signal) => repository.tagHistory?.(tag, { ...options, signal }), readChange),
    }),
    ...(has('protectTag') && {
      protectTag: (tag, from, options) =>
        done('protectTag', options, (signal) => repository.protectTag?.(tag, from, { signal })),
    }),
    ...(has('readme') && {
      readme: async (options) => {
        const { text } = await call(
          'readme',
          options,
          (signal) => repository.readme?.({ signal }),
          (value) => ({
            text: typeof value === 'string' ? value.slice(0, limits.smallBody) : undefined,
          }),
        );
        return text;
      },
    }),
    ...(has('webUrl') && {
      webUrl: (reference) => {
        try {
          const url: unknown = repository.webUrl?.(reference);
          return typeof url === 'string' && isWebAddress(url) ? url : undefined;
        } catch (error) {
          guard.translate(error);
          return undefined;
        }
      },
    }),
  };

  function readManifest(value: unknown): FetchedManifest | undefined {
    const { descriptor, bytes } = (value ?? {}) as { descriptor?: unknown; bytes?: unknown };
    const read = readDescriptor(descriptor);
    if (read === undefined || !(bytes instanceof Uint8Array)) return undefined;
    if (bytes.length > limits.manifest) {
      throw new RegistryError('too-large', `the manifest of ${name} is larger than any registry takes`);
    }
    return { descriptor: { ...read, size: bytes.length }, bytes };
  }
}

function readBlob(value: unknown): Pick<BlobContent, 'chunks'> | undefined {
  const { chunks } = (value ?? {}) as { chunks?: AsyncIterable<Uint8Array> };
  return typeof chunks?.[Symbol.asyncIterator] === 'function' ? { chunks } : undefined;
}

type Step = { readonly isDone: true } | { readonly isDone: false; readonly chunk: Uint8Array };

function readStep(value: unknown): Step | undefined {
  const { done, value: chunk } = (value ?? {}) as { done?: unknown; value?: unknown };
  if (done === true) return { isDone: true };
  // A copy: an adapter may fill the same memory again, while what was in it waits to be written.
  return chunk instanceof Uint8Array ? { isDone: false, chunk: chunk.slice() } : undefined;
}

/** A part of a blob cannot be verified, but it has its size. */
async function* ofSize(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
  host: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > size) break;
    yield chunk;
  }
  if (length !== size) throw mismatch(host, `of ${size} bytes, ${length > size ? 'more' : length} came`);
}
