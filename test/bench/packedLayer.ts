import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sha256 } from '../support/oci.ts';

export const mebibyte = 1024 * 1024;
/** Where the files of the layers come from. */
const source = ['usr/share', 'usr/lib'];
const run = promisify(execFile);

/** A layer of what this machine has in /usr: files as there are many of, which pack to some 40 %. */
export interface PackedLayer {
  readonly name: string;
  readonly file: string;
  readonly size: number;
  readonly digest: string;
  readonly diffId: string;
}

interface SourceFile {
  readonly path: string;
  readonly size: number;
}

async function listFiles(): Promise<readonly SourceFile[]> {
  const args = [...source, '-xdev', '(', '-type', 'f', '-o', '-type', 'l', '-o', '-type', 'd', ')'];
  const { stdout } = await run('find', [...args, '-printf', '%s %p\\0'], { cwd: '/', maxBuffer: 256 * mebibyte });
  return stdout
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => ({ size: Number.parseInt(line, 10), path: line.slice(line.indexOf(' ') + 1) }));
}

/** As many as fill an archive. */
function firstOf(files: readonly SourceFile[], mebibytes: number): readonly SourceFile[] {
  let size = 0;
  const end = files.findIndex((file) => {
    size += 512 + Math.ceil(file.size / 512) * 512;
    return size > mebibytes * mebibyte;
  });
  return end < 0 ? files : files.slice(0, end);
}

/** Writes it below `folder`, as large as that its archive has so many MiB. */
export async function packLayer(folder: string, name: string, mebibytes: number): Promise<PackedLayer> {
  const files = firstOf(await listFiles(), mebibytes);
  const file = join(folder, `${name}.tar.gz`);
  const list = join(folder, `${name}.list`);
  await writeFile(list, files.map(({ path }) => `${path}\0`).join(''));
  const tar = `tar -C / --no-recursion --null -cf - --files-from ${list} 2>/dev/null`;
  const command = `${tar} | tee ${file}.raw | gzip -6 > ${file}; sha256sum ${file}.raw; rm ${file}.raw`;
  const { stdout } = await run('sh', ['-c', command]);
  const { size } = await stat(file);
  return { name, file, size, digest: sha256(await readFile(file)), diffId: `sha256:${stdout.slice(0, 64)}` };
}

export function formatMebibytes(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MiB`;
}
