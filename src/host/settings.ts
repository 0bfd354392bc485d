import * as vscode from 'vscode';
import { type AdapterKind, kindOfUrl } from '../core/adapters/kinds.ts';
import { type Connection, connectionId } from '../core/connections.ts';
import { meaningfulTls } from '../core/connectionTls.ts';
import { defaultLabel, parseConnectionUrl } from '../core/connectionUrl.ts';
import type { Log } from '../core/ports.ts';
import type { NetworkSettings } from '../node/networkSettings.ts';
import { settingIds } from './ids.ts';
import { errorMessage } from './present.ts';

/** The connections that `gantry.connections` names. An entry that cannot be used is left out and logged. */
export function configuredConnections(log: Log, foreign: readonly AdapterKind[]): readonly Connection[] {
  const entries = vscode.workspace.getConfiguration().get<unknown>(settingIds.connections);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const { url, label, adapter, tls, readOnly } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    try {
      const address = parseConnectionUrl(typeof url === 'string' ? url : '');
      const certificates = tls === undefined ? undefined : meaningfulTls(tls);
      return {
        id: connectionId(address, undefined),
        url: address,
        label: typeof label === 'string' && label.trim() !== '' ? label : defaultLabel(address),
        adapterId: typeof adapter === 'string' ? adapter : kindOfUrl(address, foreign).id,
        ...(certificates !== undefined && { tls: certificates }),
        ...(readOnly === true && { readOnly }),
        origin: 'settings' as const,
      };
    } catch (error) {
      log.warn(`${settingIds.connections}: ${errorMessage(error)}`);
      return [];
    }
  });
}

/** VS Code's own settings about the network, which are the user's and never a workspace's. */
export function networkSettings(): NetworkSettings {
  const http = vscode.workspace.getConfiguration('http');
  const text = (name: string): string | undefined => http.get<string | null>(name)?.trim() || undefined;
  const [proxy, proxyAuthorization] = [text('proxy'), text('proxyAuthorization')];
  return {
    ...(proxy !== undefined && { proxy }),
    noProxy: http.get<readonly string[]>('noProxy') ?? [],
    proxyStrictSSL: http.get<boolean>('proxyStrictSSL') ?? true,
    proxySupport: http.get<NetworkSettings['proxySupport']>('proxySupport') ?? 'override',
    ...(proxyAuthorization !== undefined && { proxyAuthorization }),
  };
}

/** Patterns of tags that are asked about twice and never pruned. The user's and the machine's: no workspace can weaken them. */
export function protectedTags(): readonly string[] {
  const stored = vscode.workspace.getConfiguration().get<unknown>(settingIds.protectedTags);
  return Array.isArray(stored) ? stored.filter((pattern): pattern is string => typeof pattern === 'string') : [];
}

export function isApiEnabled(): boolean {
  return vscode.workspace.getConfiguration().get<boolean>(settingIds.apiEnabled) ?? true;
}

/** Where the user says that the container engine listens. */
export function engineHost(): string | undefined {
  return vscode.workspace.getConfiguration().get<string>(settingIds.engineHost)?.trim() || undefined;
}
