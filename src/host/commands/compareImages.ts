import * as vscode from 'vscode';
import { toText } from '../../core/image/byteOrder.ts';
import { compareImages, type PathDifference } from '../../core/image/imageDiff.ts';
import type { OpenedFiles } from '../../core/imageFiles.ts';
import { printable } from '../../core/printable.ts';
import { documentUri } from '../editor/documentUris.ts';
import { plainLabel } from '../files/findFile.ts';
import { fileUri, type ImagePlace } from '../files/imageUris.ts';
import { formatSize } from '../present.ts';
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
  readonly files: readonly FileDifference[];
  /** Whether more differ than are told. */
  readonly isTruncated: boolean;
}

export interface FileDifference {
  readonly kind: PathDifference['kind'];
  readonly path: string;
  readonly type: string;
  readonly aspects: PathDifference['aspects'];
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
/** Differences after which others may run. */
const differencesAtOnce = 1000;

/** Compares the images of two references, of one platform each: files by what their layers say of them, none is read. */
export async function comparePlaces(
  services: Services,
  leftTarget: ImageTarget,
  rightTarget: ImageTarget,
): Promise<ComparedPlaces> {
  const [left, right] = await Promise.all([placeOf(services, leftTarget), placeOf(services, rightTarget)]);
  const [leftFiles, rightFiles] = await Promise.all([services.images.open(left), services.images.open(right)]);
  const [leftConfig, rightConfig] = await Promise.all([left, right].map((place) => configText(services, place)));
  const digests = new Set(digestsOf(leftFiles));
  const { files, isTruncated } = await differences(leftFiles, rightFiles);
  const comparison = {
    left: left.reference,
    right: right.reference,
    isSameConfig: leftConfig === rightConfig,
    layers: {
      left: leftFiles.image.layers.length,
      right: rightFiles.image.layers.length,
      shared: digestsOf(rightFiles).filter((digest) => digests.has(digest)).length,
    },
    files,
    isTruncated,
  };
  return { comparison, left, right };
}

async function differences(
  left: OpenedFiles,
  right: OpenedFiles,
): Promise<Pick<ImageComparison, 'files' | 'isTruncated'>> {
  const files: FileDifference[] = [];
  let count = 0;
  for (const difference of compareImages(comparable(left), comparable(right))) {
    if (++count % differencesAtOnce === 0) await new Promise((resolve) => setTimeout(resolve));
    const found = describe(left, right, difference);
    if (found === undefined) continue;
    if (files.length === maxDifferences) return { files, isTruncated: true };
    files.push(found);
  }
  return { files, isTruncated: false };
}

/** A folder that only one image has is told by what is in it. */
function describe(left: OpenedFiles, right: OpenedFiles, difference: PathDifference): FileDifference | undefined {
  const { kind, path, aspects } = difference;
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
    list.hide();
    void chosen?.open?.();
  });
  list.onDidHide(() => list.dispose());
  list.show();
}

function items({ comparison, left, right }: ComparedPlaces): readonly DifferenceItem[] {
  const { layers, isSameConfig, files } = comparison;
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
    ...groups.flatMap((group): DifferenceItem[] => {
      const [first] = group;
      if (first === undefined) return [];
      const separator = { label: groupName(first.kind, group.length), kind: vscode.QuickPickItemKind.Separator };
      return [separator, ...group.map((file) => fileItem(file, left, right))];
    }),
  ];
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
    ? vscode.l10n.t('No file differs in kind, size, time, permissions or owner')
    : vscode.l10n.t('Files that differ: {0}. Choose one to see both sides', count);
}
