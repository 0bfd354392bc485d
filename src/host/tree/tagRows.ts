import * as vscode from 'vscode';
import { errorMessage } from '../present.ts';
import { moreNode, noticeNode, pagesNode, type RepositoryNode, type TreeNode, tagNode, unknownNode } from './nodes.ts';
import type { TagsState } from './repositoryTags.ts';

/** Rows of a node shown at once: more make the tree slow, and nobody reads them. */
export const rowsAtOnce = 1000;

/** The rows of a repository: its tags, and above them what is missing and why. */
export function tagRows(node: RepositoryNode, state: TagsState, limit: number): TreeNode[] {
  const { arranged, read, total, isReading, end, failure } = state;
  const shown = arranged.tags.slice(0, limit);
  const rows: TreeNode[] = [];
  if (failure !== undefined) rows.push(noticeNode(node, 'partial', errorMessage(failure)));
  if (end === 'repeated') rows.push(noticeNode(node, 'info', repeatedText(read)));
  if (end === 'bounded') rows.push(noticeNode(node, 'info', boundedText(read)));
  if (failure === undefined && !isReading && end === undefined) rows.push(pagesNode(node, 'unread', read, total));
  if (arranged.unknown > 0) rows.push(unknownNode(node, arranged.unknown));
  rows.push(...shown.map((tag) => tagNode(node, tag)));
  if (shown.length === 0 && !isReading && failure === undefined) rows.push(noticeNode(node, 'info', emptyText(state)));
  if (isReading) rows.push(pagesNode(node, 'reading', read, total));
  if (shown.length < arranged.tags.length) rows.push(moreNode(node, shown.length, arranged.tags.length));
  return rows;
}

/** What the row of an opened repository says of its tags. */
export function tagCount({ arranged, read, total, end }: TagsState): string {
  const count = (value: number): string => value.toLocaleString(vscode.env.language);
  const all = end === 'complete' ? read - arranged.folded : total;
  if (arranged.hidden > 0) return vscode.l10n.t('{0} of {1} tags', count(arranged.tags.length), count(read));
  if (all === undefined) return vscode.l10n.t('more than {0} tags', count(read));
  return all === 1 ? vscode.l10n.t('1 tag') : vscode.l10n.t('{0} tags', count(all));
}

function emptyText({ arranged, end }: TagsState): string {
  if (arranged.hidden > 0) return vscode.l10n.t('No tag is as the filter wants it.');
  if (arranged.folded > 0) return vscode.l10n.t('No tags but those of signatures and other attachments.');
  if (end === 'complete') return vscode.l10n.t('No tags. Images here can only be opened by their digests.');
  return vscode.l10n.t('No tags so far.');
}

function repeatedText(read: number): string {
  const count = read.toLocaleString(vscode.env.language);
  return vscode.l10n.t(
    'The registry sends the same page of tags again and again. These are the {0} that it sent.',
    count,
  );
}

function boundedText(read: number): string {
  const count = read.toLocaleString(vscode.env.language);
  return vscode.l10n.t('There are more tags than the {0} that Gantry reads. Open others by their names.', count);
}
