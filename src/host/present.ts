import * as vscode from 'vscode';
import { isRegistryError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import { commandIds } from './ids.ts';
import { logError } from './log.ts';

/** The sentence for people: our own errors are made for them, of others only the message is. */
export function errorMessage(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return vscode.l10n.t('Something failed that Gantry did not expect. The log may say more.');
}

/** A message as a dialog shows it: the first sentence is what people read, in bold letters. */
export function headline(text: string): { readonly message: string; readonly detail: string } {
  const [message = '', ...more] = text.split(/(?<=\.) (?=[A-Z])/);
  return { message, detail: more.join(' ') };
}

export function isCancelled(error: unknown): boolean {
  return isRegistryError(error, 'cancelled');
}

/** Shows an error with "Show Log" and the given action; resolves with whether the action was chosen. */
export async function showError(log: Log, what: string, error: unknown, action?: string): Promise<boolean> {
  if (isCancelled(error)) return false;
  logError(log, what, error);
  const showLog = vscode.l10n.t('Show Log');
  const actions = action === undefined ? [showLog] : [action, showLog];
  const chosen = await vscode.window.showErrorMessage(errorMessage(error), ...actions);
  if (chosen === showLog) await vscode.commands.executeCommand(commandIds.showLog);
  return action !== undefined && chosen === action;
}

/** Made once, since that takes as long as many uses, and a list has a thousand rows: VS Code's language stays as long as its window. */
let sizes: Intl.NumberFormat | undefined;
let dates: Intl.DateTimeFormat | undefined;
let times: Intl.DateTimeFormat | undefined;

/** `12.3 MB`: three digits, with the decimal units that registries and engines use. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  sizes ??= new Intl.NumberFormat(vscode.env.language, { maximumSignificantDigits: 3 });
  return `${sizes.format(value)} ${units[unit]}`;
}

export function formatDate(iso: string): string {
  dates ??= new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'medium' });
  return dates.format(new Date(iso));
}

export function formatDateTime(iso: string): string {
  times ??= new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
  return times.format(new Date(iso));
}

/** `3 minutes ago`. `time` is in milliseconds since 1970. */
export function formatAge(time: number): string {
  const seconds = Math.max(0, (Date.now() - time) / 1000);
  const [length, unit] = ageUnits.find(([limit]) => seconds >= limit) ?? ([1, 'second'] as const);
  const format = new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto' });
  return format.format(-Math.floor(seconds / length), unit);
}

/** `8 months`, of an ISO date. */
export function formatLongAge(iso: string): string {
  const days = Math.max(0, (Date.now() - Date.parse(iso)) / 86_400_000);
  const [length, unit] = longAgeUnits.find(([least]) => days >= 2 * least) ?? ([1 / 24, 'hour'] as const);
  const format = new Intl.NumberFormat(vscode.env.language, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  });
  return format.format(Math.floor(days / length));
}

const longAgeUnits = [
  [365, 'year'],
  [30, 'month'],
  [7, 'week'],
  [1, 'day'],
] as const;

const ageUnits = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;
