import type { GantryErrorCode, GantryErrorShape } from '../api.ts';

const brand = Symbol.for('gantry.RegistryError');

export interface ErrorDetails {
  /** What caused it; kept for the log. */
  readonly cause?: unknown;
  /** The host that answered or should have, with its port. */
  readonly host?: string;
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** Whether the same request may well succeed at once, as after a broken connection. */
  readonly isPassing?: boolean;
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
  readonly isPassing: boolean;

  constructor(code: GantryErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.host = details.host;
    this.status = details.status;
    this.isPassing = details.isPassing ?? false;
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
