import type { InstalledPackage } from './packages.ts';
import type { RpmPackage } from './rpmHeader.ts';
import { nameRpmPackages } from './rpmPackages.ts';

/**
 * `/var/lib/rpmmanifest/container-manifest-2`, which the distroless images of Azure Linux and Mariner have in place of a
 * database: a line a package, with tabs between name, version-release, times of installation and build, vendor, epoch,
 * size, architecture, epoch as a number, and source package. The first epoch is always `(none)` in those that Azure Linux
 * builds, and the second 0 where there is none: https://github.com/microsoft/azurelinux, generateContainerManifests.
 */
export function readRpmManifest(text: string): readonly InstalledPackage[] {
  return nameRpmPackages(
    lines(text).flatMap((line): RpmPackage[] => {
      const [name = '', version = '', , , , epoch = '', , arch = '', epochNumber = ''] = line.split('\t').map(trimmed);
      if (name === '' || version === '') return [];
      const epochs = [epochNumber, epoch].filter((each) => /^[1-9]\d*$/.test(each));
      return [{ name, version: [...epochs.slice(0, 1), version].join(':'), arch }];
    }),
  );
}

/** `container-manifest-1` beside it, which says less: `name-version-release.arch` a line, as `rpm -qa` prints them. */
export function readRpmNames(text: string): readonly InstalledPackage[] {
  return nameRpmPackages(
    lines(text).flatMap((line): RpmPackage[] => {
      const [, name, version, arch] = /^([^\s]+)-([^\s-]+-[^\s-]+)\.([^\s.-]+)$/.exec(line) ?? [];
      return name === undefined || version === undefined || arch === undefined ? [] : [{ name, version, arch }];
    }),
  );
}

function lines(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => line.slice(0, longestLine));
}

function trimmed(text: string): string {
  return text.trim();
}

/** Names and versions are far shorter. */
const longestLine = 4096;
