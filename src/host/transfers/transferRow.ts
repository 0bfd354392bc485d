import * as vscode from 'vscode';
import { isRepeatable, isUnderWay, type Transfer } from '../../core/transferJobs.ts';
import { formatDateTime, formatSize } from '../present.ts';
import { percent, progressText } from '../progress.ts';
import { contextValue } from '../tree/flags.ts';
import type { TransferRow } from './transfersView.ts';

/** Of a longer list. */
const namesShown = 12;

/** How a transfer shows: what it is about, how far it is, and what can be done with it. */
export function transferRow(transfer: Transfer): TransferRow {
  const { id, request, state, outcome, message, digest, startedAt, took } = transfer;
  const progress = progressTexts(transfer);
  const description = [stateText(transfer), ...progress, ...endTexts(transfer)].join(' · ');
  const item = new vscode.TreeItem(shortName(request));
  const target = request.target === undefined ? [] : [vscode.l10n.t('to {0}', request.target)];
  const tooltip = [
    `${kindText(transfer)} ${request.source}`,
    ...target,
    ...(digest === undefined ? [] : [digest]),
    vscode.l10n.t('begun {0}', formatDateTime(new Date(startedAt).toISOString())),
    ...(took === undefined ? [] : [vscode.l10n.t('took {0}', durationText(took / 1000))]),
    ...namesOf(transfer),
    description,
    // Else the description has it.
    ...(message === undefined || state === 'failed' ? [] : [message]),
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

/**
 * Without its registry, which takes the room of what changes. What is of this machine stays as it is. What is combined has one
 * name in the end.
 */
function shortName({ kind, source, target }: Transfer['request']): string {
  const name = kind === 'assemble' && target !== undefined ? target : source;
  return name.replace(/^(?![\w-]+:\/)[^/]*[.:][^/]*\//, '');
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
  const { progress, perSecond, secondsLeft, secondsStalled, state, request } = transfer;
  if (progress === undefined || progress.total === 0) return [];
  // The sentence of what failed says how far it came.
  if (state === 'done' || (state === 'failed' && isRepeatable(request))) return [];
  if (!isRepeatable(request)) return [`${progress.done} / ${progress.total}`];
  if (state !== 'running') return [progressText(progress)];
  return [
    `${Math.floor(percent(progress))} %`,
    progressText(progress),
    ...(perSecond === undefined ? [] : [vscode.l10n.t('{0}/s', formatSize(perSecond))]),
    ...(secondsLeft === undefined ? [] : [vscode.l10n.t('{0} left', durationText(secondsLeft))]),
    ...(secondsStalled === undefined ? [] : [vscode.l10n.t('no bytes for {0}', durationText(secondsStalled))]),
  ];
}

/** What was done, and how long it took. */
function endTexts({ state, summary, took }: Transfer): readonly string[] {
  if (state !== 'done' && state !== 'failed') return [];
  return [
    ...(summary === undefined ? [] : [summary]),
    ...(took === undefined || state === 'failed' ? [] : [durationText(took / 1000)]),
  ];
}

/** What is deleted, where it is several. */
function namesOf({ request: { options = {} } }: Transfer): readonly string[] {
  const names = options['references'];
  if (!Array.isArray(names) || names.length < 2) return [];
  const shown = names.slice(0, namesShown).map(String);
  return names.length > namesShown ? [...shown, vscode.l10n.t('and {0} more', names.length - namesShown)] : shown;
}

/** `1 h 5 min`, `3 min`, `12 s`. */
function durationText(seconds: number): string {
  if (seconds < 60) return vscode.l10n.t('{0} s', Math.max(1, Math.ceil(seconds)));
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
