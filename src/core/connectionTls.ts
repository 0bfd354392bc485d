import type { ConnectionTls } from '../api.ts';
import { RegistryError } from './errors.ts';

const paths = ['ca', 'certificate', 'key'] as const;

/** Whether data has the form of it, and a client certificate has its key. */
export function isConnectionTls(value: unknown): value is ConnectionTls {
  if (typeof value !== 'object' || value === null) return false;
  const { certificate, key, insecure, ...rest } = value as Record<string, unknown>;
  const isPath = (path: unknown): boolean => path === undefined || (typeof path === 'string' && path !== '');
  const isPair = isPath(certificate) && isPath(key) && (certificate === undefined) === (key === undefined);
  return isPair && isPath(rest['ca']) && (insecure === undefined || typeof insecure === 'boolean');
}

/** What of it is worth storing: `undefined` when it asks for nothing. Throws `invalid`. */
export function meaningfulTls(tls: unknown): ConnectionTls | undefined {
  if (!isConnectionTls(tls)) {
    throw new RegistryError(
      'invalid',
      'A client certificate takes two files, the certificate and its key. Name both, by their absolute paths.',
    );
  }
  const given = paths.flatMap((name) => (tls[name] === undefined ? [] : [[name, tls[name]] as const]));
  if (given.length === 0 && tls.insecure !== true) return undefined;
  return { ...Object.fromEntries(given), ...(tls.insecure === true && { insecure: true }) };
}

export function isSameTls(a: ConnectionTls | undefined, b: ConnectionTls | undefined): boolean {
  return [...paths, 'insecure' as const].every((name) => a?.[name] === b?.[name]);
}
