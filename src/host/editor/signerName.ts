import { X509Certificate } from 'node:crypto';
import { oneLine } from '../../core/oneLine.ts';

/** The address or the workflow that a certificate of Fulcio names; `undefined` where it names none. Not verified. */
export function signerName(certificate: string): string | undefined {
  try {
    const { subjectAltName = '' } = new X509Certificate(certificate);
    const name = /^(?:email|URI):(.+?)(?:, (?:email|URI|DNS|othername):.*)?$/s.exec(subjectAltName)?.[1];
    return name === undefined ? undefined : oneLine(name);
  } catch {
    // It is what somebody has pushed.
    return undefined;
  }
}
