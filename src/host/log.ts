import * as vscode from 'vscode';
import { isRegistryError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';

/** Writes an error with its causes, which messages for people leave out. */
export function logError(log: Log, what: string, error: unknown): void {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error && lines.length < 5; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    lines.push(typeof code === 'string' ? `${cause.message} [${code}]` : cause.message);
  }
  if (lines.length === 0) lines.push(String(error));
  log.error(`${what}: ${lines.join(' ← ')}`);
  if (error instanceof Error && !isRegistryError(error)) log.error(error.stack ?? '');
}

export function createLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Gantry', { log: true });
}
