import * as vscode from 'vscode';
import { type CommandId, commandIds } from '../ids.ts';
import { showError } from '../present.ts';
import type { Services } from '../services.ts';
import type { Command, Views } from './commands.ts';

/**
 * Registers every command at once; what they do is loaded when the first of them is called. Called from code, a command
 * shows no error: it rejects.
 */
export function registerCommands(services: Services, views: Views): vscode.Disposable {
  let commands: Readonly<Record<CommandId, Command>> | undefined;

  async function run(id: CommandId, args: never[]): Promise<unknown> {
    try {
      commands ??= (await import('./commands.ts')).createCommands(services, views);
      return await commands[id](...args);
    } catch (error) {
      if (isCalledFromCode(args[0])) throw error;
      await showError(services.log, id, error);
      return undefined;
    }
  }

  return vscode.Disposable.from(
    ...Object.values(commandIds).map((id) => vscode.commands.registerCommand(id, (...args: never[]) => run(id, args))),
  );
}

function isCalledFromCode(argument: unknown): boolean {
  return (
    typeof argument === 'string' ||
    Array.isArray(argument) ||
    (argument as { url?: unknown } | undefined)?.url !== undefined
  );
}
