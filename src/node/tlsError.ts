import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls';
import { type CertificateFacts, RegistryError } from '../core/errors.ts';
import { oneLine } from '../core/oneLine.ts';

/** Names of a certificate that an error lists; the largest have hundreds. */
const shownHosts = 5;

const problems: Readonly<Record<string, CertificateFacts['problem']>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-host',
};

/** Why a certificate was not accepted: OpenSSL's code, as Node has it, and the certificate as the host showed it. */
export function certificateError(
  host: string,
  code: string,
  peer: PeerCertificate | DetailedPeerCertificate,
): RegistryError {
  const shown = Object.hasOwn(problems, code) ? problems[code] : undefined;
  const problem = shown ?? (isSelfSigned(peer) ? 'self-signed' : 'untrusted');
  const certificate = facts(problem, failing(code, peer));
  return new RegistryError('tls', `${host} cannot be trusted: ${sentence(certificate)}`, { host, certificate });
}

/** A chain ends for others than the host itself too: then the certificate at fault is the one to name. */
function failing(code: string, peer: PeerCertificate | DetailedPeerCertificate): PeerCertificate {
  if (code !== 'CERT_HAS_EXPIRED' && code !== 'CERT_NOT_YET_VALID') return peer;
  const now = Date.now();
  const isAtFault = ({ valid_from, valid_to }: PeerCertificate): boolean =>
    now < Date.parse(valid_from) || now > Date.parse(valid_to);
  const seen = new Set<PeerCertificate>();
  let current: PeerCertificate | DetailedPeerCertificate | undefined = peer;
  while (current !== undefined && !seen.has(current)) {
    if (isAtFault(current)) return current;
    seen.add(current);
    current = 'issuerCertificate' in current ? current.issuerCertificate : undefined;
  }
  return peer;
}

/** OpenSSL has another code for one that may not sign others. */
function isSelfSigned(peer: PeerCertificate | DetailedPeerCertificate): boolean {
  return 'issuerCertificate' in peer && peer.issuerCertificate?.fingerprint256 === peer.fingerprint256;
}

function facts(problem: CertificateFacts['problem'], peer: PeerCertificate): CertificateFacts {
  const names = (peer.subjectaltname ?? '').split(/, (?=[A-Za-z ]+:)/).flatMap((entry) => {
    const [, name] = /^(?:DNS|IP Address):(.*)$/s.exec(entry) ?? [];
    return name === undefined ? [] : [oneLine(name)];
  });
  return {
    problem,
    subject: distinguishedName(peer.subject),
    issuer: distinguishedName(peer.issuer),
    validFrom: isoDate(peer.valid_from),
    validTo: isoDate(peer.valid_to),
    fingerprint256: peer.fingerprint256 ?? '',
    hosts: names,
  };
}

/** `registry.example.com, Example Corp`: what people recognise of it. */
function distinguishedName(name: PeerCertificate['subject'] | undefined): string {
  const parts = (['CN', 'O', 'OU'] as const).flatMap((key) => {
    const value: unknown = name?.[key];
    const text = Array.isArray(value) ? value.join(' + ') : value;
    return typeof text === 'string' && text !== '' ? [oneLine(text)] : [];
  });
  return parts.length === 0 ? 'without a name' : parts.join(', ');
}

function isoDate(text: string | undefined): string {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}

function sentence({ problem, subject, issuer, validFrom, validTo, hosts }: CertificateFacts): string {
  const [from, to] = [validFrom, validTo].map((date) => date.slice(0, 10));
  const which = `its certificate (${subject}, valid from ${from} to ${to})`;
  switch (problem) {
    case 'self-signed':
      return `${which} is self-signed, and this machine does not know it. If it is the right one, trust it for this connection or on this machine.`;
    case 'untrusted':
      return `${which} was issued by ${issuer}, which this machine does not trust. Trust the authority's certificate for this connection or on this machine. Where nobody runs an authority of their own, somebody may be listening in.`;
    case 'expired':
      return `its certificate (${subject}, issued by ${issuer}) expired on ${to}. Tell the registry's operator, and check the clock of this machine.`;
    case 'not-yet-valid':
      return `its certificate (${subject}, issued by ${issuer}) is valid from ${from} on only. Check the clock of this machine.`;
    case 'wrong-host': {
      const more = hosts.length > shownHosts ? ` and ${hosts.length - shownHosts} others` : '';
      const names = hosts.length === 0 ? 'no host at all' : `${hosts.slice(0, shownHosts).join(', ')}${more}`;
      return `its certificate (${subject}, issued by ${issuer}) is for ${names}. Check the address.`;
    }
  }
}
