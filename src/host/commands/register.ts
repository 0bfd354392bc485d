import * as vscode from 'vscode';
import type { AddConnectionOptions, ConnectionInfo } from '../../api.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { commandIds, viewIds } from '../ids.ts';
import type { ImagePanels } from '../panels/imagePanels.ts';
import { errorMessage, showError } from '../present.ts';
import type { Services } from '../services.ts';
import type { MoreNode, TreeNode } from '../tree/nodes.ts';
import type { RegistriesTree } from '../tree/registriesTree.ts';
import { addRegistry } from './addRegistry.ts';
import { removeRegistry } from './removeRegistry.ts';

export interface Views {
  readonly tree: RegistriesTree;
  readonly treeView: vscode.TreeView<TreeNode>;
  readonly imagePanels: ImagePanels;
  readonly logChannel: vscode.LogOutputChannel;
}

/**
 * Every command, in one table. Commands get a node from the tree, a reference as text from elsewhere, or nothing from
 * the palette; then they ask.
 */
export function registerCommands(services: Services, views: Views): vscode.Disposable {
  const { tree, treeView, imagePanels, logChannel } = views;
  const table: Record<(typeof commandIds)[keyof typeof commandIds], (...args: never[]) => unknown> = {
    [commandIds.addRegistry]: async (options?: Partial<AddConnectionOptions>) => {
      const added = await addRegistry(services, options);
      if (added !== undefined) await vscode.commands.executeCommand(`${viewIds.registries}.focus`);
      return added;
    },
    [commandIds.removeRegistry]: async (target?: TreeNode | string) => {
      const connection = await chooseConnection(services, target);
      return connection === undefined ? false : removeRegistry(services, connection);
    },
    [commandIds.refresh]: (node?: TreeNode) => tree.refresh(node),
    [commandIds.loadMore]: (node: MoreNode) => tree.loadMore(node),
    [commandIds.showImage]: async (target?: TreeNode | string) => {
      const shown = await chooseImage(target);
      if (shown !== undefined) imagePanels.show(shown);
    },
    [commandIds.copyReference]: async (target?: TreeNode | string, all?: readonly TreeNode[]) => {
      const references = copiedReferences(target, all ?? treeView.selection);
      if (references.length === 0) {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('Select a repository or a tag in the Registries view first.'),
        );
        return undefined;
      }
      await vscode.env.clipboard.writeText(references.join('\n'));
      vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0}', references.join(', ')), 3000);
      return references;
    },
    [commandIds.showLog]: () => logChannel.show(),
  };
  return vscode.Disposable.from(
    ...Object.entries(table).map(([id, run]) =>
      vscode.commands.registerCommand(id, async (...args: never[]) => {
        try {
          return await run(...args);
        } catch (error) {
          await showError(services.log, id, error);
          return undefined;
        }
      }),
    ),
  );
}

async function chooseConnection(
  services: Services,
  target: TreeNode | string | undefined,
): Promise<ConnectionInfo | undefined> {
  const all = services.gantry.connections();
  if (typeof target === 'string') return all.find(({ id }) => id === target);
  if (target?.kind === 'registry') return target.connection;
  const items = all.map((connection) => ({ label: connection.label, description: connection.url, connection }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which registry?') });
  return chosen?.connection;
}

async function chooseImage(
  target: TreeNode | string | undefined,
): Promise<{ readonly reference: string; readonly connectionId?: string } | undefined> {
  if (typeof target === 'string') return { reference: target };
  if (target?.kind === 'tag') {
    return { reference: target.reference, connectionId: target.parent.parent.connection.id };
  }
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Show Image'),
    prompt: vscode.l10n.t('Reference of an image. It is not pulled.'),
    placeHolder: 'registry.example.com/team/app:1.0',
    validateInput: (value) => (value.trim() === '' ? undefined : referenceProblem(value)),
  });
  return text === undefined || text.trim() === '' ? undefined : { reference: pastedReference(text) };
}

function referenceProblem(value: string): string | undefined {
  try {
    parseReference(pastedReference(value));
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

/** People paste what `skopeo` and browsers show: a scheme is no part of a reference. */
function pastedReference(text: string): string {
  return text.trim().replace(/^(?:https?|docker|oci):\/\//, '');
}

function copiedReferences(target: TreeNode | string | undefined, selection: readonly TreeNode[]): readonly string[] {
  if (typeof target === 'string') return [target];
  // A context menu acts on the selection only when it was opened on a part of it.
  const nodes = target === undefined || selection.includes(target) ? selection : [target];
  return nodes.flatMap((node) => {
    if (node.kind === 'tag') return [node.reference];
    return node.kind === 'repository' ? [node.repository.reference] : [];
  });
}
