import * as vscode from 'vscode';
import type { ConnectionState } from '../../api.ts';
import { cacheKind, engineKind, localKind, takesPushes } from '../../core/adapters/kinds.ts';
import { registryOf } from '../../core/connectionUrl.ts';
import type { CredentialSource } from '../../core/credential.ts';
import { dockerHub } from '../../core/oci/reference.ts';
import { endText, sourceName } from '../loginWords.ts';
import { expiryNotice } from './expiryTimer.ts';
import { contextValue } from './flags.ts';
import type { RegistryNode } from './nodes.ts';
import { present } from './presentParts.ts';

const { Collapsed } = vscode.TreeItemCollapsibleState;

/** `notices` is what the registry wants its users to know, a line each. */
export function registryItem({ id, connection, login }: RegistryNode, notices: readonly string[]): vscode.TreeItem {
  const { label, url, state, tls, adapterId } = connection;
  const account = connection.account ?? login?.account;
  const item = new vscode.TreeItem(label, Collapsed);
  item.id = id;
  const isInsecure = tls?.insecure === true;
  const isTroubled = state === 'failed' || state === 'signed-out';
  item.iconPath = new vscode.ThemeIcon(isTroubled ? 'warning' : isInsecure ? 'unlock' : 'server');
  const address = addressOf(url);
  const end = login?.expiresAt;
  const isEnding = end !== undefined && end - Date.now() <= expiryNotice;
  const who = [account, isEnding ? endText(end) : undefined];
  const facts = [
    isInsecure ? vscode.l10n.t('not verified') : undefined,
    connection.readOnly ? vscode.l10n.t('read-only') : undefined,
    adapterId === cacheKind.id ? vscode.l10n.t('pull-through cache') : undefined,
    stateWord(state),
    noticeCount(notices.length),
  ];
  // The account first: it tells rows of one registry apart, and a narrow view cuts what is last.
  item.description = present([...who, address === label ? undefined : address, ...facts]).join(' · ');
  const warning = vscode.l10n.t(
    'The certificate of this registry is not verified: anybody on the way could pose as it.',
  );
  item.tooltip = present([
    url,
    account,
    login && loginFacts(login),
    isInsecure ? warning : undefined,
    stateWord(state),
    ...notices,
  ]).join('\n');
  const isRemote = localKind(url) === undefined;
  const facets = [
    ...[state, connection.account && 'account', isRemote ? 'remote' : 'local'],
    connection.readOnly ? 'readOnly' : undefined,
    !connection.readOnly && takesPushes(adapterId) ? 'writable' : undefined,
  ];
  item.contextValue = contextValue('registry', ...facets, `kind:${connection.adapterId}`);
  item.accessibilityInformation = {
    label: present([vscode.l10n.t('Registry {0}', label), item.description]).join(', '),
  };
  return item;
}

/** As people know it; a container engine has none that says anything. */
function addressOf(url: string): string | undefined {
  if (localKind(url) === engineKind) return undefined;
  return registryOf(url) === dockerHub ? dockerHub : url.replace(/^https:\/\//, '');
}

function noticeCount(count: number): string | undefined {
  if (count === 0) return undefined;
  return count === 1 ? vscode.l10n.t('1 notice') : vscode.l10n.t('{0} notices', count);
}

/** Where a login comes from, and when it ends. */
function loginFacts(login: CredentialSource): string {
  const { expiresAt } = login;
  const facts = [sourceName(login), expiresAt === undefined ? undefined : endText(expiresAt)];
  return vscode.l10n.t('Login: {0}', present(facts).join(' · '));
}

function stateWord(state: ConnectionState): string | undefined {
  if (state === 'signed-out') return vscode.l10n.t('signed out');
  if (state === 'failed') return vscode.l10n.t('not reachable');
  return undefined;
}
