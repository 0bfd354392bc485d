import * as vscode from 'vscode';
import type { StateStore } from '../../core/ports.ts';
import { hasUnfinished, type TransferJobs } from '../../core/transferJobs.ts';
import { contextKeys, viewIds } from '../ids.ts';
import type { TransferRow, TransfersView } from './transfersView.ts';

export interface TransfersRegistration {
  readonly disposable: vscode.Disposable;
  /** Loaded at first use. */
  readonly transfers: () => Promise<TransferJobs>;
}

/** Registers the view of transfers; what fills it is loaded with the first of them. `state` is that of the window. */
export function registerTransfers(state: StateStore): TransfersRegistration {
  const changed = new vscode.EventEmitter<undefined>();
  let loading: Promise<TransfersView> | undefined;
  const load = (): Promise<TransfersView> => {
    loading ??= import('./transfersView.ts').then(({ TransfersView }) => new TransfersView(state, view, changed));
    return loading;
  };
  const view = vscode.window.createTreeView<TransferRow>(viewIds.transfers, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (row) => row,
      getChildren: async (row) => (row === undefined ? [...(await load()).rows()] : []),
    },
  });
  // The view shows once there is something in it, so that it takes no room of the others before.
  if (hasUnfinished(state)) void vscode.commands.executeCommand('setContext', contextKeys.hasTransfers, true);
  return { disposable: vscode.Disposable.from(changed, view), transfers: async () => (await load()).jobs };
}
