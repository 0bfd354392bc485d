import { spawn } from 'node:child_process';
import * as v from 'valibot';
import type { Credential } from '../core/credential.ts';
import { helperCredential } from '../core/credentials/authConfig.ts';
import { cancelled, RegistryError, throwIfAborted } from '../core/errors.ts';
import { findProgram } from './findProgram.ts';

/** Milliseconds. A helper may ask the user to unlock a keychain. */
const deadline = 60_000;
/** Bytes of output; credentials of ECR and ACR take several KB. */
const outputLimit = 256 * 1024;
/** The suffix is a part of a program's name: nothing that could lead elsewhere. */
const namePattern = /^[A-Za-z0-9_.-]+$/;

const replySchema = v.object({ Username: v.string(), Secret: v.string() });
const listSchema = v.nullable(v.record(v.string(), v.string()));

/**
 * What helpers report, by the protocol on standard output, and what we make of it: their own words are not repeated,
 * since nobody knows what is in them.
 */
const knownReports: readonly (readonly [pattern: RegExp, cause: string, nextStep: string])[] = [
  [/pass(?:word store)? (?:is )?not initialized|password store is empty/i, 'pass is not set up', 'Run "pass init"'],
  [/gpg|decrypt/i, 'it could not decrypt the login', 'Unlock the key of gpg'],
  [
    /autolaunch|dbus|org\.freedesktop\.secrets/i,
    'there is no secret service in this session',
    'Start VS Code from your desktop, or use another helper',
  ],
  [/locked|user interaction is not allowed/i, 'its keychain is locked', 'Unlock it'],
];

export interface HelperOptions {
  /** Milliseconds. */
  readonly deadline: number;
}

/**
 * Asks `docker-credential-NAME` (docker-credential-helpers, `get`). Resolves with `undefined` when it has nothing.
 *
 * Errors: `storage` when it is not installed, fails or takes too long.
 */
export async function askCredentialHelper(
  name: string,
  serverKey: string,
  signal: AbortSignal,
  options: HelperOptions = { deadline },
): Promise<Credential | undefined> {
  const { code, output } = await run(name, 'get', serverKey, signal, options);
  if (code !== 0) {
    // By the protocol errors come on standard output, and this one means "none".
    if (/credentials not found/i.test(output)) return undefined;
    throw reported(name, output, `echo ${serverKey} | docker-credential-${name} get`);
  }
  try {
    const { Username, Secret } = v.parse(replySchema, JSON.parse(output));
    return Secret === '' ? undefined : helperCredential(Username, Secret);
  } catch {
    // Not the cause: it could hold what was printed.
    throw failed(
      name,
      'its answer cannot be read',
      `Run it to see more: echo ${serverKey} | docker-credential-${name} get`,
    );
  }
}

/** The keys of all logins that a helper keeps, with their accounts. Many helpers can only `get`. Errors as above. */
export async function listCredentialHelper(
  name: string,
  signal: AbortSignal,
  options: HelperOptions = { deadline },
): Promise<Readonly<Record<string, string>>> {
  const { code, output } = await run(name, 'list', '', signal, options);
  if (code !== 0) throw reported(name, output, `docker-credential-${name} list`);
  try {
    return v.parse(listSchema, JSON.parse(output)) ?? {};
  } catch {
    throw failed(name, 'its list cannot be read', `Run it to see more: docker-credential-${name} list`);
  }
}

interface HelperOutput {
  readonly code: number | null;
  readonly output: string;
}

async function run(
  name: string,
  verb: 'get' | 'list',
  input: string,
  signal: AbortSignal,
  options: HelperOptions,
): Promise<HelperOutput> {
  if (!namePattern.test(name)) throw failed(name, 'its name is not allowed', 'Correct the Docker config');
  throwIfAborted(signal);
  const program = await findProgram(`docker-credential-${name}`);
  if (program === undefined) throw notStarted(name);
  const timeout = AbortSignal.timeout(options.deadline);
  return runToEnd({ name, program, verb, input }, AbortSignal.any([signal, timeout]), signal);
}

function runToEnd(
  call: { readonly name: string; readonly program: string; readonly verb: string; readonly input: string },
  signal: AbortSignal,
  callerSignal: AbortSignal,
): Promise<HelperOutput> {
  const { name, program, verb, input } = call;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled(callerSignal));
    const child = spawn(program, [verb], { stdio: ['pipe', 'pipe', 'ignore'], shell: false, windowsHide: true });
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
    child.on('error', () => reject(notStarted(name)));
    child.on('close', (code) => {
      signal.removeEventListener('abort', onAbort);
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') });
    });
    // A helper that ends early closes the pipe; its exit code says the rest.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function reported(name: string, output: string, command: string): RegistryError {
  const [, cause, nextStep] = knownReports.find(([pattern]) => pattern.test(output)) ?? [];
  return cause === undefined || nextStep === undefined
    ? failed(name, 'it reported an error', `Run it to see more: ${command}`)
    : failed(name, cause, nextStep);
}

function notStarted(name: string): RegistryError {
  const cause = `docker-credential-${name} cannot be started`;
  return failed(name, cause, 'Install it, or sign in to the registry in Gantry');
}

function failed(name: string, cause: string, nextStep: string): RegistryError {
  return new RegistryError('storage', `The credential helper "${name}" could not be used: ${cause}. ${nextStep}.`);
}
