import { isRegistryError } from './errors.ts';
import { toText } from './image/byteOrder.ts';
import {
  type InstalledPackage,
  readApkInstalled,
  readDpkgStatus,
  readNpmLock,
  readOpkgStatus,
  readPackageJson,
  readPythonFolder,
} from './image/packages.ts';
import { readRpmManifest, readRpmNames } from './image/rpmManifest.ts';
import type { OpenedFiles } from './imageFiles.ts';
import { runAtOnce } from './transfer/runAtOnce.ts';

/** The packages of an image, as its files say. */
export interface FoundPackages {
  readonly packages: readonly InstalledPackage[];
  /** Files that say of one package each and were not read, since there are too many of them. */
  readonly unread: number;
  /** Databases of packages that could not be read, with why. */
  readonly unreadDatabases: readonly UnreadDatabase[];
}

export interface UnreadDatabase {
  readonly path: string;
  /** A whole sentence. */
  readonly reason: string;
}

type Reader = (text: string) => readonly InstalledPackage[];

/** What there is of an image: its names, and the contents of the files that are looked into. */
export type FilesToLookInto = Pick<OpenedFiles, 'tree' | 'read' | 'target'>;

/** In place of rpm's database in images without rpm. The second says less, and nothing that the first does not. */
const rpmManifest = 'var/lib/rpmmanifest/container-manifest-2';
const rpmNames = 'var/lib/rpmmanifest/container-manifest-1';
const dpkgFolder = 'var/lib/dpkg/status.d/';
const lists: ReadonlyMap<string, Reader> = new Map([
  ['var/lib/dpkg/status', readDpkgStatus],
  ['lib/apk/db/installed', readApkInstalled],
  ['usr/lib/apk/db/installed', readApkInstalled],
  ['usr/lib/opkg/status', readOpkgStatus],
  ['var/lib/opkg/status', readOpkgStatus],
  [rpmManifest, readRpmManifest],
  [rpmNames, readRpmNames],
]);

/** Where rpm has its database: the newer place, the older one, and that of images which are managed by ostree. */
const rpmFolders = ['usr/lib/sysimage/rpm/', 'var/lib/rpm/', 'usr/share/rpm/'];
/** The newest form first: rpm leaves the older one behind where it has made another of it. */
const rpmFiles = ['rpmdb.sqlite', 'Packages.db', 'Packages'];

/** Files that are read, of those that say of one package each: a request each. */
const mostRead = 300;
const readAtOnce = 4;

/** Looks for what dpkg, apk, rpm, opkg, npm and pip have installed. `pause` lets others run: a large image takes a while. */
export async function findPackages(
  files: FilesToLookInto,
  options: { readonly signal: AbortSignal; readonly pause: () => Promise<void> },
): Promise<FoundPackages> {
  const { signal, pause } = options;
  const packages: InstalledPackage[] = [];
  const hasManifest = sizeOf(files, rpmManifest) > 0;
  const wanted: (readonly [path: string, reader: Reader])[] = [];
  const modules: string[] = [];
  const locked: string[] = [];
  for (const node of files.tree.walk(files.tree.root(), { isRecursive: true })) {
    await pause();
    const path = toText(node.path);
    const reader = lists.get(path);
    if (path === rpmNames && hasManifest) continue;
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
  const rpm = await findRpmPackages(files, options);
  return {
    packages: [...packages, ...rpm.packages],
    unread: Math.max(0, wanted.length - mostRead),
    unreadDatabases: rpm.unreadDatabases,
  };
}

async function findRpmPackages(
  files: FilesToLookInto,
  { signal, pause }: { readonly signal: AbortSignal; readonly pause: () => Promise<void> },
): Promise<Omit<FoundPackages, 'unread'>> {
  const packages: InstalledPackage[] = [];
  const unreadDatabases: UnreadDatabase[] = [];
  for (const path of rpmDatabases(files)) {
    try {
      const bytes = await files.read(path, signal);
      const { readRpmDatabase } = await import('./image/rpmDatabase.ts');
      packages.push(...(await readRpmDatabase(path.slice(path.lastIndexOf('/') + 1), bytes, pause)));
    } catch (error) {
      if (!isRegistryError(error, 'protocol', 'too-large', 'invalid', 'not-found')) throw error;
      unreadDatabases.push({ path, reason: error.message });
    }
    // SQLite writes what is new there first; rpm puts it into the database when it ends.
    if (sizeOf(files, `${path}-wal`) > 0) {
      unreadDatabases.push({ path: `${path}-wal`, reason: 'It holds changes that are not in the database yet.' });
    }
  }
  return { packages, unreadDatabases };
}

/** One of each place; some places are links to others. */
function rpmDatabases(files: FilesToLookInto): ReadonlySet<string> {
  const found = rpmFolders.flatMap((folder) => {
    const name = rpmFiles.find((each) => sizeOf(files, `${folder}${each}`) > 0);
    return name === undefined ? [] : [files.target(`${folder}${name}`).path];
  });
  return new Set(found);
}

/** 0 where there is no such file. */
function sizeOf(files: FilesToLookInto, path: string): number {
  try {
    const { type, size } = files.target(path);
    return type === 'file' ? size : 0;
  } catch (error) {
    if (isRegistryError(error, 'not-found', 'invalid')) return 0;
    throw error;
  }
}
