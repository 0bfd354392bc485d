import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { podmanProgram } from './podman.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

/** Podman's own storage, to make real images in without running anything in them. Needs root, for mounts. */
export interface PodmanImages {
  /** An image of one layer, from a folder of this machine, or the paths in it. */
  importFolder(name: string, folder: string, ...paths: readonly string[]): Promise<void>;
  /** Another image with a layer on top: what `change` does to the files, which are at a path. */
  addLayer(from: string, name: string, change: (folder: string) => Promise<void>): Promise<void>;
  push(name: string, target: string, compression: 'gzip' | 'zstd' | 'zstd:chunked'): Promise<void>;
  /** Runs `use` with the files of an image. */
  withMounted<T>(name: string, use: (folder: string) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function openPodmanImages(): Promise<PodmanImages> {
  const folder = await makeTemporaryFolder();
  // The driver `vfs` needs neither mounts nor a kernel module.
  const storage = ['--root', join(folder, 'images'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const run = async (...args: readonly string[]): Promise<string> => {
    const options = { maxBuffer: 16 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(podmanProgram, [...storage, ...args], options);
    return stdout.trim();
  };
  return {
    importFolder: async (name, source, ...paths) => {
      const archive = join(folder, 'import.tar');
      const args = ['--numeric-owner', '-C', source, '-cf', archive, ...(paths.length === 0 ? ['.'] : paths)];
      await promisify(execFile)('tar', args);
      await run('import', '--quiet', archive, name);
    },
    addLayer: async (from, name, change) => {
      const container = await run('create', from, 'nothing');
      const mounted = await run('mount', container);
      await change(mounted);
      await run('unmount', container);
      await run('commit', '--quiet', container, name);
      await run('rm', container);
    },
    push: async (name, target, compression) => {
      await run('push', '--quiet', '--tls-verify=false', '--compression-format', compression, name, target);
    },
    withMounted: async (name, use) => {
      const mounted = await run('image', 'mount', name);
      try {
        return await use(mounted);
      } finally {
        await run('image', 'unmount', name);
      }
    },
    close: () => removeFolder(folder),
  };
}
