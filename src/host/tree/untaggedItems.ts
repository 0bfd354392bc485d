import * as vscode from 'vscode';
import type { RepositoryAbility } from '../../core/abilities.ts';
import { shortDigest } from '../../core/oci/digest.ts';
import type { UntaggedImage } from '../../core/untagged.ts';
import { formatDate, formatSize } from '../present.ts';
import { contextValue, untaggedFlags } from './flags.ts';
import type { UntaggedImageNode, UntaggedNode } from './nodes.ts';
import { rowCommand } from './rowCommand.ts';
import { untaggedTooltip } from './tooltips.ts';

/** `count` is known once they were listed. */
export function untaggedItem(_node: UntaggedNode, count: number | undefined): vscode.TreeItem {
  const label = count === undefined ? vscode.l10n.t('Untagged') : vscode.l10n.t('Untagged ({0})', count);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.iconPath = new vscode.ThemeIcon('circle-slash');
  item.tooltip = vscode.l10n.t('Images that no tag names: parts of multi-platform images, and what tags have left.');
  item.contextValue = 'untagged';
  item.accessibilityInformation = {
    label: count === undefined ? vscode.l10n.t('Untagged images') : vscode.l10n.t('Untagged images, {0}', count),
  };
  return item;
}

export function untaggedImageItem(node: UntaggedImageNode, abilities: ReadonlySet<RepositoryAbility>): vscode.TreeItem {
  const { image, reference } = node;
  const label = shortDigest(image.digest);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
  const facts = [
    useWord(image),
    image.pushedAt === undefined ? undefined : formatDate(image.pushedAt),
    image.size === undefined ? undefined : formatSize(image.size),
  ].filter((fact) => fact !== undefined);
  item.iconPath = new vscode.ThemeIcon(useIcon(image));
  item.description = facts.join(' · ');
  item.tooltip = untaggedTooltip(reference, image);
  item.contextValue = contextValue('untaggedImage', ...untaggedFlags(abilities, image));
  item.accessibilityInformation = { label: [vscode.l10n.t('Image {0}', label), ...facts].join(', ') };
  item.command = rowCommand();
  return item;
}

function useWord({ use, usedBy = '' }: UntaggedImage): string | undefined {
  if (use === 'part') return vscode.l10n.t('part of {0}', shortDigest(usedBy));
  return use === 'refers' ? vscode.l10n.t('about {0}', shortDigest(usedBy)) : undefined;
}

function useIcon({ use }: UntaggedImage): string {
  if (use === 'part') return 'type-hierarchy-sub';
  return use === 'refers' ? 'link' : 'package';
}
