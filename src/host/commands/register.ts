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
      if (isRowLost(args)) {
        const text = vscode.l10n.t('That row was just being drawn anew, so nothing was done. Choose again.');
        return void vscode.window.showInformationMessage(text);
      }
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

/**
 * The menu of a row passes the row and, where several are selected, all of these. VS Code finds none whose parent it is
 * drawing anew at that moment, and then passes nothing in its place: neither the selection nor a question would do instead,
 * since the menu was opened on another row.
 */
function isRowLost(args: readonly unknown[]): boolean {
  const [row, all] = args;
  const isPassed = (value: unknown): boolean => value !== undefined && value !== null;
  if (Array.isArray(all)) return !isPassed(row) || !all.every(isPassed);
  return args.length === 2 && !isPassed(row) && !isPassed(all);
}

function isCalledFromCode(argument: unknown): boolean {
  return (
    typeof argument === 'string' ||
    Array.isArray(argument) ||
    (argument as { url?: unknown } | undefined)?.url !== undefined
  );
}
