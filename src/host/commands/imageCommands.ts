import * as vscode from 'vscode';
import { type PullTool, pullTools } from '../../core/oci/pullCommand.ts';
import type { JsonDocument } from '../editor/documentUris.ts';
import { openJsonDocument } from '../editor/jsonDocuments.ts';
import { commandIds } from '../ids.ts';
import type { Services } from '../services.ts';
import type { TreeNode } from '../tree/nodes.ts';
import { chosenImages } from './chosenImages.ts';
import type { Views } from './commands.ts';
import { copyLines, pinnedReference, plainReference, resolveDigests } from './copy.ts';
import { copyPullCommand } from './copyPullCommand.ts';
import { chooseImage, type ImageLink, type Target } from './targets.ts';

/** Commands that show images and copy their names, and change nothing. */
export function createImageCommands(services: Services, { treeView, imagePanels }: Views) {
  const { gantry } = services;

  async function openJson(
    target: Target | ImageLink,
    document: JsonDocument,
    title: string,
  ): Promise<vscode.Uri | undefined> {
    const image = await chooseImage(target, title);
    return image && openJsonDocument(services, image, document);
  }

  return {
    [commandIds.showImage]: async (target: Target) => {
      const image = await chooseImage(target, vscode.l10n.t('Show Image'));
      // Who walks over tags in the tree stays there.
      const preserveFocus = target !== undefined && typeof target !== 'string';
      if (image === undefined) return;
      (await imagePanels()).show(image, { preserveFocus });
      await services.recent.add(gantry.parseReference(image.reference).familiar);
    },
    [commandIds.openManifest]: (target: Target | ImageLink) =>
      openJson(target, 'manifest', vscode.l10n.t('Open Manifest')),
    [commandIds.openConfig]: (target: Target | ImageLink) =>
      openJson(target, 'config', vscode.l10n.t('Open Configuration')),
    [commandIds.copyReference]: async (target: Target, all?: readonly TreeNode[]) => {
      const references = copiedReferences(target, all ?? treeView.selection);
      if (references.length > 0) return copyLines(references.map(plainReference));
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Select a repository or a tag in the Registries view first.'),
      );
      return undefined;
    },
    [commandIds.copyDigest]: async (target: Target, all?: readonly TreeNode[]) => {
      const chosen = await chosenImages(treeView, target, all, vscode.l10n.t('Copy Digest'));
      return chosen.length === 0 ? undefined : copyLines(await resolveDigests(services, chosen));
    },
    [commandIds.copyPinnedReference]: async (target: Target | ImageLink, all?: readonly TreeNode[]) => {
      const chosen = await chosenImages(treeView, target, all, vscode.l10n.t('Copy Pinned Reference'));
      if (chosen.length === 0) return undefined;
      const digests = await resolveDigests(services, chosen);
      return copyLines(chosen.map(({ reference }, index) => pinnedReference(reference, digests[index] ?? '')));
    },
    [commandIds.copyPullCommand]: async (target: Target, all?: readonly TreeNode[] | PullTool) => {
      if (typeof target === 'string') {
        const tool = pullTools.find((known) => known === all);
        return copyPullCommand(services, [{ reference: target }], tool ?? 'docker');
      }
      const chosen = await chosenImages(
        treeView,
        target,
        Array.isArray(all) ? all : undefined,
        vscode.l10n.t('Copy Pull Command'),
      );
      return chosen.length === 0 ? undefined : copyPullCommand(services, chosen);
    },
  };
}

function copiedReferences(target: Target, selection: readonly TreeNode[]): readonly string[] {
  if (typeof target === 'string') return [target];
  const nodes = target === undefined || selection.includes(target) ? selection : [target];
  return nodes.flatMap((node) => {
    if (node.kind === 'tag' || node.kind === 'untaggedImage') return [node.reference];
    return node.kind === 'repository' ? [node.repository.reference] : [];
  });
}
