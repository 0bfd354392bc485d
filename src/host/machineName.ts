import * as vscode from 'vscode';

/**
 * The machine that Gantry runs on, for a sentence: in a remote window it is not the one that the user sits at, and its
 * logins and certificates count.
 */
export function machineName(): string {
  switch (vscode.env.remoteName) {
    case undefined:
      return vscode.l10n.t('this machine');
    case 'wsl':
      return vscode.l10n.t('WSL');
    case 'dev-container':
    case 'attached-container':
      return vscode.l10n.t('the container of this window');
    case 'codespaces':
      return vscode.l10n.t('the codespace');
    case 'ssh-remote':
      return vscode.l10n.t('the remote machine (SSH)');
    default:
      return vscode.l10n.t('the remote machine');
  }
}
