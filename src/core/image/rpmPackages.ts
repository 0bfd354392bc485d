import type { InstalledPackage } from './packages.ts';
import type { RpmPackage } from './rpmHeader.ts';

/**
 * Names what rpm has installed. The architecture of most packages is left out, so that the images of two platforms can be
 * compared; only the libraries of another one beside it are named with theirs, as `dnf` does.
 */
export function nameRpmPackages(found: readonly RpmPackage[]): readonly InstalledPackage[] {
  const own = ownArchitecture(found);
  return found.map(({ name: plain, version, arch = '' }) => {
    const isForeign = arch !== '' && arch !== 'noarch' && arch !== own;
    return { kind: 'rpm', name: isForeign ? `${plain}.${arch}` : plain, version };
  });
}

function ownArchitecture(packages: readonly RpmPackage[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { arch } of packages) {
    if (arch !== undefined && arch !== 'noarch') counts.set(arch, (counts.get(arch) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
