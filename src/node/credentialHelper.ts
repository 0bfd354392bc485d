import { spawn } from 'node:child_process';
import * as v from 'valibot';
import type { Credential } from '../core/credential.ts';
import { helperCredential } from '../core/credentials/authConfig.ts';
import { cancelled, RegistryError } from '../core/errors.ts';

/** Milliseconds. A helper may ask the user to unlock a keychain. */
const deadline = 60_000;
/** Bytes of output; credentials of ECR and ACR take several KB. */
const outputLimit = 256 * 1024;
/** The suffix is a part of a program's name: nothing that could lead elsewhere. */
const namePattern = /^[A-Za-z0-9_.-]+$/;

const replySchema = v.object({ Username: v.string(), Secret: v.string() });

/**
 * Asks `docker-credential-NAME` (docker-credential-helpers, `get`). Resolves with `undefined` when it has nothing.
 *
 * Errors: `storage` when it is not installed, fails or takes too long.
 */
export async function askCredentialHelper(
  name: string,
  serverKey: string,
  signal: AbortSignal,
  options: { readonly deadline: number } = { deadline },
): Promise<Credential | undefined> {
  if (!namePattern.test(name)) throw failed(name, 'its name is not allowed', 'Correct the Docker config');
  const program = `docker-credential-${name}`;
  const { code, output } = await run(
    program,
    serverKey,
    AbortSignal.any([signal, AbortSignal.timeout(options.deadline)]),
    signal,
  );
  if (code !== 0) {
    // By the protocol errors come on standard output, and this one means "none".
    if (/credentials not found/i.test(output)) return undefined;
    throw failed(name, 'it reported an error', `Run it to see more: echo ${serverKey} | ${program} get`);
  }
  try {
    const { Username, Secret } = v.parse(replySchema, JSON.parse(output));
    return Secret === '' ? undefined : helperCredential(Username, Secret);
  } catch {
    // Not the cause: it could hold what was printed.
    throw failed(name, 'its answer cannot be read', `Run it to see more: echo ${serverKey} | ${program} get`);
  }
}

function run(
  program: string,
  input: string,
  signal: AbortSignal,
  callerSignal: AbortSignal,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const name = program.slice('docker-credential-'.length);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled(callerSignal));
    const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], shell: false, windowsHide: true });
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (error: Error): void => {
      child.kill('SIGKILL');
      reject(error);
    };
    const onAbort = (): void => {
      stop(
        callerSignal.aborted
          ? cancelled(callerSignal)
          : failed(name, 'it took too long', 'It may be waiting for you to unlock a keychain'),
      );
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > outputLimit) stop(failed(name, 'it printed too much', 'Check which program it is'));
      else chunks.push(chunk);
    });
    child.on('error', () =>
      reject(failed(name, `${program} cannot be started`, 'Install it, or sign in to the registry in Gantry')),
    );
    child.on('close', (code) => {
      signal.removeEventListener('abort', onAbort);
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') });
    });
    // A helper that ends early closes the pipe; its exit code says the rest.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function failed(name: string, cause: string, nextStep: string): RegistryError {
  return new RegistryError('storage', `The credential helper "${name}" could not be used: ${cause}. ${nextStep}.`);
}
