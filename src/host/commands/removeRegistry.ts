import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import { settingIds } from '../ids.ts';
import type { Services } from '../services.ts';

/** Removes a connection after a question. Nothing in the registry changes. Resolves with whether it was removed. */
export async function removeRegistry(services: Services, connection: ConnectionInfo): Promise<boolean> {
  if (services.connections.get(connection.id)?.origin === 'settings') {
    const openSettings = vscode.l10n.t('Open Settings');
    const message = vscode.l10n.t('{0} comes from the settings. Remove it there.', connection.label);
    if ((await vscode.window.showInformationMessage(message, openSettings)) === openSettings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', settingIds.connections);
    }
    return false;
  }
  const remove = vscode.l10n.t('Remove');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove {0} from Gantry?', connection.label),
    { modal: true, detail: vscode.l10n.t('Its stored password is forgotten. Nothing is deleted in the registry.') },
    remove,
  );
  if (chosen !== remove) return false;
  await services.gantry.removeConnection(connection.id);
  if (!services.connections.all().some(({ url }) => url === connection.url)) await services.pins.forget(connection.url);
  return true;
}
