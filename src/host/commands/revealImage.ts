import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { Services } from '../services.ts';
import { registryNode } from '../tree/nodes.ts';
import type { Views } from './commands.ts';
import type { ImageTarget } from './targets.ts';

/** Selects an image in the view; its repository, where its tag has no row. Says what is missing when there is neither. */
export async function revealImage(
  services: Services,
  { tree, treeView }: Pick<Views, 'tree' | 'treeView'>,
  { reference, connectionId }: ImageTarget,
): Promise<boolean> {
  const image = services.gantry.parseReference(reference);
  const connection = services.gantry
    .connections()
    .find(({ id }) => id === (connectionId ?? services.connections.forReference(image)?.id));
  if (connection === undefined) {
    const add = vscode.l10n.t('Add Registry…');
    const message = vscode.l10n.t('{0} is not among the registries of the view.', image.registry);
    if ((await vscode.window.showInformationMessage(message, add)) === add)
      await vscode.commands.executeCommand(commandIds.addRegistry);
    return false;
  }
  const { tag: _tag, ...repository } = image;
  const find = async () => (await tree.find(image, connection.id)) ?? tree.find(repository, connection.id);
  let node = await find();
  if (node === undefined) {
    // The registry does not list it, or only on a later page.
    await services.pins.add(connection.url, image.repository);
    tree.redraw(registryNode(connection));
    node = await find();
  }
  if (node === undefined) return false;
  await treeView.reveal(node, { select: true, focus: true, expand: node.kind !== 'tag' });
  return true;
}
