import * as vscode from 'vscode';
import type { ConnectionTls } from '../../api.ts';
import type { RegistryError } from '../../core/errors.ts';
import { formatDate } from '../present.ts';
import type { Draft } from './addRegistry.ts';
import type { FailureAction } from './connectionFailure.ts';

/** Whose certificate it is and who says so, a line each; `undefined` for a failure that is about none. */
export function certificateDetail({ certificate }: RegistryError): string | undefined {
  if (certificate === undefined) return undefined;
  const { subject, issuer, validFrom, validTo, fingerprint256, hosts } = certificate;
  return [
    vscode.l10n.t('Certificate: {0}', subject),
    vscode.l10n.t('Issued by: {0}', issuer),
    vscode.l10n.t('For: {0}', hosts.join(', ')),
    vscode.l10n.t('Valid: {0} to {1}', formatDate(validFrom), formatDate(validTo)),
    vscode.l10n.t('SHA-256: {0}', fingerprint256),
  ].join('\n');
}

/** What can be done about a certificate, the safest first. */
export function certificateActions(draft: Draft, error: RegistryError): readonly FailureAction[] {
  const again: FailureAction = { label: vscode.l10n.t('Try Again'), run: async () => draft };
  if (error.wantsClientCertificate) {
    return [{ label: vscode.l10n.t('Choose Client Certificate…'), run: () => chooseClientCertificate(draft) }, again];
  }
  const { certificate } = error;
  if (certificate === undefined) return [];
  const isUntrusted = certificate.problem === 'untrusted' || certificate.problem === 'self-signed';
  const safe: FailureAction = isUntrusted
    ? { label: vscode.l10n.t('Choose CA File…'), run: () => chooseCa(draft) }
    : again;
  const unverified = {
    label: vscode.l10n.t('Connect Without Verification…'),
    run: () => skipVerification(draft, safe),
  };
  return [safe, unverified];
}

async function chooseCa(draft: Draft): Promise<Draft | undefined> {
  const ca = await choosePem(vscode.l10n.t('Certificate of the Authority (PEM)'));
  return ca === undefined ? undefined : withTls(draft, { ca });
}

async function chooseClientCertificate(draft: Draft): Promise<Draft | undefined> {
  const certificate = await choosePem(vscode.l10n.t('Client Certificate (PEM)'));
  if (certificate === undefined) return undefined;
  const key = await choosePem(vscode.l10n.t('Key of the Client Certificate (PEM)'));
  return key === undefined ? undefined : withTls(draft, { certificate, key });
}

/** Enter chooses the first button: it must not be the one that skips verification. */
async function skipVerification(draft: Draft, safe: FailureAction): Promise<Draft | undefined> {
  const { host } = new URL(draft.address.url);
  const connect = vscode.l10n.t('Connect Without Verification');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Connect to {0} without knowing who it is?', host),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Whoever stands between this machine and the registry can then read your password and change what you see. Do this for a registry on your own network only. The view shows that the connection is not verified.',
      ),
    },
    safe.label,
    connect,
  );
  if (chosen === safe.label) return safe.run();
  return chosen === connect ? withTls(draft, { insecure: true }) : undefined;
}

function withTls(draft: Draft, tls: ConnectionTls): Draft {
  return { ...draft, options: { ...draft.options, tls: { ...draft.options.tls, ...tls } } };
}

async function choosePem(title: string): Promise<string | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: vscode.l10n.t('Choose'),
      filters: { PEM: ['pem', 'crt', 'cer', 'key'], [vscode.l10n.t('All files')]: ['*'] },
    })) ?? [];
  return chosen?.fsPath;
}
