import type { Descriptor, FetchedManifest } from '../../api.ts';
import { formatBytes } from '../byteSize.ts';
import { RegistryError } from '../errors.ts';
import { digestAlgorithm } from '../oci/digest.ts';
import {
  blobPath,
  emptyIndexFile,
  findEntry,
  indexFile,
  type LayoutEntry,
  layoutFile,
  layoutFileContent,
  withEntry,
} from '../oci/layout.ts';
import type { CreateHash, Files } from '../ports.ts';
import { readFile } from '../readFile.ts';
import { limits } from '../registry/limits.ts';
import { type ContentSource, contentInParts } from './contentWriter.ts';

/** An OCI image layout that is written to. At every moment it is a complete one. */
export interface LayoutFolder {
  /** Whether a manifest, config or layer is there, whole and unchanged. */
  has(content: Descriptor, signal: AbortSignal): Promise<boolean>;
  /** Takes a blob, and goes on where an earlier attempt broke off. */
  put(blob: Descriptor, source: ContentSource, signal: AbortSignal): Promise<void>;
  putManifest(manifest: FetchedManifest, signal: AbortSignal): Promise<void>;
  /** The bytes of a manifest, config or layer that is there. */
  read(content: Descriptor, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** What a tag stands for. */
  find(tag: string, signal: AbortSignal): Promise<Descriptor | undefined>;
  /** The bytes of a manifest that is there. */
  readManifest(descriptor: Descriptor, signal: AbortSignal): Promise<Uint8Array>;
  setEntry(entry: LayoutEntry, signal: AbortSignal): Promise<void>;
  /** Rejects as {@link setEntry} would, and changes nothing. */
  checkEntry(entry: LayoutEntry, signal: AbortSignal): Promise<void>;
  /** Rejects with `storage` when so many bytes do not fit. */
  checkSpace(needed: number): Promise<void>;
}

/**
 * Opens an image layout, or makes one of a folder that is empty or missing.
 *
 * Errors: `invalid` for a folder with other content, `not-found` and `storage`.
 */
export async function openLayoutFolder(
  context: { readonly files: Files; readonly createHash: CreateHash },
  folder: string,
  signal: AbortSignal,
): Promise<LayoutFolder> {
  const { files, createHash } = context;
  const options = { signal, scratch: folder };
  await files.makeFolder(folder);
  await files.clean(folder);
  const names = await files.list(folder);
  if (!names.includes(layoutFile)) {
    if (names.length > 0) throw otherContent(folder);
    await files.write(`${folder}/${layoutFile}`, once(new TextEncoder().encode(layoutFileContent)), options);
  }
  if (!names.includes(indexFile)) await files.write(`${folder}/${indexFile}`, once(emptyIndexFile()), options);
  for (const algorithm of ['sha256', 'sha512']) await files.makeFolder(`${folder}/blobs/${algorithm}`);

  async function has({ digest, size }: Descriptor, stop: AbortSignal): Promise<boolean> {
    const path = pathOf(digest);
    const found = await files.status(path);
    if (found?.kind !== 'file' || found.size !== size) return false;
    const algorithm = digestAlgorithm(digest);
    const hash = createHash(algorithm);
    for await (const chunk of files.read(path, { signal: stop })) hash.update(chunk);
    return `${algorithm}:${hash.hex()}` === digest;
  }

  function readIndex(stop: AbortSignal): Promise<Uint8Array> {
    return readFile(files, `${folder}/${indexFile}`, { limit: limits.manifest, signal: stop });
  }

  function pathOf(digest: string): string {
    return `${folder}/${blobPath(digest)}`;
  }

  return {
    has,
    put: (blob, source, stop) =>
      files.writeInParts(pathOf(blob.digest), contentInParts(blob, source, createHash), {
        signal: stop,
        scratch: folder,
      }),
    putManifest: async ({ descriptor, bytes }, stop) => {
      if (await has(descriptor, stop)) return;
      await files.write(pathOf(descriptor.digest), once(bytes), { signal: stop, scratch: folder });
    },
    read: ({ digest }, stop) => files.read(pathOf(digest), { signal: stop }),
    find: async (tag, stop) => findEntry(await readIndex(stop), tag, folder),
    readManifest: ({ digest }, stop) => readFile(files, pathOf(digest), { limit: limits.manifest, signal: stop }),
    setEntry: (entry, stop) =>
      files.change(`${folder}/${indexFile}`, (bytes) => withEntry(bytes, entry, folder), {
        signal: stop,
        scratch: folder,
        limit: limits.manifest,
      }),
    checkEntry: async (entry, stop) => {
      withEntry(await readIndex(stop), entry, folder);
    },
    checkSpace: async (needed) => {
      const free = await files.freeSpace(folder);
      if (free !== undefined && free < needed) throw tooFull(folder, needed, free);
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

function otherContent(folder: string): RegistryError {
  return new RegistryError(
    'invalid',
    `${folder} holds other files and is no OCI image layout. Nothing was written; choose an empty folder.`,
  );
}

function tooFull(folder: string, needed: number, free: number): RegistryError {
  return new RegistryError(
    'storage',
    `The disk of ${folder} has ${formatBytes(free)} free, and ${formatBytes(needed)} more are needed. Free some space, or choose a folder on another disk.`,
  );
}
