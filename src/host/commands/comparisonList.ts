import * as vscode from 'vscode';
import type { PackageChange } from '../../core/image/packages.ts';
import { printable } from '../../core/printable.ts';
import { documentUri } from '../editor/documentUris.ts';
import { plainLabel } from '../files/findFile.ts';
import { fileUri, type ImagePlace } from '../files/imageUris.ts';
import { formatSize } from '../present.ts';
import type { ComparedPlaces, FileDifference, ImageComparison } from './compareImages.ts';

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
