import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';

/**
 * What a click on a row runs. It says nothing of the row: what is passed with a command VS Code forgets while it draws the row
 * anew, and then it drops the click. The command finds the row that is selected.
 */
export function rowCommand(): vscode.Command {
  return { command: commandIds.openRow, title: vscode.l10n.t('Open') };
}
