import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Login } from './realRegistry.ts';

/**
 * One line of an htpasswd file. Registries take bcrypt only, which Node does not have; perl reaches the C library's
 * `crypt`, which has it, and Debian always has perl.
 */
export async function htpasswdLine({ user, password }: Login): Promise<string> {
  // The cheapest cost, and a fixed salt: nothing here is secret.
  const { stdout } = await promisify(execFile)('perl', [
    '-e',
    'print crypt($ARGV[0], $ARGV[1])',
    password,
    '$2b$04$abcdefghijklmnopqrstuu',
  ]);
  if (!stdout.startsWith('$2b$')) throw new Error('crypt of this C library does not know bcrypt');
  return `${user}:${stdout}\n`;
}
