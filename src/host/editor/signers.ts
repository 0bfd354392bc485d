import * as vscode from 'vscode';
import type { Signature } from '../../core/trust/signatures.ts';
import { signerName } from './signerName.ts';

/** Who signed, as the signatures themselves say it; a sentence says that this was not verified. */
export function signersText(signatures: readonly Signature[]): string {
  if (signatures.length === 0) return '';
  const names = [...new Set(signatures.map(signerText))];
  return vscode.l10n.t('{0}, not verified', names.join(', '));
}

function signerText({ kind, certificate }: Signature): string {
  const tools = { cosign: 'cosign', sigstore: 'Sigstore', notation: 'Notation' } as const;
  const name = certificate === undefined ? undefined : signerName(certificate);
  return name === undefined ? tools[kind] : vscode.l10n.t('{0} ({1})', name, tools[kind]);
}
