import * as vscode from 'vscode';
import type { CopyOptions, TagOptions } from '../../api.ts';
import { commandIds } from '../ids.ts';
import { PruneReviews } from '../prune/pruneReviews.ts';
import type { Services } from '../services.ts';
import type { TreeNode } from '../tree/nodes.ts';
import { assembleAndTell, assembleIndex } from './assembleIndex.ts';
import { chosenImages, type SelectionArgument } from './chosenImages.ts';
import type { Views } from './commands.ts';
import { copyDropped, type DroppedImages } from './copyDropped.ts';
import { copyAndTell, copyImage } from './copyImage.ts';
import { type DeleteOptions, deleteImages } from './deleteImages.ts';
import { undoChange } from './offerUndo.ts';
import { type PruneArguments, pruneAsTold, pruneRepositories, runReview, saveReview } from './pruneImages.ts';
import { pullAndTell } from './pullAndTell.ts';
import { type PullArguments, pullImage } from './pullImage.ts';
import { pushAndTell } from './pushImage.ts';
import { changeProblem } from './refusal.ts';
import { tagImage } from './tagImage.ts';
import {
  chooseImage,
  chooseRepository,
  type ImageLink,
  type ReferenceCheck,
  repositoryTargets,
  type Target,
} from './targets.ts';

/** Commands that bring images to other places, or change what is in a registry. */
export function createChangeCommands(services: Services, { tree, treeView, imagePanels }: Views) {
  const { gantry } = services;
  const reviews = new PruneReviews(services);

  /** For what is to be changed: where that is refused, it is said while it is typed. */
  const canChange: ReferenceCheck = (reference) => changeProblem(services, { reference });

  return {
    [commandIds.pull]: async (target: Target | ImageLink, options?: PullArguments | readonly TreeNode[]) => {
      if (typeof target === 'string' && !Array.isArray(options)) {
        return pullImage(services, { reference: target }, options as PullArguments | undefined);
      }
      const image = await chooseImage(target, vscode.l10n.t('Pull'));
      return image && pullAndTell(services, image);
    },
    [commandIds.copy]: async (target: Target, to?: string | readonly TreeNode[], options?: CopyOptions) => {
      if (typeof target === 'string' && typeof to === 'string') {
        return copyImage(services, { reference: target }, to, options);
      }
      const image = await chooseImage(target, vscode.l10n.t('Copy Image'));
      return image && copyAndTell(services, imagePanels, image);
    },
    [commandIds.push]: async (
      source: TreeNode | string | undefined,
      to?: string | readonly TreeNode[],
      options?: CopyOptions,
    ) =>
      typeof source === 'string' && typeof to === 'string'
        ? copyImage(services, { reference: source }, to, options)
        : pushAndTell(services, imagePanels, typeof source === 'string' ? undefined : source),
    [commandIds.assembleIndex]: async (
      target: Target | readonly string[],
      to?: string | readonly TreeNode[],
      options?: CopyOptions,
    ) => {
      if (Array.isArray(target) && typeof to === 'string') {
        return assembleIndex(services, target as readonly string[], to, options);
      }
      const nodes = Array.isArray(to) ? (to as readonly TreeNode[]) : undefined;
      const chosen = await chosenImages(treeView, target, nodes, vscode.l10n.t('Combine into Multi-Platform Image'));
      const made = await assembleAndTell(services, imagePanels, chosen);
      if (made !== undefined) tree.refresh(undefined);
      return made;
    },
    [commandIds.copyDropped]: async (dropped: DroppedImages) => {
      const results = await copyDropped(services, imagePanels, dropped);
      if (results.length > 0) tree.refresh(dropped.repository);
      return results;
    },
    [commandIds.tag]: async (target: Target, name?: string | readonly TreeNode[], options?: TagOptions) => {
      if (typeof target === 'string' && typeof name === 'string') return gantry.tag(target, name, options);
      const image = await chooseImage(target, vscode.l10n.t('Add Tag'), canChange);
      const tagged = image && (await tagImage(services, image, () => tree.refreshRepositoryOf(target)));
      if (tagged !== undefined) tree.refreshRepositoryOf(target);
      return tagged;
    },
    [commandIds.delete]: async (
      target: Target | readonly string[] | SelectionArgument,
      all?: readonly TreeNode[] | DeleteOptions,
    ) => {
      const isSelection = Array.isArray(all);
      const chosen = await chosenImages(
        treeView,
        target,
        isSelection ? (all as readonly TreeNode[]) : undefined,
        vscode.l10n.t('Delete'),
        canChange,
      );
      const deleted = await deleteImages(services, chosen, isSelection ? {} : (all as DeleteOptions | undefined), () =>
        tree.refreshRepositoryOf(target),
      );
      if (deleted.length > 0) tree.refreshRepositoryOf(target);
      return deleted;
    },
    [commandIds.prune]: async (target: Target | readonly string[], all?: readonly TreeNode[] | PruneArguments) => {
      const isSelection = Array.isArray(all);
      const repositories = repositoryTargets(target, isSelection ? (all as readonly TreeNode[]) : treeView.selection);
      const options = isSelection ? undefined : (all as PruneArguments | undefined);
      if (options !== undefined) return pruneAsTold(services, repositories, options);
      if (repositories.length > 0) return pruneRepositories(services, reviews, repositories);
      const chosen = await chooseRepository(undefined, vscode.l10n.t('Prune'), canChange);
      return chosen && pruneRepositories(services, reviews, [chosen]);
    },
    [commandIds.runPrune]: (uri?: vscode.Uri) =>
      runReview(services, reviews, reviews.of(uri), () => tree.refresh(undefined)),
    [commandIds.savePrune]: (uri?: vscode.Uri) => saveReview(reviews.of(uri)),
    [commandIds.undo]: async (id?: string) => {
      const undone = await undoChange(services, typeof id === 'string' ? id : undefined);
      if (undone !== undefined) tree.refresh(undefined);
      return undone;
    },
  };
}
