import * as vscode from 'vscode';
import { gantrySourceId } from '../../core/credential.ts';
import { type ConnectionFacts, formatDiagnostics, originOnly } from '../../core/diagnostics.ts';
import { settingIds } from '../ids.ts';
import type { Services } from '../services.ts';

/** Variables whose values are addresses, which may hold a login. */
const addressVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'] as const;
/** Variables whose values are names of hosts, files and folders. */
const plainVariables = [
  ...['NO_PROXY', 'no_proxy', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'DOCKER_CONFIG'],
  ...['REGISTRY_AUTH_FILE', 'DOCKER_HOST', 'CONTAINER_HOST', 'CONTAINERS_REGISTRIES_CONF', 'AWS_PROFILE', 'AWS_REGION'],
] as const;

/** Copies a report for those who help. Resolves with it. */
export async function copyDiagnostics(services: Services, version: string): Promise<string> {
  const report = await diagnostics(services, version);
  await vscode.env.clipboard.writeText(report);
  const show = vscode.l10n.t('Show');
  const message = vscode.l10n.t(
    'The diagnostics are in the clipboard: versions, settings, the addresses of your registries with their state, and the end of the log. Passwords, tokens and user names are left out. Read them before you share them.',
  );
  void vscode.window.showInformationMessage(message, show).then(async (chosen) => {
    if (chosen !== show) return;
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: report });
    await vscode.window.showTextDocument(document);
  });
  return report;
}

async function diagnostics(services: Services, version: string): Promise<string> {
  const { connections, log } = services;
  const all = connections.all();
  const passwords = await Promise.all(all.map(({ id }) => connections.password(id)));
  const accounts = all.flatMap(({ id, account }) => [account, connections.login(id)?.account]);
  return formatDiagnostics(
    {
      versions: versions(version),
      settings: settings(),
      environment: environment(),
      connections: all.map((connection): ConnectionFacts => {
        const { id, url, adapterId, origin, account, tls } = connection;
        const login = connections.login(id);
        return {
          ...{ url, origin, tls },
          kind: adapterId,
          state: connections.state(id),
          lastError: connections.lastError(id),
          login: login?.kind ?? connection.credentialSource ?? (account === undefined ? 'none yet' : gantrySourceId),
          loginExpiresAt: login?.expiresAt === undefined ? undefined : new Date(login.expiresAt).toISOString(),
          notices: connections.notices.of(id).map(({ text }) => text),
        };
      }),
      log: log.lines(),
    },
    {
      secrets: [...passwords, ...accounts].filter((secret) => secret !== undefined),
      homeFolder: process.env['HOME'] ?? process.env['USERPROFILE'],
    },
  );
}

function versions(version: string): Readonly<Record<string, string>> {
  const { appName, appHost, remoteName, uiKind } = vscode.env;
  return {
    Gantry: version,
    'VS Code': `${vscode.version} (${appName}, ${appHost}, ${uiKind === vscode.UIKind.Web ? 'browser' : 'desktop'})`,
    'Runs on': `${process.platform} ${process.arch}, Node ${process.versions.node}`,
    Remote: remoteName ?? 'no',
    'Workspace trusted': vscode.workspace.isTrusted ? 'yes' : 'no',
  };
}

function settings(): Readonly<Record<string, string>> {
  const configuration = vscode.workspace.getConfiguration();
  const text = (id: string): string => configuration.get<string>(id) ?? '';
  const json = (id: string): string => JSON.stringify(configuration.get<unknown>(id)) ?? 'not set';
  const connections = configuration.get<unknown>(settingIds.connections);
  return {
    [settingIds.connections]: `${Array.isArray(connections) ? connections.length : 0}`,
    [settingIds.apiEnabled]: json(settingIds.apiEnabled),
    'http.proxy': originOnly(text('http.proxy')),
    'http.proxyAuthorization': text('http.proxyAuthorization') === '' ? 'not set' : 'set',
    'http.noProxy': json('http.noProxy'),
    'http.proxyStrictSSL': json('http.proxyStrictSSL'),
    'http.proxySupport': json('http.proxySupport'),
    'http.systemCertificates': json('http.systemCertificates'),
  };
}

function environment(): Readonly<Record<string, string>> {
  const isSet = (name: string): boolean => process.env[name] !== undefined;
  return Object.fromEntries([
    ...addressVariables.filter(isSet).map((name) => [name, originOnly(process.env[name] ?? '')]),
    ...plainVariables.filter(isSet).map((name) => [name, process.env[name] ?? '']),
  ]);
}
