import * as vscode from 'vscode';
import { withSignal } from '../cancellation.ts';

/** An action whose changes are found out when it is chosen: they need a registry. */
export class LazyAction extends vscode.CodeAction {
  readonly #find: (signal: AbortSignal) => Promise<readonly vscode.TextEdit[]>;
  readonly #uri: vscode.Uri;

  constructor(
    title: string,
    kind: vscode.CodeActionKind,
    uri: vscode.Uri,
    find: (signal: AbortSignal) => Promise<readonly vscode.TextEdit[]>,
  ) {
    super(title, kind);
    this.#uri = uri;
    this.#find = find;
  }

  /** For `resolveCodeAction`. */
  async resolve(token: vscode.CancellationToken): Promise<this> {
    const edits = await withSignal(token, this.#find);
    this.edit = new vscode.WorkspaceEdit();
    this.edit.set(this.#uri, [...edits]);
    return this;
  }
}
