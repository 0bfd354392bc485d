import * as vscode from 'vscode';
import { throwIfAborted } from '../../core/errors.ts';
import { equalBytes, toText } from '../../core/image/byteOrder.ts';
import { compareImages, type PathDifference } from '../../core/image/imageDiff.ts';
import { comparePackages, type PackageChange } from '../../core/image/packages.ts';
import type { OpenedFiles } from '../../core/imageFiles.ts';
import { findPackages, type UnreadDatabase } from '../../core/imagePackages.ts';
import { printable } from '../../core/printable.ts';
import { runAtOnce } from '../../core/transfer/runAtOnce.ts';
import { documentUri } from '../editor/documentUris.ts';
import { plainLabel } from '../files/findFile.ts';
import { fileUri, type ImagePlace } from '../files/imageUris.ts';
import { createPause } from '../pause.ts';
import { formatSize } from '../present.ts';
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

interface DifferenceItem extends vscode.QuickPickItem {
  readonly open?: () => Thenable<unknown>;
}

/** Lists what differs; each item opens both sides in the diff editor. The list stays for the next one. */
export function showComparison(names: readonly [string, string], compared: ComparedPlaces): void {
  const list = vscode.window.createQuickPick<DifferenceItem>();
  list.title = vscode.l10n.t('{0} ↔ {1}', ...names);
  list.placeholder = placeholder(compared.comparison);
  list.matchOnDescription = true;
  list.items = items(compared);
  list.onDidAccept(() => {
    const [chosen] = list.activeItems;
    if (chosen?.open === undefined) return;
    list.hide();
    void chosen.open();
  });
  list.onDidHide(() => list.dispose());
  list.show();
}

function items({ comparison, left, right }: ComparedPlaces): readonly DifferenceItem[] {
  const { layers, isSameConfig, files, packages, unread, unreadPackages, unreadDatabases } = comparison;
  const shared = vscode.l10n.t('{0} of {1} and {2} are in both', layers.shared, layers.left, layers.right);
  const groups = (['changed', 'added', 'removed'] as const).map((kind) => files.filter((file) => file.kind === kind));
  return [
    {
      label: vscode.l10n.t('Configuration'),
      iconPath: new vscode.ThemeIcon('settings-gear'),
      description: isSameConfig ? vscode.l10n.t('the same') : vscode.l10n.t('differs'),
      open: () => openDocuments(left, right, 'config'),
    },
    {
      label: vscode.l10n.t('Layers'),
      iconPath: new vscode.ThemeIcon('layers'),
      description: shared,
      open: () => openDocuments(left, right, 'manifest'),
    },
    ...leftOutItem(
      vscode.l10n.t('Not compared by content'),
      vscode.l10n.t('{0} files of one size and time in different layers', unread),
      unread,
    ),
    ...leftOutItem(
      vscode.l10n.t('Not read for packages'),
      vscode.l10n.t('{0} files of a package each, since there are too many', unreadPackages),
      unreadPackages,
    ),
    ...unreadDatabases.map(({ path, reason }) => ({
      label: vscode.l10n.t('Not read for packages'),
      iconPath: new vscode.ThemeIcon('warning'),
      description: `${path}: ${printable(reason)}`,
    })),
    ...packageItems(packages),
    ...groups.flatMap((group): DifferenceItem[] => {
      const [first] = group;
      if (first === undefined) return [];
      const separator = { label: groupName(first.kind, group.length), kind: vscode.QuickPickItemKind.Separator };
      return [separator, ...group.map((file) => fileItem(file, left, right))];
    }),
  ];
}

/** What a comparison does not tell, where there is such. */
function leftOutItem(label: string, description: string, count: number): readonly DifferenceItem[] {
  return count === 0 ? [] : [{ label, iconPath: new vscode.ThemeIcon('info'), description }];
}

function packageItems(packages: readonly PackageChange[]): readonly DifferenceItem[] {
  if (packages.length === 0) return [];
  const count = packages.length.toLocaleString(vscode.env.language);
  return [
    { label: vscode.l10n.t('Packages: {0}', count), kind: vscode.QuickPickItemKind.Separator },
    ...packages.map(({ kind, name, left, right }) => ({
      label: plainLabel(printable(name)),
      iconPath: new vscode.ThemeIcon('package'),
      description: `${versionsText(left, right)} · ${kind}`,
    })),
  ];
}

function versionsText(left: readonly string[], right: readonly string[]): string {
  const text = (versions: readonly string[]): string => printable(versions.join(', '));
  if (left.length === 0) return vscode.l10n.t('added {0}', text(right));
  return right.length === 0 ? vscode.l10n.t('removed {0}', text(left)) : `${text(left)} → ${text(right)}`;
}

const icons = { added: 'diff-added', removed: 'diff-removed', changed: 'diff-modified' } as const;

function fileItem(file: FileDifference, left: ImagePlace, right: ImagePlace): DifferenceItem {
  return {
    label: plainLabel(printable(file.path)),
    iconPath: new vscode.ThemeIcon(icons[file.kind]),
    description: factsOf(file),
    open: () => openDifference(file, left, right),
  };
}

function openDifference({ kind, path, type }: FileDifference, left: ImagePlace, right: ImagePlace): Thenable<unknown> {
  const [a, b] = [fileUri(left, path), fileUri(right, path)];
  if (type === 'directory') return vscode.window.showInformationMessage(vscode.l10n.t('{0} is a folder.', path));
  if (kind === 'added') return vscode.commands.executeCommand('vscode.open', b);
  if (kind === 'removed') return vscode.commands.executeCommand('vscode.open', a);
  return vscode.commands.executeCommand('vscode.diff', a, b, printable(path));
}

function openDocuments(left: ImagePlace, right: ImagePlace, document: 'config' | 'manifest'): Thenable<unknown> {
  const [a, b] = [documentUri(left, { kind: document }), documentUri(right, { kind: document })];
  return vscode.commands.executeCommand('vscode.diff', a, b, `${document}.json`);
}

function factsOf({ kind, aspects, leftSize = 0, rightSize = 0 }: FileDifference): string {
  if (kind === 'added') return formatSize(rightSize);
  if (kind === 'removed') return formatSize(leftSize);
  const words = {
    type: vscode.l10n.t('kind'),
    size: vscode.l10n.t('{0} → {1}', formatSize(leftSize), formatSize(rightSize)),
    time: vscode.l10n.t('time'),
    mode: vscode.l10n.t('permissions'),
    owner: vscode.l10n.t('owner'),
    link: vscode.l10n.t('target'),
    content: vscode.l10n.t('content'),
  };
  return aspects.map((aspect) => words[aspect]).join(' · ');
}

function groupName(kind: FileDifference['kind'], count: number): string {
  const number = count.toLocaleString(vscode.env.language);
  switch (kind) {
    case 'added':
      return vscode.l10n.t('Added: {0}', number);
    case 'removed':
      return vscode.l10n.t('Removed: {0}', number);
    case 'changed':
      return vscode.l10n.t('Changed: {0}', number);
  }
}

function placeholder({ files, isTruncated }: ImageComparison): string {
  const count = files.length.toLocaleString(vscode.env.language);
  if (isTruncated) return vscode.l10n.t('More than {0} files differ; the first of them', count);
  return files.length === 0
    ? vscode.l10n.t('No file differs')
    : vscode.l10n.t('Files that differ: {0}. Choose one to see both sides', count);
}
