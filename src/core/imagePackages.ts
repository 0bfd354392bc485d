import { isRegistryError } from './errors.ts';
import { toText } from './image/byteOrder.ts';
import {
  type InstalledPackage,
  readApkInstalled,
  readDpkgStatus,
  readNpmLock,
  readPackageJson,
  readPythonFolder,
} from './image/packages.ts';
import type { OpenedFiles } from './imageFiles.ts';
import { runAtOnce } from './transfer/runAtOnce.ts';

/** The packages of an image, as its files say. */
export interface FoundPackages {
  readonly packages: readonly InstalledPackage[];
  /** Files that say of one package each and were not read, since there are too many of them. */
  readonly unread: number;
}

type Reader = (text: string) => readonly InstalledPackage[];

const dpkgFolder = 'var/lib/dpkg/status.d/';
const lists: ReadonlyMap<string, Reader> = new Map([
  ['var/lib/dpkg/status', readDpkgStatus],
  ['lib/apk/db/installed', readApkInstalled],
  ['usr/lib/apk/db/installed', readApkInstalled],
]);

/** Files that are read, of those that say of one package each: a request each. */
const mostRead = 300;
const readAtOnce = 4;

/** Looks for what dpkg, apk, npm and pip have installed. `pause` lets others run, since a large image takes a while. */
export async function findPackages(
  files: OpenedFiles,
  { signal, pause }: { readonly signal: AbortSignal; readonly pause: () => Promise<void> },
): Promise<FoundPackages> {
  const packages: InstalledPackage[] = [];
  const wanted: (readonly [path: string, reader: Reader])[] = [];
  const modules: string[] = [];
  const locked: string[] = [];
  for (const node of files.tree.walk(files.tree.root(), { isRecursive: true })) {
    await pause();
    const path = toText(node.path);
    const reader = lists.get(path);
    if (reader !== undefined) wanted.push([path, reader]);
    else if (path.startsWith(dpkgFolder) && !path.endsWith('.md5sums')) wanted.push([path, readDpkgStatus]);
    else if (path.endsWith('-info')) packages.push(...readPythonFolder(path));
    else if (path.endsWith('node_modules/.package-lock.json')) {
      wanted.push([path, readNpmLock]);
      locked.push(path.slice(0, -'.package-lock.json'.length));
    } else if (/(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path)) modules.push(path);
  }
  // What a lock tells of need not be read.
  const single = modules.filter((path) => !locked.some((folder) => path.startsWith(folder)));
  wanted.push(...single.map((path) => [path, readPackageJson] as const));
  await runAtOnce(wanted.slice(0, mostRead), { atOnce: readAtOnce, signal }, async ([path, reader], stop) => {
    try {
      packages.push(...reader(new TextDecoder().decode(await files.read(path, stop))));
    } catch (error) {
      // A folder of that name, a link that leads nowhere.
      if (!isRegistryError(error, 'not-found', 'invalid', 'too-large')) throw error;
    }
  });
  return { packages, unread: Math.max(0, wanted.length - mostRead) };
}
