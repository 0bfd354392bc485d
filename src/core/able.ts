import type { Connection } from './connections.ts';
import { RegistryError } from './errors.ts';

/** A method of a session that is offered only where there is one; commands can be called without being offered. */
export function able<T>(method: T | undefined, { url }: Pick<Connection, 'url'>, what: string): T {
  if (method !== undefined) return method;
  const { host } = new URL(url);
  throw new RegistryError('unsupported', `${host} does not let Gantry ${what}. Its own page may do it.`, { host });
}
