import { isRecord } from '../isRecord.ts';

/** What a package manager says is installed. All of it is what files of the image say. */
export interface InstalledPackage {
  readonly kind: 'deb' | 'apk' | 'rpm' | 'opkg' | 'npm' | 'python';
  readonly name: string;
  readonly version: string;
}

/** A package that two images do not have in the same versions. */
export interface PackageChange {
  readonly kind: InstalledPackage['kind'];
  readonly name: string;
  /** Sorted; empty where it is not there. npm may have several of one name. */
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** `/var/lib/dpkg/status`, or a file of `status.d` as distroless images have them. deb-control(5). */
export function readDpkgStatus(text: string): readonly InstalledPackage[] {
  return readStatus('deb', text);
}

/** `/usr/lib/opkg/status` of OpenWrt and what Yocto builds, in the form of dpkg's. */
export function readOpkgStatus(text: string): readonly InstalledPackage[] {
  return readStatus('opkg', text);
}

function readStatus(kind: 'deb' | 'opkg', text: string): readonly InstalledPackage[] {
  return stanzas(text).flatMap((lines) => {
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const status = field('Status');
    // What was removed may have left its configuration.
    const isInstalled = status === undefined || / installed$/.test(status);
    return isInstalled ? installed(kind, field('Package'), field('Version')) : [];
  });
}

/** `/lib/apk/db/installed`: https://wiki.alpinelinux.org/wiki/Apk_spec */
export function readApkInstalled(text: string): readonly InstalledPackage[] {
  return stanzas(text).flatMap((lines) => {
    const field = (letter: string): string | undefined => lines.find((line) => line.startsWith(`${letter}:`))?.slice(2);
    return installed('apk', field('P'), field('V'));
  });
}

/** `node_modules/.package-lock.json`, which npm keeps: everything that is in the folder. */
export function readNpmLock(text: string): readonly InstalledPackage[] {
  const { packages } = parseObject(text);
  if (!isRecord(packages)) return [];
  return Object.entries(packages).flatMap(([path, entry]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return isRecord(entry) ? installed('npm', name, entry['version']) : [];
  });
}

export function readPackageJson(text: string): readonly InstalledPackage[] {
  const { name, version } = parseObject(text);
  return installed('npm', name, version);
}

/** By the name of its folder: `requests-2.32.0.dist-info`. Python packaging, "Recording installed projects". */
export function readPythonFolder(path: string): readonly InstalledPackage[] {
  const [, name, version] = /(?:^|\/)([^/-]+)-([^/-]+)(?:-py\d[^/]*)?\.(?:dist|egg)-info$/.exec(path) ?? [];
  return installed('python', name?.replaceAll('_', '-').toLowerCase(), version);
}

export function comparePackages(
  left: readonly InstalledPackage[],
  right: readonly InstalledPackage[],
): readonly PackageChange[] {
  const [before, after] = [versionsOf(left), versionsOf(right)];
  const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((key): PackageChange[] => {
    const [old, now] = [before.get(key), after.get(key)];
    const { kind, name } = (old ?? now)?.first ?? { kind: 'deb', name: '' };
    const change = { kind, name, left: sorted(old?.versions), right: sorted(now?.versions) };
    return change.left.join('\n') === change.right.join('\n') ? [] : [change];
  });
  return changes.sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name));
}

interface Versions {
  readonly first: InstalledPackage;
  readonly versions: Set<string>;
}

function versionsOf(packages: readonly InstalledPackage[]): ReadonlyMap<string, Versions> {
  const found = new Map<string, Versions>();
  for (const one of packages) {
    const key = `${one.kind} ${one.name}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { first: one, versions: new Set([one.version]) });
    else known.versions.add(one.version);
  }
  return found;
}

function sorted(versions: ReadonlySet<string> = new Set()): readonly string[] {
  return [...versions].sort();
}

function installed(kind: InstalledPackage['kind'], name: unknown, version: unknown): readonly InstalledPackage[] {
  if (typeof name !== 'string' || typeof version !== 'string' || name.trim() === '') return [];
  return [{ kind, name: name.trim(), version: version.trim() }];
}

function stanzas(text: string): readonly (readonly string[])[] {
  return text.split(/\r?\n\s*\n/).map((stanza) => stanza.split(/\r?\n/));
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
