import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import { commandIds } from '../ids.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { askLogin, signInFields } from './askLogin.ts';
import type { StepEnd } from './steps.ts';
import { askingForTrust } from './trust.ts';

/**
 * Asks until the registry takes the login or the user gives up; until then the connection stays as it was. Another account
 * than the connection's becomes a connection beside it, and Back leads to the choice before.
 */
export async function signIn(
  services: Services,
  connection: ConnectionInfo,
  { isAnother = false }: { readonly isAnother?: boolean } = {},
): Promise<StepEnd<ConnectionInfo>> {
  const { url, account, adapterId } = connection;
  return askLogin({
    url,
    fields: await signInFields(services, adapterId),
    reason: vscode.l10n.t('{0} is tried with it before it is kept.', new URL(url).host),
    ...(!isAnother && account !== undefined && { typed: { username: account } }),
    hasStepBefore: isAnother,
    attempt: (login, signal) =>
      askingForTrust(services, connection, () => services.gantry.signIn(connection.id, login, { signal })),
  });
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

/** `false` when a question on the way was answered with no. */
export async function testRegistry(services: Services, connection: ConnectionInfo): Promise<boolean> {
  const tested = await askingForTrust(services, connection, () =>
    withProgress(vscode.l10n.t('Asking {0}…', connection.label), async (signal) => {
      await services.gantry.testConnection(connection.id, { signal });
      return true;
    }),
  );
  if (tested === undefined) return false;
  void vscode.window.showInformationMessage(
    connection.account === undefined
      ? vscode.l10n.t('{0} answers as a container registry does.', connection.label)
      : vscode.l10n.t('{0} answers and accepts the login of {1}.', connection.label, connection.account),
  );
  return true;
}
