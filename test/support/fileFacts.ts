import { execFile } from 'node:child_process';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FileEntry } from '../../src/api.ts';

/** What a list tells of each file, in a form that lists of several programs share, by path. */
export type FileFacts = ReadonlyMap<string, string>;

/** As a folder of this machine has it: an image that is mounted. A hard link is a file like its other names. */
export async function factsOfFolder(folder: string): Promise<FileFacts> {
  const facts = new Map<string, string>();
  const visit = async (path: string): Promise<void> => {
    for (const name of await readdir(join(folder, path))) {
      const inner = path === '' ? name : `${path}/${name}`;
      const found = await lstat(join(folder, inner));
      const [type, link] = found.isDirectory()
        ? ['directory']
        : found.isSymbolicLink()
          ? ['symlink', await readlink(join(folder, inner))]
          : [found.isFile() ? 'file' : found.isFIFO() ? 'fifo' : 'device'];
      const size = type === 'file' ? found.size : 0;
      facts.set(inner, line({ type, size, mode: found.mode & 0o7777, uid: found.uid, gid: found.gid, link }));
      if (type === 'directory') await visit(inner);
    }
  };
  await visit('');
  return facts;
}

/** As Gantry lists it, in the same form. `sizeOf` tells the size of what a hard link names. */
export function factsOfEntries(entries: readonly FileEntry[]): FileFacts {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return new Map(
    entries.map((entry) => {
      const { path, link, uid, gid, mode } = entry;
      const isHardLink = entry.type === 'hardlink';
      const named = isHardLink ? byPath.get(link ?? '') : entry;
      const type = isHardLink ? 'file' : entry.type;
      return [path, line({ type, size: named?.size ?? -1, mode, uid, gid, link: isHardLink ? undefined : link })];
    }),
  );
}

/** As `tar --numeric-owner -tv` tells it, with times; hard links told apart. */
export async function factsOfTar(archive: string): Promise<FileFacts> {
  const args = ['--numeric-owner', '--full-time', '--quoting-style=literal', '-tvf', archive];
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const { stdout } = await promisify(execFile)('tar', args, { env, maxBuffer: 512 * 1024 * 1024 });
  const facts = new Map<string, string>();
  for (const text of stdout.split('\n').slice(0, -1)) {
    const [, kind = '', rights = '', uid, gid, size, date, time, rest = ''] =
      /^(.)(\S{9})\S* (\d+)\/(\d+) +(\S+) (\S+) (\d\d:\d\d:\d\d)\S* +(.*)$/s.exec(text) ?? [];
    const [named = '', link] = rest.split(kind === 'h' ? ' link to ' : kind === 'l' ? ' -> ' : '\n');
    const path = named.replace(/^\.?\/+/, '').replace(/\/$/, '');
    if (path === '') continue;
    const types: Readonly<Record<string, string>> = {
      '-': 'file',
      d: 'directory',
      l: 'symlink',
      h: 'hardlink',
      c: 'device',
      b: 'device',
      p: 'fifo',
    };
    const type = types[kind] ?? kind;
    facts.set(
      path,
      `${line({
        type,
        size: type === 'device' ? 0 : Number(size),
        mode: modeOf(rights),
        uid: Number(uid),
        gid: Number(gid),
        link: type === 'hardlink' ? link?.replace(/^\.?\/+/, '') : link,
      })} ${Date.parse(`${date}T${time}Z`) / 1000}`,
    );
  }
  return facts;
}

/** As Gantry lists one layer, in the form of {@link factsOfTar}. */
export function tarFactsOfEntries(entries: readonly FileEntry[]): FileFacts {
  return new Map(entries.map((entry) => [entry.path, `${line(entry)} ${entry.mtime}`]));
}

/** Paths on which two lists do not agree, with what each says. */
export function differences(a: FileFacts, b: FileFacts): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((path) => a.get(path) !== b.get(path))
    .map((path) => `${path}: ${a.get(path) ?? 'missing'} | ${b.get(path) ?? 'missing'}`);
}

function line(facts: {
  readonly type: string | undefined;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly link?: string | undefined;
}): string {
  const { type, size, mode, uid, gid, link } = facts;
  return `${type} ${size} ${mode.toString(8)} ${uid}:${gid}${link === undefined ? '' : ` -> ${link}`}`;
}

/** `rwsr-xr-t` */
function modeOf(rights: string): number {
  let mode = 0;
  for (let at = 0; at < 9; at++) if (/[rwxst]/.test(rights[at] ?? '-')) mode |= 1 << (8 - at);
  if (/[sS]/.test(rights[2] ?? '')) mode |= 0o4000;
  if (/[sS]/.test(rights[5] ?? '')) mode |= 0o2000;
  if (/[tT]/.test(rights[8] ?? '')) mode |= 0o1000;
  return mode;
}
