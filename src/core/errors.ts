import type { GantryErrorCode, GantryErrorShape } from '../api.ts';

const brand = Symbol.for('gantry.RegistryError');

/** What a certificate says of itself, and why it is not taken. Words of a server: text, and nothing else. */
export interface CertificateFacts {
  readonly problem: 'untrusted' | 'self-signed' | 'expired' | 'not-yet-valid' | 'wrong-host';
  /** Names in one line: `registry.example.com, Example Corp`. */
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string;
  /** `AB:CD:…` */
  readonly fingerprint256: string;
  /** DNS names and addresses that it is for. */
  readonly hosts: readonly string[];
}

export interface ErrorDetails {
  /** What caused it; kept for the log. */
  readonly cause?: unknown;
  /** The host that answered or should have, with its port. */
  readonly host?: string;
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** With `untrusted-realm`: the origin that {@link GantryErrorShape.realm} tells. */
  readonly realm?: string;
  /** Whether the same request may well succeed at once, as after a broken connection. */
  readonly isPassing?: boolean;
  /** With `tls`: the certificate that is not taken. */
  readonly certificate?: CertificateFacts;
  /** With `tls`: the server wants a certificate of the client's, and got none that it takes. */
  readonly wantsClientCertificate?: boolean;
  /** The other tool of this machine that takes the host without verifying it, or without encryption: `docker`. */
  readonly insecureBy?: string;
}

/**
 * The one error of the core. `message` is for people: it names the host, the cause and the next step, and never holds
 * a secret or a presigned address.
 */
export class RegistryError extends Error implements GantryErrorShape {
  override readonly name = 'RegistryError';
  readonly code: GantryErrorCode;
  readonly host: string | undefined;
  readonly status: number | undefined;
  declare readonly realm?: string;
  readonly isPassing: boolean;
  readonly certificate: CertificateFacts | undefined;
  readonly wantsClientCertificate: boolean;
  readonly insecureBy: string | undefined;

  constructor(code: GantryErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.host = details.host;
    this.status = details.status;
    this.isPassing = details.isPassing ?? false;
    this.certificate = details.certificate;
    this.wantsClientCertificate = details.wantsClientCertificate ?? false;
    if (details.realm !== undefined) this.realm = details.realm;
    this.insecureBy = details.insecureBy;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Recognises an error of ours by its brand, since each bundle has a class of its own. Without codes: any of them. */
export function isRegistryError(value: unknown, ...codes: readonly GantryErrorCode[]): value is RegistryError {
  if (!(value instanceof Error) || (value as { [brand]?: unknown })[brand] !== true) return false;
  return codes.length === 0 || codes.includes((value as RegistryError).code);
}

/** The error to reject with when `signal` has been aborted. */
export function cancelled(signal: AbortSignal): RegistryError {
  const reason: unknown = signal.reason;
  return isRegistryError(reason) ? reason : new RegistryError('cancelled', 'Cancelled.', { cause: reason });
}

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(signal);
}

/** The same error, which also says what has become of the work that it ended. */
export function withState(error: RegistryError, state: string): RegistryError {
  const { code, message, cause, host, status, realm, isPassing, certificate, wantsClientCertificate, insecureBy } =
    error;
  return new RegistryError(code, `${message} ${state}`, {
    isPassing,
    wantsClientCertificate,
    ...(cause !== undefined && { cause }),
    ...(host !== undefined && { host }),
    ...(status !== undefined && { status }),
    ...(realm !== undefined && { realm }),
    ...(certificate !== undefined && { certificate }),
    ...(insecureBy !== undefined && { insecureBy }),
  });
}
