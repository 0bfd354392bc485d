import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import { isRegistryError, type RegistryError } from '../../core/errors.ts';
import { errorMessage, headline } from '../present.ts';
import type { Services } from '../services.ts';

/**
 * Does what needs the login of a connection. Where that would go to a token server that nobody has said to trust, asks, keeps
 * the answer and does it again; `undefined` when the answer was no.
 */
export async function askingForTrust<T>(
  services: Services,
  connection: ConnectionInfo,
  work: () => Promise<T>,
): Promise<T | undefined> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isRegistryError(error, 'untrusted-realm') || error.realm === undefined) throw error;
      if (!(await askTrust(services, connection, error))) return undefined;
    }
  }
}

/** Asks once whether the password of a connection may go to a token server, and keeps the answer. */
export async function askTrust(services: Services, connection: ConnectionInfo, error: RegistryError): Promise<boolean> {
  const { realm } = error;
  if (realm === undefined) return false;
  const trust = trustLabel(realm);
  const { message, detail } = headline(errorMessage(error));
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, trust)) !== trust) return false;
  await services.gantry.trustRealm(connection.id, realm);
  return true;
}

export function trustLabel(realm: string): string {
  return vscode.l10n.t('Trust {0}', new URL(realm).host);
}
