import type { GantryErrorCode } from '../api.ts';
import { cancelled, isRegistryError, RegistryError } from '../core/errors.ts';

/** Codes of Node's net module and of undici: what keeps an engine from answering, and what to do about it. */
const causes: Readonly<Record<string, readonly [code: GantryErrorCode, cause: string, nextStep: string]>> = {
  EACCES: ['denied', 'this user may not use it', 'Add the user to the group that owns it, and log in again'],
  ECONNREFUSED: ['unreachable', 'nobody listens there', 'Start the engine'],
  ECONNRESET: ['unreachable', 'it closed the connection', 'See the log of the engine'],
  ENOENT: ['not-found', 'it is not there', 'Start the engine'],
  EPERM: ['denied', 'this user may not use it', 'Check its permissions'],
  EPIPE: ['unreachable', 'it closed the connection', 'See the log of the engine'],
  ETIMEDOUT: ['timeout', 'it does not answer in time', 'Check that the engine works, or restart it'],
  NOT_OK: ['protocol', 'it does not answer as an engine does', 'Check which program listens there'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'it has said nothing for ten minutes', 'See the log of the engine'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'it does not answer in time', 'Check that the engine works, or restart it'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'it has said nothing for ten minutes', 'See the log of the engine'],
  UND_ERR_SOCKET: ['unreachable', 'the connection broke', 'See the log of the engine'],
};

/** Turns what a request to an engine threw into one sentence. */
export function engineFailure(error: unknown, address: string, signal: AbortSignal): RegistryError {
  if (signal.aborted) return cancelled(signal);
  if (isRegistryError(error)) return error;
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return engineError(address, typeof code === 'string' ? code : '', error);
}

export function engineError(address: string, causeCode: string, error?: unknown): RegistryError {
  const [code, cause, nextStep] = causes[causeCode] ?? ['unreachable', 'the connection failed', 'Check the engine'];
  return new RegistryError(code, `The container engine at ${address} cannot be used: ${cause}. ${nextStep}.`, {
    cause: error,
  });
}
