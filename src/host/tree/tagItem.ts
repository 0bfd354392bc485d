import * as vscode from 'vscode';
import type { TagSummary } from '../../api.ts';
import type { RepositoryAbility } from '../../core/abilities.ts';
import { shortDigest } from '../../core/oci/digest.ts';
import { formatDate, formatSize } from '../present.ts';
import { contextValue, tagFlags } from './flags.ts';
import type { TagNode } from './nodes.ts';
import { present } from './presentParts.ts';
import { rowCommand } from './rowCommand.ts';
import { tagTooltip } from './tooltips.ts';

const { Collapsed } = vscode.TreeItemCollapsibleState;

/** A tag, or all tags of an image in one row. */
export function tagItem(node: TagNode, abilities: ReadonlySet<RepositoryAbility>): vscode.TreeItem {
  const { tag, reference, isWatched, isGroup, sameImage = [] } = node;
  const item = new vscode.TreeItem(isGroup === true ? [tag.name, ...sameImage].join(', ') : tag.name, Collapsed);
  const isProtected = (tag.protectedFrom ?? []).length > 0;
  item.iconPath = new vscode.ThemeIcon(isProtected ? 'lock' : isWatched === true ? 'eye' : 'tag');
  const others = isGroup === true ? undefined : sameImageText(node);
  const facts = [...present([movedText(node)]), ...tagFacts(tag), ...present([others])];
  item.description = facts.join(' · ');
  item.tooltip = present([tagTooltip(reference, tag), sameImageText(node), movedFromText(node)]).join('\n');
  item.contextValue = contextValue('tag', ...rowFlags(node), ...tagFlags(abilities, tag));
  const lock = isProtected ? [vscode.l10n.t('locked')] : [];
  item.accessibilityInformation = {
    label: [vscode.l10n.t('Tag {0}', item.label as string), ...facts, ...lock].join(', '),
  };
  item.command = rowCommand();
  return item;
}

function rowFlags({ isWatched, movedFrom }: TagNode): readonly (string | undefined)[] {
  return [isWatched === true ? 'watched' : undefined, movedFrom === undefined ? undefined : 'moved'];
}

/** Tags of one image that a row names; the tooltip of a row is no place for hundreds. */
const namedTags = 5;

/** `= latest, 1.27`: what else the image is called. */
function sameImageText({ sameImage = [] }: TagNode): string | undefined {
  if (sameImage.length === 0) return undefined;
  const names = sameImage.slice(0, namedTags).join(', ');
  const others = sameImage.length - namedTags;
  return others > 0 ? vscode.l10n.t('= {0} and {1} more', names, others) : `= ${names}`;
}

function movedText({ movedFrom }: TagNode): string | undefined {
  return movedFrom === undefined ? undefined : vscode.l10n.t('moved');
}

function movedFromText({ movedFrom }: TagNode): string | undefined {
  return movedFrom === undefined
    ? undefined
    : vscode.l10n.t('It has moved since you looked last: it was {0}.', movedFrom);
}

/** What is known of it; nothing is asked for. */
function tagFacts({ digest, size, createdAt, pushedAt }: TagSummary): string[] {
  const date = pushedAt ?? createdAt;
  return present([
    date === undefined ? undefined : formatDate(date),
    size === undefined ? undefined : formatSize(size),
    digest === undefined ? undefined : shortDigest(digest),
  ]);
}
