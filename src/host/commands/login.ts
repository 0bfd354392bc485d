import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import { isRegistryError } from '../../core/errors.ts';
import { commandIds } from '../ids.ts';
import { errorMessage } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Asks for a login; `refusal` says why the one before did not work, `username` is what it was. */
export async function askLogin(host: string, refusal?: string, username = ''): Promise<Login | undefined> {
  const title = vscode.l10n.t('Sign In to {0}', host);
  const name = await vscode.window.showInputBox({
    title,
    value: username,
    prompt: refusal ?? vscode.l10n.t('User name'),
    ignoreFocusOut: true,
  });
  if (name === undefined || name.trim() === '') return undefined;
  const password = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Password or access token of {0}. It is kept in the secret storage of VS Code.', name),
    password: true,
    ignoreFocusOut: true,
  });
  return password === undefined || password === '' ? undefined : { username: name.trim(), password };
}

/**
 * Asks until the registry takes the login or the user gives up; until then the connection stays as it was. Another account
 * than the connection's becomes a connection beside it.
 */
export async function signIn(
  services: Services,
  connection: ConnectionInfo,
  { isAnother = false }: { readonly isAnother?: boolean } = {},
): Promise<ConnectionInfo | undefined> {
  const { host } = new URL(connection.url);
  let login = await askLogin(host, undefined, isAnother ? '' : connection.account);
  while (login !== undefined) {
    const attempt = login;
    try {
      return await withProgress(vscode.l10n.t('Signing in to {0}…', host), (signal) =>
        services.gantry.signIn(connection.id, attempt, { signal }),
      );
    } catch (error) {
      if (!isRegistryError(error, 'unauthorized', 'denied')) throw error;
      login = await askLogin(host, errorMessage(error), attempt.username);
    }
  }
  return undefined;
}

export async function signOut(services: Services, connection: ConnectionInfo): Promise<boolean> {
  if (connection.account === undefined) {
    const message = vscode.l10n.t(
      '{0} has no login in Gantry. What "docker login" or "podman login" know stays with them, and is used unless you choose another login.',
      connection.label,
    );
    const choose = vscode.l10n.t('Choose Login…');
    if ((await vscode.window.showInformationMessage(message, choose)) === choose)
      await vscode.commands.executeCommand(commandIds.chooseLogin, connection.id);
    return false;
  }
  await services.gantry.signOut(connection.id);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Signed out of {0}', connection.label), 3000);
  return true;
}

export async function testRegistry(services: Services, connection: ConnectionInfo): Promise<boolean> {
  await withProgress(vscode.l10n.t('Asking {0}…', connection.label), (signal) =>
    services.gantry.testConnection(connection.id, { signal }),
  );
  void vscode.window.showInformationMessage(
    connection.account === undefined
      ? vscode.l10n.t('{0} answers as a container registry does.', connection.label)
      : vscode.l10n.t('{0} answers and accepts the login of {1}.', connection.label, connection.account),
  );
  return true;
}
