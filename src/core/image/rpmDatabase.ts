import { RegistryError } from '../errors.ts';
import { berkeleyRecords } from './berkeleyHash.ts';
import { ndbRecords } from './ndbRecords.ts';
import type { InstalledPackage } from './packages.ts';
import { type RpmPackage, readRpmHeader } from './rpmHeader.ts';
import { nameRpmPackages } from './rpmPackages.ts';
import { sqliteBlobs } from './sqliteTable.ts';

/** Packages of one image; whole distributions have some 60,000. */
const mostPackages = 100_000;

/** The forms that rpm's database has had, by the names of their files. */
const forms: ReadonlyMap<string, (bytes: Uint8Array) => Iterable<Uint8Array>> = new Map([
  ['rpmdb.sqlite', (bytes) => sqliteBlobs(bytes, { table: 'Packages', column: 1 })],
  ['Packages.db', ndbRecords],
  ['Packages', berkeleyRecords],
]);

/**
 * What rpm has installed, from the file of its database with the name `name`. `pause` lets others run.
 *
 * Errors: `protocol` where it is broken, `too-large` where it has more packages than any image.
 */
export async function readRpmDatabase(
  name: string,
  bytes: Uint8Array,
  pause: () => Promise<void>,
): Promise<readonly InstalledPackage[]> {
  const found: RpmPackage[] = [];
  let count = 0;
  for (const record of forms.get(name)?.(bytes) ?? []) {
    await pause();
    if (++count > mostPackages) {
      throw new RegistryError('too-large', `The database of rpm has more than ${mostPackages} packages.`);
    }
    const one = readRpmHeader(record);
    if (one !== undefined) found.push(one);
  }
  return nameRpmPackages(found);
}
