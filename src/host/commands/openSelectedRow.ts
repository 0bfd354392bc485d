import * as vscode from 'vscode';
import { type CommandId, commandIds } from '../ids.ts';
import type { NoticeNode, TreeNode } from '../tree/nodes.ts';

/** Milliseconds between two looks at the selection, and how many there are. */
const interval = 50;
const most = 40;

/** Does what the selected row is for: the row of an image shows it, a notice does what helps. */
export async function openSelectedRow(treeView: vscode.TreeView<TreeNode>): Promise<unknown> {
  // VS Code has no nodes for rows that it is drawing anew.
  for (let looks = 0; treeView.selection.length === 0 && looks < most; looks++)
    await new Promise((resolve) => setTimeout(resolve, interval));
  const [node] = treeView.selection;
  const action = node && actionOf(node);
  return action && vscode.commands.executeCommand(action, node);
}

function actionOf(node: TreeNode): CommandId | undefined {
  switch (node.kind) {
    case 'tag':
    case 'platform':
    case 'untaggedImage':
      return commandIds.showImage;
    case 'more':
      return commandIds.loadMore;
    case 'pages':
      return node.state === 'reading' ? commandIds.stopLoading : commandIds.loadAll;
    case 'unknown':
      return commandIds.loadDetails;
    case 'open':
      return commandIds.pinRepository;
    case 'notice':
      return helpOf(node);
    case 'offer':
      return commandIds.addDiscovered;
    default:
      return undefined;
  }
}

function helpOf({ severity }: NoticeNode): CommandId | undefined {
  switch (severity) {
    case 'error':
      return commandIds.refresh;
    case 'partial':
      return commandIds.loadAll;
    case 'trust':
      return commandIds.trustRealm;
    case 'signIn':
      return commandIds.signIn;
    case 'info':
      return undefined;
  }
}
