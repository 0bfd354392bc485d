import * as vscode from 'vscode';
import type { PullDestination, TransferResult } from '../../api.ts';
import { formatSize } from '../present.ts';

/** What a pull has done, for its row. */
export function pullSummary(destination: PullDestination): string {
  if (destination.kind === 'engine') return vscode.l10n.t('in {0}', destination.engine);
  const fetched = vscode.l10n.t('{0} fetched', formatSize(destination.bytesFetched));
  if (destination.kind !== 'files') return [fetched, ...omittedText(destination)].join(', ');
  const leftOut = destination.leftOut.reduce((sum, { count }) => sum + count, 0);
  return [
    fetched,
    vscode.l10n.t('{0} files', destination.files.toLocaleString(vscode.env.language)),
    ...(leftOut === 0 ? [] : [vscode.l10n.t('{0} left out', leftOut)]),
  ].join(', ');
}

export function copySummary(result: TransferResult): string {
  const { bytesSent, bytesMounted, keptTags } = result;
  return [
    vscode.l10n.t('{0} sent', formatSize(bytesSent)),
    ...(bytesMounted === 0 ? [] : [vscode.l10n.t('{0} were there', formatSize(bytesMounted))]),
    ...omittedText(result),
    ...(keptTags.length === 0 ? [] : [vscode.l10n.t('{0} signatures left as they were', keptTags.length)]),
  ].join(', ');
}

function omittedText({ omittedLayers: { length } }: Pick<TransferResult, 'omittedLayers'>): readonly string[] {
  return length === 0 ? [] : [vscode.l10n.t('{0} layers that may not be distributed left out', length)];
}
