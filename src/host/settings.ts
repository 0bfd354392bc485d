import * as vscode from 'vscode';
import { kindOfUrl } from '../core/adapters/kinds.ts';
import { type Connection, connectionId } from '../core/connections.ts';
import { defaultLabel, parseConnectionUrl } from '../core/connectionUrl.ts';
import type { Log } from '../core/ports.ts';
import { settingIds } from './ids.ts';
import { errorMessage } from './present.ts';

/** The connections that `gantry.connections` names. An entry that cannot be used is left out and logged. */
export function configuredConnections(log: Log): readonly Connection[] {
  const entries = vscode.workspace.getConfiguration().get<unknown>(settingIds.connections);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const { url, label, adapter } = (entry ?? {}) as { url?: unknown; label?: unknown; adapter?: unknown };
    try {
      const address = parseConnectionUrl(typeof url === 'string' ? url : '');
      return {
        id: connectionId(address, undefined),
        url: address,
        label: typeof label === 'string' && label.trim() !== '' ? label : defaultLabel(address),
        adapterId: typeof adapter === 'string' ? adapter : kindOfUrl(address).id,
        origin: 'settings' as const,
      };
    } catch (error) {
      log.warn(`${settingIds.connections}: ${errorMessage(error)}`);
      return [];
    }
  });
}

export function isApiEnabled(): boolean {
  return vscode.workspace.getConfiguration().get<boolean>(settingIds.apiEnabled) ?? true;
}
