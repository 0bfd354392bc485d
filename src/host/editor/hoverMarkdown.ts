import * as vscode from 'vscode';
import type { ImageReference } from '../../api.ts';
import { commandIds } from '../ids.ts';

/** Between links that stand in a row. */
export const separator = '&nbsp;&nbsp;&nbsp;';

/** Only these commands can be run from it, whatever a registry has put into its texts. */
export function trusted(): vscode.MarkdownString {
  const content = new vscode.MarkdownString(undefined, true);
  const ids = commandIds;
  content.isTrusted = {
    enabledCommands: [
      ids.showImage,
      ids.reveal,
      ids.showLog,
      ids.signIn,
      ids.pinDigest,
      ids.unpinDigest,
      ids.updateTag,
      ids.correctName,
      ids.pull,
      ids.compare,
      ids.copyPinnedReference,
    ],
  };
  return content;
}

export function plain(message: string): vscode.MarkdownString {
  return new vscode.MarkdownString(escapeMarkdown(message));
}

/** As `appendText` does it, but with blanks that a line can break at. */
export function escapeMarkdown(text: string): string {
  return new vscode.MarkdownString(undefined, true).appendText(text).value.replace(/(?:&nbsp;)+/g, ' ');
}

/** What ends a code span or a cell of a table is left out. */
export function code(text: string): string {
  return `\`${text.replace(/[`|\r\n]/g, '')}\``;
}

/** A text that others wrote, in a cell of a table. */
export function cell(text: string): string {
  return escapeMarkdown(text)
    .replace(/\|/g, '\\|')
    .replace(/\s*\n\s*/g, ' ');
}

/** A reference has only characters of its grammar, of which none can end a code span. */
export function heading(content: vscode.MarkdownString, reference: ImageReference): void {
  content.appendMarkdown(`**\`${reference.familiar}\`**\n\n`);
}

export function link(icon: string, label: string, command: string, ...args: readonly unknown[]): string {
  const query = args.length === 0 ? '' : `?${encodeURIComponent(JSON.stringify(args))}`;
  return `[${icon === '' ? '' : `${icon} `}${escapeMarkdown(label)}](command:${command}${query})`;
}
