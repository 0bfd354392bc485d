import * as vscode from 'vscode';
import type { Protection } from '../../api.ts';
import { openReadme } from '../editor/readmeDocuments.ts';
import { type CommandId, commandIds } from '../ids.ts';
import type { Services } from '../services.ts';
import { isNeeded } from '../tree/flags.ts';
import { registryNode, repositoryOf, type TreeNode } from '../tree/nodes.ts';
import type { Command, Views } from './commands.ts';
import { createRepository } from './createRepository.ts';
import { type DeleteRepositoryOptions, deleteRepository } from './deleteRepository.ts';
import { openInBrowser } from './openInBrowser.ts';
import { protectTag, unprotectTag } from './protectTag.ts';
import { changeProblem } from './refusal.ts';
import { showTagHistory } from './tagHistory.ts';
import {
  chooseAbleConnection,
  chooseImage,
  chooseRepository,
  type ImageTarget,
  type ReferenceCheck,
  type Target,
} from './targets.ts';

/** Commands for what only some registries can do. Menus offer them where they are possible. */
type AbilityCommand =
  | 'openInBrowser'
  | 'showReadme'
  | 'showRepository'
  | 'createRepository'
  | 'deleteRepository'
  | 'showTagHistory'
  | 'protectTag'
  | 'unprotectTag';

export function createAbilityCommands(
  services: Services,
  {
    tree,
    treeView,
    imagePanels,
    repositoryPanels,
  }: Pick<Views, 'tree' | 'treeView' | 'imagePanels' | 'repositoryPanels'>,
): Readonly<Record<(typeof commandIds)[AbilityCommand] & CommandId, Command>> {
  /** What a command is about: what it was called with, else the only row that is selected. */
  function targetOf(target: Target): Target {
    return target ?? (treeView.selection.length === 1 ? treeView.selection[0] : undefined);
  }

  const canChange: ReferenceCheck = (reference) => changeProblem(services, { reference });

  return {
    [commandIds.openInBrowser]: async (target: Target) => {
      const title = vscode.l10n.t('Open in Browser');
      const chosen = targetOf(target);
      const isRepository = typeof chosen === 'object' && chosen.kind === 'repository';
      const image = isRepository ? chooseRepository(chosen, title) : chooseImage(imageOnly(chosen), title);
      const found = await image;
      return found && openInBrowser(services, found);
    },
    [commandIds.showReadme]: async (target: Target) => {
      const repository = await chooseRepository(imageOnly(targetOf(target)), vscode.l10n.t('Show Description'));
      return repository && openReadme(services, repository);
    },
    [commandIds.showRepository]: async (target: Target) => {
      const chosen = imageOnly(targetOf(target));
      const repository = await chooseRepository(chosen, vscode.l10n.t('Show Repository'));
      if (repository === undefined) return;
      const node = typeof chosen === 'object' ? repositoryOf(chosen) : undefined;
      (await repositoryPanels()).show({ ...repository, ...(node !== undefined && { summary: node.repository }) });
    },
    [commandIds.createRepository]: async (target: Target, name?: string | readonly TreeNode[]) => {
      if (typeof target === 'string' && typeof name === 'string') return services.gantry.createRepository(target, name);
      const connection = await chooseAbleConnection(services, target, 'createRepository');
      if (connection === undefined) return undefined;
      const namespace = typeof target === 'object' && target.kind === 'namespace' ? target.name : undefined;
      const reference = await createRepository(services, connection, namespace);
      if (reference === undefined) return undefined;
      tree.refresh(registryNode(connection));
      const node = await tree.find(services.gantry.parseReference(reference), connection.id);
      if (node !== undefined) await treeView.reveal(node, { select: true, focus: true });
      return reference;
    },
    [commandIds.deleteRepository]: async (target: Target, options?: DeleteRepositoryOptions | readonly TreeNode[]) => {
      const repository = await chooseRepository(target, vscode.l10n.t('Delete Repository'), canChange);
      if (repository === undefined) return false;
      const isSelection = Array.isArray(options);
      const given = isSelection ? {} : (options as DeleteRepositoryOptions | undefined);
      const isDeleted = await deleteRepository(services, repository, given);
      if (!isDeleted) return false;
      const { repository: name } = services.gantry.parseReference(repository.reference);
      const connection = services.gantry.connections().find(({ id }) => id === repository.connectionId);
      if (connection !== undefined) await services.pins.remove(connection.url, name);
      tree.refresh(connection && registryNode(connection));
      return true;
    },
    [commandIds.showTagHistory]: async (target: Target) => {
      const image = await chooseImage(targetOf(target), vscode.l10n.t('Show Tag History'));
      if (image === undefined) return undefined;
      const restored = await showTagHistory(services, image, async (shown) => (await imagePanels()).show(shown));
      if (restored !== undefined) tree.refreshRepositoryOf(targetOf(target));
      return restored;
    },
    [commandIds.protectTag]: (target: Target, from?: readonly Protection[] | readonly TreeNode[]) =>
      changeProtection(target, vscode.l10n.t('Lock Tag'), (image) =>
        protectTag(services, image, typeof target === 'string' ? (from as readonly Protection[]) : undefined),
      ),
    [commandIds.unprotectTag]: (target: Target) =>
      changeProtection(target, vscode.l10n.t('Unlock Tag'), (image) => unprotectTag(services, image)),
  };

  async function changeProtection(
    target: Target,
    title: string,
    change: (image: ImageTarget) => Promise<boolean>,
  ): Promise<boolean> {
    const image = await chooseImage(targetOf(target), title, canChange);
    const isChanged = image !== undefined && (await change(image));
    if (isChanged) tree.refreshRepositoryOf(targetOf(target));
    return isChanged;
  }
}

/** From a key binding: what something needs is left out, and said to be. */
export function withoutNeeded(nodes: readonly TreeNode[]): readonly TreeNode[] {
  const kept = nodes.filter((node) => node.kind !== 'untaggedImage' || !isNeeded(node.image));
  if (kept.length < nodes.length) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Parts of multi-platform images, and documents about images, go with these: delete the images.'),
    );
  }
  return kept;
}

/** A registry or a group has no page that is known. */
function imageOnly(target: Target): Target {
  return typeof target === 'object' && repositoryOf(target) === undefined ? undefined : target;
}
