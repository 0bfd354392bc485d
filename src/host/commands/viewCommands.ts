import * as vscode from 'vscode';
import type { TagOrder } from '../../core/oci/tagOrder.ts';
import { commandIds } from '../ids.ts';
import type { Services } from '../services.ts';
import {
  type MoreNode,
  type PagesNode,
  type RepositoryNode,
  repositoryOf,
  type TreeNode,
  type UnknownNode,
} from '../tree/nodes.ts';
import { chosenImages } from './chosenImages.ts';
import type { Views } from './commands.ts';
import { askFilter, askOrder, loadAllDetails, loadAllTags } from './findTags.ts';
import { openSelectedRow } from './openSelectedRow.ts';
import { revealImage } from './revealImage.ts';
import { search, searchAll } from './search.ts';
import { chooseImage, imageTarget, type Target } from './targets.ts';
import { unwatchTag, watchTags } from './watchTags.ts';

/** Commands of the view of registries: what it shows, in which order, and how much of it. */
export function createViewCommands(services: Services, views: Views) {
  const { gantry } = services;
  const { tree, tagView, treeView, watcher, imagePanels } = views;

  /** The repository of a node, or of what is selected. */
  function chosenRepository(target: TreeNode | undefined): RepositoryNode | undefined {
    const node = target ?? treeView.selection[0];
    return node && repositoryOf(node);
  }

  return {
    [commandIds.search]: async (query?: string | readonly TreeNode[]) =>
      typeof query === 'string' ? searchAll(services, query) : search(services),
    [commandIds.reveal]: async (target: Target) => {
      // From the title of a panel comes what VS Code calls it.
      const isImage = typeof target === 'string' || (target !== undefined && 'kind' in target);
      const shown = isImage ? imageTarget(target) : (await imagePanels()).inFront;
      const image = shown ?? (await chooseImage(undefined, vscode.l10n.t('Reveal')));
      return image === undefined ? false : revealImage(services, views, image);
    },
    [commandIds.watchTag]: async (target: Target, all?: readonly TreeNode[]) => {
      const watched = await watchTags(
        services,
        await chosenImages(treeView, target, all, vscode.l10n.t('Tell Me When It Moves')),
      );
      watcher.start();
      await tree.redrawTags();
      return watched;
    },
    [commandIds.unwatchTag]: async (target: Target, all?: readonly TreeNode[]) => {
      await unwatchTag(services, await chosenImages(treeView, target, all, vscode.l10n.t('Stop Watching')));
      await tree.redrawTags();
    },
    [commandIds.refresh]: (node?: TreeNode) => tree.refresh(node),
    [commandIds.openRow]: () => openSelectedRow(treeView),
    [commandIds.loadMore]: (node: MoreNode) => tree.loadMore(node),
    [commandIds.loadAll]: async (target: Target) => {
      const node = chosenRepository(typeof target === 'string' ? undefined : target);
      const tags = node && tree.tagsOf(node);
      if (node !== undefined && tags !== undefined) await loadAllTags(node, tags);
    },
    [commandIds.stopLoading]: ({ parent }: PagesNode) => tree.tagsOf(parent)?.stop(),
    [commandIds.loadDetails]: async ({ parent }: UnknownNode) => {
      const tags = tree.tagsOf(parent);
      if (tags === undefined) return;
      try {
        await loadAllDetails(services, parent, {
          tags,
          needsSignatures: tagView.filter?.needsSignatures === true,
        });
      } finally {
        tree.rearrange();
      }
    },
    [commandIds.sortTags]: async (target: Target, order?: TagOrder | readonly TreeNode[]) => {
      const repository = typeof target === 'string' ? target : chosenRepository(target)?.repository.reference;
      if (repository === undefined) {
        void vscode.window.showInformationMessage(vscode.l10n.t('Select a repository or a tag first.'));
        return undefined;
      }
      const { registry, repository: name } = gantry.parseReference(repository);
      const chosen =
        typeof order === 'string' ? order : await askOrder(`${registry}/${name}`, tagView.orderOf(repository));
      if (chosen !== undefined) await tagView.setOrder(repository, chosen);
      return chosen;
    },
    [commandIds.filterTags]: async (target: Target) => {
      const text = typeof target === 'string' ? target : await askFilter(tagView);
      if (text === undefined) return undefined;
      tagView.setFilter(text);
      return text;
    },
    [commandIds.clearFilter]: () => tagView.setFilter(''),
    [commandIds.showAttachments]: () => tagView.showAttachments(true),
    [commandIds.hideAttachments]: () => tagView.showAttachments(false),
    [commandIds.groupImages]: () => tagView.groupImages(true),
    [commandIds.ungroupImages]: () => tagView.groupImages(false),
  };
}
