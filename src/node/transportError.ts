import type { GantryErrorCode } from '../api.ts';
import { cancelled, isRegistryError, RegistryError } from '../core/errors.ts';
import { oneLine } from '../core/oneLine.ts';

type Cause = readonly [code: GantryErrorCode, cause: string, nextStep: string];

/** Codes of Node's net, dns and tls modules, and of undici: what happened and what to do about it. */
const causes: Readonly<Record<string, Cause>> = {
  ENOTFOUND: ['unreachable', 'its name is not known', 'Check the spelling, and the DNS of this machine'],
  EAI_AGAIN: ['unreachable', 'the DNS does not answer', 'Check the network of this machine'],
  ECONNREFUSED: [
    'unreachable',
    'nothing answers on this port',
    'Check that the registry runs and that the port is right',
  ],
  ECONNRESET: [
    'unreachable',
    'it closed the connection',
    'Try again; if it goes on, check the port and whether it is http or https',
  ],
  EPIPE: ['unreachable', 'it closed the connection', 'Try again'],
  EHOSTUNREACH: ['unreachable', 'there is no route to it', 'Check the network, a VPN or the proxy settings'],
  ENETUNREACH: ['unreachable', 'there is no route to its network', 'Check the network, a VPN or the proxy settings'],
  ETIMEDOUT: [
    'timeout',
    'it did not accept the connection in time',
    'Check the address, a firewall or the proxy settings',
  ],
  UND_ERR_CONNECT_TIMEOUT: [
    'timeout',
    'it did not accept the connection in time',
    'Check the address, a firewall or the proxy settings',
  ],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'it did not answer in time', 'Try again later'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'it stopped in the middle of its answer', 'Try again'],
  UND_ERR_SOCKET: [
    'unreachable',
    'the connection broke',
    'Try again; if it goes on, check whether it is http or https',
  ],
  UND_ERR_HEADERS_OVERFLOW: ['protocol', 'its answer has headers that are too large', 'Check the address'],
  // By its name: undici gives it no code.
  HTTPParserError: ['protocol', 'it does not speak HTTP', 'Check the port, and whether it is http or https'],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'tls',
    'it does not speak TLS on this port',
    'If it has no encryption, begin the address with http://',
  ],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: [
    'tls',
    'it does not speak TLS on this port',
    'If it has no encryption, begin the address with http://',
  ],
};

/** Alerts by which a server asks for a certificate of the client's, or refuses the one that it got (RFC 8446, section 6.2). */
const clientCertificate =
  /_ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|UNKNOWN_CA)$/;
const wanted: Cause = [
  'tls',
  'it wants a client certificate, and got none that it takes',
  'Give the connection a certificate with its key, or put them into certs.d',
];

const oldTls: Cause = ['tls', 'it speaks no version of TLS that is safe', 'Its operator should allow TLS 1.2 or 1.3'];

/** OpenSSL has hundreds of codes besides. */
const otherTls: Cause = [
  'tls',
  'no encrypted connection could be agreed on',
  'Check the port, and whether a proxy or firewall stands in between',
];

/** Broken connections and pauses, after which the same request may well succeed. */
const passing: readonly string[] = ['EAI_AGAIN', 'ECONNRESET', 'EPIPE', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_SOCKET'];

/** Turns what the transport threw into one sentence with host, cause and next step. */
export function transportError(error: unknown, host: string, signal: AbortSignal): RegistryError {
  if (signal.aborted) return cancelled(signal);
  if (isRegistryError(error)) return error;
  for (const code of errorCodes(error)) {
    const known = causeOf(code);
    if (known !== undefined) {
      const [kind, cause, nextStep] = known;
      return new RegistryError(kind, `${host} cannot be reached: ${cause}. ${nextStep}.`, {
        host,
        cause: error,
        isPassing: passing.includes(code),
        wantsClientCertificate: known === wanted,
      });
    }
  }
  const reason = (error instanceof Error && oneLine(error.message)) || 'the connection failed';
  return new RegistryError('unreachable', `${host} cannot be reached: ${reason}. Check the address and the network.`, {
    host,
    cause: error,
  });
}

function causeOf(code: string): Cause | undefined {
  if (Object.hasOwn(causes, code)) return causes[code];
  if (!code.startsWith('ERR_SSL_')) return undefined;
  if (clientCertificate.test(code)) return wanted;
  return /_(?:PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)$/.test(code) ? oldTls : otherTls;
}

/** Codes, or names without one, of an error, of those it collects (one an address tried) and of its causes. */
function errorCodes(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  const own = typeof code === 'string' ? code : error.name;
  const causes = errorCodes(error.cause, depth + 1);
  return [
    ...(Array.isArray(errors) ? errors.flatMap((inner) => errorCodes(inner, depth + 1)) : []),
    // This one only says that the connection has ended.
    ...(own === 'UND_ERR_SOCKET' ? [...causes, own] : [own, ...causes]),
  ];
}
