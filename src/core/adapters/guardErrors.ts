import type { GantryErrorCode } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';

const codes: Readonly<Record<GantryErrorCode, true>> = {
  unauthorized: true,
  denied: true,
  'not-found': true,
  'rate-limited': true,
  unsupported: true,
  invalid: true,
  conflict: true,
  unconfirmed: true,
  'untrusted-realm': true,
  'digest-mismatch': true,
  'too-large': true,
  unreachable: true,
  tls: true,
  proxy: true,
  timeout: true,
  server: true,
  protocol: true,
  storage: true,
  cancelled: true,
};

/**
 * An error that came out of another extension's adapter. Errors of Gantry's own that passed through it stay as they are;
 * others with the brand keep their code, and the rest are mistakes of the adapter.
 */
export function foreignError(
  error: unknown,
  { label, host }: { readonly label: string; readonly host: string },
): RegistryError {
  if (error instanceof RegistryError && error.host !== undefined) return error;
  const said = oneLine(messageOf(error));
  const isOwn = error instanceof RegistryError;
  if (!isOwn && isRegistryError(error) && Object.hasOwn(codes, error.code)) {
    return new RegistryError(error.code, said.includes(host) ? `${said}.` : `${host}: ${said}.`, {
      host,
      cause: error,
    });
  }
  return new RegistryError(
    isOwn ? error.code : 'protocol',
    `${host} could not be read: the adapter ${oneLine(label)} of another extension failed: "${said}". Tell its author, or choose another kind for this registry.`,
    { host, cause: error },
  );
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'something that cannot be shown';
  }
}
