import { chmod, link, mkdir, open, symlink, utimes } from 'node:fs/promises';
import type { FileTree, FileTreeAttributes } from '../core/ports.ts';
import { fileError } from './fileError.ts';

/** Besides letters: nothing that Windows reads as a drive, a folder or a pattern, and no name that it strips. */
const windowsName = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[^\\:*?"<>|\p{Cc}]*[^\\:*?"<>|\p{Cc}. ]$/iu;

/** A file can be opened and removed by who has it; it belongs to no other user, so it runs as none. */
const ownerOfFile = 0o600;
const ownerOfFolder = 0o700;
const permissions = 0o777;

/** See {@link FileTree}. `folder` is empty, and nobody else writes into it. */
export function createFileTree(folder: string, platform: string = process.platform): FileTree {
  const root = Buffer.from(`${folder}/`);

  /** Names of an image are bytes, and so are those of Linux. */
  function place(path: Uint8Array): Buffer | string | undefined {
    const bytes = Buffer.concat([root, path]);
    if (platform === 'linux') return bytes;
    const text = Buffer.from(path).toString();
    if (!Buffer.from(text).equals(path)) return undefined;
    if (platform === 'win32' && !text.split('/').every((name) => windowsName.test(name))) return undefined;
    return `${folder}/${text}`;
  }

  /** Whether it was done; not where its name is none here, is too long, or is taken. */
  async function put(path: Uint8Array, work: (place: Buffer | string) => Promise<void>): Promise<boolean> {
    const at = place(path);
    if (at === undefined) return false;
    try {
      await work(at);
      return true;
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (['EEXIST', 'EINVAL', 'EILSEQ', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(code)))
        return false;
      throw fileError(error, String(at), 'written');
    }
  }

  return {
    folder: (path) => put(path, async (at) => void (await mkdir(at, { mode: ownerOfFolder }))),
    file: (path, chunks, { mode, mtime }) =>
      put(path, async (at) => {
        const handle = await open(at, 'wx');
        try {
          for await (const chunk of chunks) await handle.writeFile(chunk);
          await handle.chmod((mode & permissions) | ownerOfFile);
          await handle.utimes(mtime, mtime);
        } finally {
          await handle.close();
        }
      }),
    hardLink: async (path, existing) => {
      const from = place(existing);
      return from !== undefined && (await put(path, (at) => link(from, at)));
    },
    symlink: (path, target) =>
      put(path, async (at) => {
        await symlink(Buffer.from(target), at);
      }),
    describeFolder: async (path, { mode, mtime }: FileTreeAttributes) => {
      await put(path, async (at) => {
        await chmod(at, (mode & permissions) | ownerOfFolder);
        await utimes(at, mtime, mtime);
      });
    },
  };
}
