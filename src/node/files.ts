import { randomUUID } from 'node:crypto';
import {
  constants,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
} from 'node:fs/promises';
import { join } from 'node:path';
import { isRegistryError, RegistryError, throwIfAborted } from '../core/errors.ts';
import type { ContentInParts, FileStatus, Files, ReadFileOptions, WriteFileOptions } from '../core/ports.ts';
import { tooLarge } from '../core/readFile.ts';
import { fileError, isMissing } from './fileError.ts';
import { createFileTree } from './fileTree.ts';
import { FileWriter } from './fileWriter.ts';

const temporaryPrefix = '.gantry-';
const partPrefix = `${temporaryPrefix}part-`;
const temporaryName = new RegExp(
  `^\\${temporaryPrefix}(?:[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}|part-[A-Za-z\\d-]{1,200})$`,
);

/** Milliseconds: no layer takes a day, and while one is written its time is that of its last bytes. */
const staleAfter = 24 * 60 * 60 * 1000;

/** Bytes read at once. */
const chunkSize = 256 * 1024;

export function createFiles(): Files {
  /** The end of the line of changes to each file. */
  const changes = new Map<string, Promise<unknown>>();

  async function change(
    path: string,
    makeNew: (bytes: Uint8Array | undefined) => Uint8Array,
    options: WriteFileOptions & { readonly limit: number },
  ): Promise<void> {
    const before = await readIfThere(path, options.limit);
    await write(path, once(makeNew(before)), options);
  }

  return {
    status,
    list: (folder) => naming(folder, 'read', () => readdir(folder)),
    read,
    makeFolder: async (path) => {
      await naming(path, 'created', () => mkdir(path, { recursive: true }));
    },
    write,
    writeInParts,
    change: async (path, makeNew, options) => {
      const before = changes.get(path) ?? Promise.resolve();
      const own = before.then(() => change(path, makeNew, options));
      const settled = own.catch(() => {});
      changes.set(path, settled);
      await own.finally(() => {
        if (changes.get(path) === settled) changes.delete(path);
      });
    },
    clean,
    remove: (path) => naming(path, 'removed', () => rm(path, { recursive: true, force: true })),
    moveFolder: (from, to) =>
      naming(to, 'written', async () => {
        // Windows does not put one in the place of another.
        await rmdir(to).catch(() => {});
        await rename(from, to);
      }),
    openTree: (folder) => createFileTree(folder),
    freeSpace: async (folder) => {
      const { bavail, bsize } = await naming(folder, 'read', () => statfs(folder));
      // Some network file systems tell nothing.
      return bsize === 0 ? undefined : bavail * bsize;
    },
  };
}

async function status(path: string): Promise<FileStatus | undefined> {
  try {
    const found = await stat(path);
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
    return { kind, size: found.size, modifiedAt: found.mtimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError(error, path, 'read');
  }
}

async function* read(path: string, { signal, range }: ReadFileOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await openFile(path);
  try {
    yield* chunksOf(handle, { path, signal, range });
  } finally {
    await handle.close();
  }
}

async function* chunksOf(
  handle: FileHandle,
  { path, signal, range }: { readonly path: string } & ReadFileOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = range?.start ?? 0;
  const end = range?.end ?? Number.POSITIVE_INFINITY;
  while (position < end) {
    throwIfAborted(signal);
    const buffer = new Uint8Array(Math.min(chunkSize, end - position));
    const { bytesRead } = await naming(path, 'read', () => handle.read(buffer, 0, buffer.length, position));
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Looks first: opening a pipe or a device would wait for somebody at its other end. */
async function openFile(path: string): Promise<FileHandle> {
  const found = await naming(path, 'read', () => stat(path));
  if (!found.isFile()) throw new RegistryError('storage', `${path} cannot be read: it is no file. Check the path.`);
  return naming(path, 'read', () => open(path, 'r'));
}

async function write(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  { signal, scratch }: WriteFileOptions,
): Promise<void> {
  throwIfAborted(signal);
  const temporary = join(scratch, `${temporaryPrefix}${randomUUID()}`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      const writer = new FileWriter(handle, 0);
      await writer.writeAll(chunks, signal);
      // A name that survives a power cut must not stand for content that did not.
      await writer.finish();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError(error, path, 'written');
  }
}

/**
 * Each byte has its place in the file, so two windows that write the same content at once do each other no harm: whichever
 * ends first gives it its name.
 */
async function writeInParts(
  path: string,
  { key, known, rest }: ContentInParts,
  { signal, scratch }: WriteFileOptions,
): Promise<void> {
  throwIfAborted(signal);
  const part = join(scratch, `${partPrefix}${key}`);
  let position = 0;
  try {
    const handle = await open(part, constants.O_RDWR | constants.O_CREAT);
    try {
      for await (const chunk of chunksOf(handle, { path: part, signal })) {
        known(chunk);
        position += chunk.length;
      }
      const writer = new FileWriter(handle, position);
      try {
        await writer.writeAll(rest(position), signal);
      } finally {
        position = writer.position;
      }
      await writer.finish();
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (error) {
    const failure = fileError(error, path, 'written');
    if (isMissing(error) && (await status(path)) !== undefined) return;
    const isWorthless = position === 0 || isRegistryError(failure, 'digest-mismatch', 'storage');
    if (isWorthless) await rm(part, { force: true }).catch(() => {});
    throw failure;
  }
}

/** Leaves everything that may be somebody's: other names, and what a pull may still be writing. */
async function clean(folder: string): Promise<void> {
  const names = await naming(folder, 'read', () => readdir(folder));
  for (const name of names.filter((one) => temporaryName.test(one))) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isFile() && found.mtimeMs < Date.now() - staleAfter) await rm(path, { force: true }).catch(() => {});
  }
}

async function readIfThere(path: string, limit: number): Promise<Uint8Array | undefined> {
  const found = await status(path);
  if (found === undefined) return undefined;
  if (found.kind !== 'file') throw new RegistryError('storage', `${path} cannot be read: it is no file.`);
  if (found.size > limit) throw tooLarge(path);
  return naming(path, 'read', () => readFile(path));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

async function naming<T>(path: string, done: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, path, done);
  }
}
