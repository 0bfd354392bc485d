import * as vscode from 'vscode';
import { shortDigest } from '../../core/oci/digest.ts';
import type { PrunePlan } from '../../core/prunes.ts';
import type { KeepReason, PruneEntry } from '../../core/transfer/pruneRule.ts';
import { formatDate, formatDateTime } from '../present.ts';
import { reasonText, ruleText } from './ruleWords.ts';

/** Characters of a line with names of tags. */
const lineWidth = 110;

/** A dry run as people read it. Plain text: names come from a registry. */
export function reviewText(plans: readonly PrunePlan[]): string {
  return plans.map(planText).join('\n\n');
}

/** `3 tags of 2 images`, with the untagged ones. */
export function countText(plans: readonly PrunePlan[]): string {
  const entries = plans.flatMap((plan) => plan.entries);
  const tags = entries.reduce((sum, entry) => sum + entry.tags.length, 0);
  const untagged = entries.filter((entry) => entry.tags.length === 0).length;
  const parts = [
    ...(tags > 0 || untagged === 0
      ? [tags === 1 ? vscode.l10n.t('1 tag') : vscode.l10n.t('{0} tags', number(tags))]
      : []),
    ...(untagged === 0
      ? []
      : [untagged === 1 ? vscode.l10n.t('1 untagged image') : vscode.l10n.t('{0} untagged images', number(untagged))]),
  ];
  return parts.join(vscode.l10n.t(' and '));
}

function planText(plan: PrunePlan): string {
  const { repository, rule, madeAt, entries, kept, totalTags } = plan;
  const stays = kept.filter(({ tag }) => tag !== '').length;
  const lines = [
    repository,
    '='.repeat(repository.length),
    vscode.l10n.t('Dry run of {0}. Nothing has been deleted.', formatDateTime(new Date(madeAt).toISOString())),
    vscode.l10n.t('Rule: {0}', ruleText(rule)),
    '',
    entries.length === 0
      ? vscode.l10n.t('Nothing goes.')
      : vscode.l10n.t('GOES: {0} of {1}', countText([plan]), number(totalTags)),
    ...entryLines(entries),
    '',
    vscode.l10n.t('STAYS: {0} tags', number(stays)),
    ...keptLines(plan),
  ];
  return lines.join('\n');
}

function entryLines(entries: readonly PruneEntry[]): readonly string[] {
  if (entries.length === 0) return [];
  const rows = entries.map(({ tags, digest, how, date }) => [
    tags.length === 0 ? vscode.l10n.t('(no tag)') : tags.join(' '),
    shortDigest(digest),
    date === undefined ? '' : formatDate(date),
    how === 'digest' ? vscode.l10n.t('the image with its tags') : vscode.l10n.t('the tag alone; its image stays'),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => Math.min(row[column]?.length ?? 0, 60))));
  return [
    '',
    ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()),
  ];
}

function keptLines({ kept }: PrunePlan): readonly string[] {
  const reasons = new Map<KeepReason, string[]>();
  for (const { tag, digest, reason } of kept) {
    const names = reasons.get(reason) ?? [];
    names.push(tag === '' ? shortDigest(digest) : tag);
    reasons.set(reason, names);
  }
  return [...reasons].flatMap(([reason, names]) => [
    '',
    `  ${reasonText(reason)} (${number(names.length)})`,
    ...wrapped(names).map((line) => `    ${line}`),
  ]);
}

function wrapped(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const name of names) {
    if (line !== '' && line.length + name.length >= lineWidth) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? name : `${line} ${name}`;
  }
  return line === '' ? lines : [...lines, line];
}

function number(count: number): string {
  return count.toLocaleString(vscode.env.language);
}
