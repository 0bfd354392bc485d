import * as vscode from 'vscode';

/** Proposals at once; VS Code asks again while somebody types. */
const most = 500;

/** What is replaced, and what of it stands before the cursor. */
export interface Typed {
  readonly before: string;
  readonly range: vscode.Range;
}

export interface Proposal {
  readonly label: string;
  readonly detail?: string;
}

/**
 * Those that contain what is typed, in their order, which VS Code would change to that of the alphabet. `describe` is asked for the few
 * that are shown, and may refuse one.
 */
export function proposalList(
  names: Iterable<string>,
  { before, range }: Typed,
  kind: vscode.CompletionItemKind,
  describe: (name: string) => Proposal | undefined = (label) => ({ label }),
): vscode.CompletionList {
  const items: vscode.CompletionItem[] = [];
  for (const name of names) {
    if (!name.includes(before)) continue;
    const proposal = describe(name);
    if (proposal === undefined) continue;
    if (items.length === most) return new vscode.CompletionList(items, true);
    const item = new vscode.CompletionItem(proposal.label, kind);
    item.range = range;
    item.sortText = `${items.length}`.padStart(4, '0');
    if (proposal.detail !== undefined) item.detail = proposal.detail;
    items.push(item);
  }
  return new vscode.CompletionList(items);
}
