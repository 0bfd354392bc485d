import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentStore, Files, StoredContent } from '../core/ports.ts';
import { fileError } from './fileError.ts';

/** When the quota is reached, so much of it is left: not every write should have to clean up. */
const shareKept = 0.9;
const keyPattern = /^[a-z0-9][a-z0-9-]{0,199}$/;

/** Bytes of lists and files of images: those of some hundred images. */
const imageQuota = 2 * 1024 ** 3;

/** What is known of images, in the extension's own folder, which need not be there yet. */
export function createImageStore(files: Files, storageFolder: string): ContentStore {
  return createContentStore(files, { folder: join(storageFolder, 'images'), quota: imageQuota });
}

interface Kept {
  readonly path: string;
  readonly size: number;
  readonly usedAt: number;
}

/**
 * A folder of files, one a key. A file's time says when it was used last; several windows may share the folder. Nothing is
 * read or made before the first use.
 */
export function createContentStore(
  files: Files,
  { folder, quota }: { readonly folder: string; readonly quota: number },
): ContentStore {
  /** As far as this window knows: others may have written as well, so it only says when to look. */
  let size: number | undefined;

  return {
    quota,
    read: async (key, signal) => {
      const path = pathOf(key);
      const found = await files.status(path).catch(() => undefined);
      if (found?.kind !== 'file') return undefined;
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
      return { size: found.size, chunks: files.read(path, { signal }) } satisfies StoredContent;
    },
    write: async (key, chunks, signal) => {
      try {
        await mkdir(folder, { recursive: true });
      } catch (error) {
        throw fileError(error, folder, 'created');
      }
      if (size === undefined) await files.clean(folder).catch(() => {});
      const counted = count(chunks);
      await files.write(pathOf(key), counted.chunks, { signal, scratch: folder });
      size = (size ?? (await sizeOfAll())) + counted.length();
      if (size > quota) size = await makeRoom();
    },
  };

  function pathOf(key: string): string {
    if (!keyPattern.test(key)) throw new RangeError(`"${key}" is no key.`);
    return join(folder, key);
  }

  async function sizeOfAll(): Promise<number> {
    return (await keptFiles()).reduce((sum, { size: bytes }) => sum + bytes, 0);
  }

  /** Removes what was not used for the longest time. */
  async function makeRoom(): Promise<number> {
    const kept = (await keptFiles()).sort((a, b) => a.usedAt - b.usedAt);
    let left = kept.reduce((sum, { size: bytes }) => sum + bytes, 0);
    for (const { path, size: bytes } of kept) {
      if (left <= quota * shareKept) break;
      // Another window may read it just now, or have removed it.
      await rm(path, { force: true }).catch(() => {});
      left -= bytes;
    }
    return left;
  }

  async function keptFiles(): Promise<Kept[]> {
    const names = await readdir(folder).catch(() => []);
    const found = await Promise.all(
      names
        .filter((name) => keyPattern.test(name))
        .map(async (name): Promise<Kept[]> => {
          const path = join(folder, name);
          const status = await stat(path).catch(() => undefined);
          return status?.isFile() ? [{ path, size: status.size, usedAt: status.mtimeMs }] : [];
        }),
    );
    return found.flat();
  }
}

function count(chunks: AsyncIterable<Uint8Array>) {
  let length = 0;
  async function* passOn(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      length += chunk.length;
      yield chunk;
    }
  }
  return { chunks: passOn(), length: () => length };
}
