import * as vscode from 'vscode';
import type { CredentialSource } from '../core/credential.ts';
import type { DiscoveredLogin } from '../core/ports.ts';

/** Whose program keeps the login. */
export function sourceName({ kind, label }: CredentialSource): string {
  switch (kind) {
    case 'gantry':
      return vscode.l10n.t('kept by Gantry');
    case 'docker-config':
      return vscode.l10n.t('docker login');
    case 'containers-auth':
      return vscode.l10n.t('podman login');
    case 'helper':
      return label;
    case 'vscode-github':
    case 'vscode-microsoft':
      return vscode.l10n.t('{0} account of VS Code', label);
    case 'aws':
    case 'google':
      return vscode.l10n.t('{0} on this machine', label);
  }
}

/** By which program a login came to this machine, or would. */
export function loginProgram({ helper, owner }: DiscoveredLogin): string {
  return helper ?? (owner === 'docker' ? 'docker login' : 'podman login');
}

/** Where it is kept. */
export function sourcePlace({ kind, detail }: CredentialSource): string {
  if (kind === 'gantry') return vscode.l10n.t('In the secret storage of VS Code');
  if (kind === 'helper') return vscode.l10n.t('Named by {0}', detail);
  if (kind === 'vscode-github' || kind === 'vscode-microsoft')
    return vscode.l10n.t('Managed in the menu Accounts of VS Code');
  return detail;
}

/** When a login ends, from now: `expires in 3 hours`, `expired`. */
export function expiryText(expiresAt: number, now: number = Date.now()): string {
  const minutes = (expiresAt - now) / 60_000;
  if (minutes <= 0) return vscode.l10n.t('expired');
  const format = new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'always' });
  if (minutes < 90) return vscode.l10n.t('expires {0}', format.format(Math.max(1, Math.floor(minutes)), 'minute'));
  if (minutes < 48 * 60) return vscode.l10n.t('expires {0}', format.format(Math.floor(minutes / 60), 'hour'));
  return vscode.l10n.t('expires {0}', format.format(Math.floor(minutes / (24 * 60)), 'day'));
}

/** The same for what stays on the screen: `login ends at 3:40 PM`, `login expired`. */
export function endText(expiresAt: number, now: number = Date.now()): string {
  if (expiresAt <= now) return vscode.l10n.t('login expired');
  const isSoon = expiresAt - now < 12 * 60 * 60_000;
  const style = isSoon ? ({ timeStyle: 'short' } as const) : ({ dateStyle: 'medium', timeStyle: 'short' } as const);
  return vscode.l10n.t('login ends at {0}', new Intl.DateTimeFormat(vscode.env.language, style).format(expiresAt));
}
