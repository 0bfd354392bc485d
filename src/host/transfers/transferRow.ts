import * as vscode from 'vscode';
import { isRepeatable, isUnderWay, type Transfer } from '../../core/transferJobs.ts';
import { formatDateTime, formatSize } from '../present.ts';
import { percent, progressText } from '../progress.ts';
import { contextValue } from '../tree/flags.ts';
import type { TransferRow } from './transfersView.ts';

/** How a transfer shows: what it is about, how far it is, and what can be done with it. */
export function transferRow(transfer: Transfer): TransferRow {
  const { id, request, state, outcome, message, digest, startedAt } = transfer;
  const progress = progressTexts(transfer);
  const description = [stateText(transfer), ...progress].join(' · ');
  const item = new vscode.TreeItem(shortName(request));
  const target = request.target === undefined ? [] : [vscode.l10n.t('to {0}', request.target)];
  const tooltip = [
    `${kindText(transfer)} ${request.source}`,
    ...target,
    ...(digest === undefined ? [] : [digest]),
    vscode.l10n.t('begun {0}', formatDateTime(new Date(startedAt).toISOString())),
    description,
    ...(message === undefined ? [] : [message]),
  ];
  return Object.assign(item, {
    id,
    transferId: id,
    description: state === 'running' && progress.length > 0 ? inNarrowView(progress) : description,
    tooltip: tooltip.join('\n'),
    iconPath: iconOf(transfer),
    contextValue: contextValue(
      'transfer',
      isUnderWay(transfer) ? 'running' : 'ended',
      outcome === undefined ? undefined : 'result',
      isRepeatable(request) && (state === 'failed' || state === 'cancelled' || state === 'interrupted')
        ? 'repeatable'
        : undefined,
    ),
    accessibilityInformation: {
      label: [`${kindText(transfer)} ${request.source}`, ...target, description].join(', '),
    },
  });
}

/** A narrow view cuts what is last, which is what the notification tells too; what is done while it runs its icon tells. */
function inNarrowView([share = '', bytes, ...rest]: readonly string[]): string {
  return [share, ...rest.toReversed(), ...(bytes === undefined ? [] : [bytes])].join(' · ');
}

/** Without registries, which take the room of what changes. What is of this machine stays as it is. */
function shortName({ source }: Transfer['request']): string {
  const short = (name: string): string => name.replace(/^(?![\w-]+:\/)[^/]*[.:][^/]*\//, '');
  return source.split(', ').map(short).join(', ');
}

function stateText(transfer: Transfer): string {
  switch (transfer.state) {
    case 'waiting':
      return vscode.l10n.t('waiting for others with this registry');
    case 'running':
      return kindText(transfer);
    case 'done':
      return doneText(transfer);
    case 'failed':
      return vscode.l10n.t('{0} failed: {1}', kindText(transfer), transfer.message ?? '');
    case 'cancelled':
      return vscode.l10n.t('{0} cancelled', kindText(transfer));
    case 'interrupted':
      return vscode.l10n.t('{0} interrupted when the window was closed', kindText(transfer));
  }
}

function doneText({ request: { kind } }: Transfer): string {
  switch (kind) {
    case 'pull':
      return vscode.l10n.t('Pulled');
    case 'copy':
      return vscode.l10n.t('Copied');
    case 'push':
      return vscode.l10n.t('Pushed');
    case 'assemble':
      return vscode.l10n.t('Combined');
    case 'delete':
      return vscode.l10n.t('Deleted');
    case 'prune':
      return vscode.l10n.t('Pruned');
  }
}

function kindText({ request: { kind } }: Transfer): string {
  switch (kind) {
    case 'pull':
      return vscode.l10n.t('Pull');
    case 'copy':
      return vscode.l10n.t('Copy');
    case 'push':
      return vscode.l10n.t('Push');
    case 'assemble':
      return vscode.l10n.t('Combine');
    case 'delete':
      return vscode.l10n.t('Delete');
    case 'prune':
      return vscode.l10n.t('Prune');
  }
}

function progressTexts(transfer: Transfer): readonly string[] {
  const { progress, perSecond, secondsLeft, state, request } = transfer;
  if (progress === undefined || progress.total === 0) return [];
  if (!isRepeatable(request)) return state === 'running' ? [`${progress.done} / ${progress.total}`] : [];
  if (state !== 'running') return [formatSize(progress.done)];
  return [
    `${Math.floor(percent(progress))} %`,
    progressText(progress),
    ...(perSecond === undefined ? [] : [vscode.l10n.t('{0}/s', formatSize(perSecond))]),
    ...(secondsLeft === undefined ? [] : [vscode.l10n.t('{0} left', durationText(secondsLeft))]),
  ];
}

/** `1 h 5 min`, `3 min`, `12 s`. */
function durationText(seconds: number): string {
  if (seconds < 60) return vscode.l10n.t('{0} s', Math.ceil(seconds));
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60
    ? vscode.l10n.t('{0} min', minutes)
    : vscode.l10n.t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/** While it runs. */
const icons: Readonly<Record<Transfer['request']['kind'], string>> = {
  pull: 'cloud-download',
  copy: 'copy',
  push: 'cloud-upload',
  assemble: 'combine',
  delete: 'trash',
  prune: 'trash',
};

function iconOf({ state, request }: Transfer): vscode.ThemeIcon {
  switch (state) {
    case 'waiting':
      return new vscode.ThemeIcon('clock');
    case 'running':
      return new vscode.ThemeIcon(icons[request.kind]);
    case 'done':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
    case 'cancelled':
      return new vscode.ThemeIcon('circle-slash');
    case 'interrupted':
      return new vscode.ThemeIcon('debug-disconnect');
  }
}
