import * as vscode from 'vscode';
import { throwIfAborted } from '../../core/errors.ts';
import { equalBytes, toText } from '../../core/image/byteOrder.ts';
import { compareImages, type PathDifference } from '../../core/image/imageDiff.ts';
import { comparePackages, type PackageChange } from '../../core/image/packages.ts';
import type { OpenedFiles } from '../../core/imageFiles.ts';
import { findPackages, type UnreadDatabase } from '../../core/imagePackages.ts';
import { runAtOnce } from '../../core/transfer/runAtOnce.ts';
import type { ImagePlace } from '../files/imageUris.ts';
import { createPause } from '../pause.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { placeOf } from './fileTargets.ts';
import type { ImageTarget } from './targets.ts';

/** What is told of two images. */
export interface ImageComparison {
  /** By the digests of their platforms' manifests. */
  readonly left: string;
  readonly right: string;
  readonly isSameConfig: boolean;
  readonly layers: { readonly left: number; readonly right: number; readonly shared: number };
  /** What dpkg, apk, rpm, opkg, npm and pip have installed in other versions. */
  readonly packages: readonly PackageChange[];
  readonly files: readonly FileDifference[];
  /** Whether more differ than are told. */
  readonly isTruncated: boolean;
  /** Files of one size in different layers whose contents were not compared, since there are too many. */
  readonly unread: number;
  /** Files that say of a package each and were not read, of both images together. */
  readonly unreadPackages: number;
  /** Databases of packages that could not be read, of both images together. */
  readonly unreadDatabases: readonly UnreadDatabase[];
}

export interface FileDifference {
  readonly kind: PathDifference['kind'];
  readonly path: string;
  readonly type: string;
  readonly aspects: readonly (PathDifference['aspects'][number] | 'content')[];
  readonly leftSize?: number;
  readonly rightSize?: number;
}

/** Both images of a comparison, to open what is in them. */
export interface ComparedPlaces {
  readonly comparison: ImageComparison;
  readonly left: ImagePlace;
  readonly right: ImagePlace;
}

/** Differences that are told. Images of other systems differ in everything, and nobody reads more. */
const maxDifferences = 5000;
/** Files whose contents are compared: a request each where it is not known yet, and so much together. */
const maxRead = 300;
const maxReadBytes = 64 * 1024 * 1024;
const readAtOnce = 4;

/**
 * Compares the images of two references, of one platform each: files by what their layers say of them; those of one size that
 * come from different layers by what is in them, as far as that is little to read.
 */
export async function comparePlaces(
  services: Services,
  leftTarget: ImageTarget,
  rightTarget: ImageTarget,
): Promise<ComparedPlaces> {
  const [left, right] = await Promise.all([placeOf(services, leftTarget), placeOf(services, rightTarget)]);
  const [leftFiles, rightFiles] = await Promise.all([services.images.open(left), services.images.open(right)]);
  const [leftConfig, rightConfig] = await Promise.all([left, right].map((place) => configText(services, place)));
  const digests = new Set(digestsOf(leftFiles));
  const layers = {
    left: leftFiles.image.layers.length,
    right: rightFiles.image.layers.length,
    shared: digestsOf(rightFiles).filter((digest) => digests.has(digest)).length,
  };
  return withProgress(vscode.l10n.t('Comparing the files…'), async (signal) => {
    const isDue = createPause();
    const pause = async (): Promise<void> => {
      throwIfAborted(signal);
      await isDue();
    };
    const found = await differences(leftFiles, rightFiles, pause);
    const { files, unread } = await withContents([leftFiles, rightFiles], found.files, signal);
    const leftPackages = await findPackages(leftFiles, { signal, pause });
    const rightPackages = await findPackages(rightFiles, { signal, pause });
    const packages = comparePackages(leftPackages.packages, rightPackages.packages);
    const unreadPackages = leftPackages.unread + rightPackages.unread;
    const unreadDatabases = [...leftPackages.unreadDatabases, ...rightPackages.unreadDatabases];
    const isSameConfig = leftConfig === rightConfig;
    const { isTruncated } = found;
    const names = { left: left.reference, right: right.reference };
    return {
      comparison: {
        ...{ ...names, isSameConfig, layers, packages, files, isTruncated, unread, unreadPackages },
        unreadDatabases,
      },
      left,
      right,
    };
  });
}

interface Found extends FileDifference {
  readonly needsReading: boolean;
}

async function differences(
  left: OpenedFiles,
  right: OpenedFiles,
  pause: () => Promise<void>,
): Promise<{ readonly files: readonly Found[]; readonly isTruncated: boolean }> {
  const files: Found[] = [];
  let told = 0;
  for (const difference of compareImages(comparable(left), comparable(right))) {
    await pause();
    const found = describe(left, right, difference);
    if (found === undefined) continue;
    const isTold = found.kind !== 'changed' || found.aspects.length > 0;
    if (isTold && told === maxDifferences) return { files, isTruncated: true };
    if (isTold) told++;
    files.push(found);
  }
  return { files, isTruncated: false };
}

/** Adds what reading tells, the smallest files first. What is the same then is left out. */
async function withContents(
  [left, right]: readonly [OpenedFiles, OpenedFiles],
  found: readonly Found[],
  signal: AbortSignal,
): Promise<Pick<ImageComparison, 'files' | 'unread'>> {
  const candidates = found.filter(({ needsReading }) => needsReading);
  candidates.sort((a, b) => sizeOf(a) - sizeOf(b));
  const read: Found[] = [];
  let bytes = 0;
  for (const candidate of candidates) {
    bytes += 2 * sizeOf(candidate);
    if (read.length === maxRead || bytes > maxReadBytes) break;
    read.push(candidate);
  }
  const differing = new Set<string>();
  await runAtOnce(read, { atOnce: readAtOnce, signal }, async ({ path }, stop) => {
    const [a, b] = await Promise.all([left.read(path, stop), right.read(path, stop)]);
    if (!equalBytes(a, b)) differing.add(path);
  });
  const files = found.flatMap(({ needsReading: _needsReading, ...file }): FileDifference[] => {
    const aspects = differing.has(file.path) ? [...file.aspects, 'content' as const] : file.aspects;
    return file.kind === 'changed' && aspects.length === 0 ? [] : [{ ...file, aspects }];
  });
  return { files, unread: candidates.length - read.length };
}

function sizeOf({ leftSize = 0 }: Found): number {
  return leftSize;
}

/** A folder that only one image has is told by what is in it. */
function describe(left: OpenedFiles, right: OpenedFiles, difference: PathDifference): Found | undefined {
  const { kind, path, aspects, needsReading } = difference;
  const [a, b] = [difference.left, difference.right];
  const leftType = a && left.tree.index(a).type(a.id);
  const rightType = b && right.tree.index(b).type(b.id);
  const type = rightType ?? leftType ?? 'file';
  if (type === 'directory' && kind !== 'changed') return undefined;
  return {
    kind,
    path: toText(path),
    type,
    aspects,
    needsReading,
    ...(a !== undefined && { leftSize: left.tree.index(a).size(a.id) }),
    ...(b !== undefined && { rightSize: right.tree.index(b).size(b.id) }),
  };
}

function comparable(files: OpenedFiles) {
  return { tree: files.tree, digests: digestsOf(files) };
}

function digestsOf({ image }: OpenedFiles): readonly string[] {
  return image.layers.map(({ digest }) => digest);
}

async function configText(services: Services, { reference, connectionId }: ImagePlace): Promise<string> {
  const { config } = await services.gantry.inspect(reference, connectionId === undefined ? {} : { connectionId });
  return JSON.stringify(config);
}
