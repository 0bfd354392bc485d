import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';

/**
 * Opens files of a folder that the tests of a suite share: what is not seen is not checked. Each has a name of its own, since VS Code
 * may find a closed one again under the same.
 */
export function useFiles(): (name: string, content: string) => Promise<vscode.TextDocument> {
  let folder = '';
  let count = 0;

  before(async () => {
    folder = await makeTemporaryFolder();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(() => removeFolder(folder));

  return async (name, content) => {
    const uri = vscode.Uri.file(join(folder, `${count++}`, name));
    await vscode.workspace.fs.writeFile(uri, Buffer.from(content));
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    return document;
  };
}

export function problemsOf(document: vscode.TextDocument): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'Gantry');
}

/** Waits until a document has these problems, as `check at text`, in the order of their places. */
export async function untilNames(document: vscode.TextDocument, names: readonly string[]): Promise<void> {
  await eventually(() => {
    const found = problemsOf(document)
      .toSorted((a, b) => a.range.start.compareTo(b.range.start))
      .map(({ code, range }) => `${typeof code === 'object' ? code.value : code} at ${document.getText(range)}`);
    assert.deepEqual(found, names);
  });
}

/** Waits until something is so. */
export async function untilValue(read: () => Promise<unknown>, expected: unknown): Promise<void> {
  await eventually(async () => assert.deepEqual(await read(), expected));
}

/** Waits until a document has so many problems. */
export async function untilProblems(document: vscode.TextDocument, count: number): Promise<void> {
  await eventually(() => assert.equal(problemsOf(document).length, count));
}

/** What the light bulb offers at a word. */
export async function actionsAt(
  document: vscode.TextDocument,
  word: string,
  kind?: string,
): Promise<readonly vscode.CodeAction[]> {
  const position = document.positionAt(document.getText().indexOf(word) + 1);
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    new vscode.Range(position, position),
    kind,
    // So many are asked what they change.
    50,
  );
}

/** Runs the one whose title begins so, as a choice in the menu does. */
export async function runAction(actions: readonly vscode.CodeAction[], title: string): Promise<void> {
  const action = actions.find((each) => each.title.startsWith(title));
  if (action === undefined) throw new Error(`${title} is not among ${actions.map((each) => each.title).join(' | ')}`);
  if (action.edit !== undefined) await vscode.workspace.applyEdit(action.edit);
  const { command } = action;
  if (command !== undefined) await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
}
