import * as vscode from 'vscode';
import { shortDigest } from '../../core/oci/digest.ts';
import { formatReference, parseReference } from '../../core/oci/reference.ts';
import { documentUri, showDocument } from '../editor/documentUris.ts';
import { askFile, searchPaths } from '../files/findFile.ts';
import { fileUri } from '../files/imageUris.ts';
import { type CommandId, commandIds } from '../ids.ts';
import type { Services } from '../services.ts';
import { imageNodeOf } from '../tree/fileNodes.ts';
import type { TreeNode } from '../tree/nodes.ts';
import type { Command, Views } from './commands.ts';
import { comparePlaces, type ImageComparison } from './compareImages.ts';
import { showComparison } from './comparisonList.ts';
import { copyLines } from './copy.ts';
import { choosePlace, type FileTarget, fileOf } from './fileTargets.ts';
import { formerDigest } from './formerDigest.ts';
import { type SaveArtifactOptions, saveArtifact, saveArtifactAndTell } from './saveArtifact.ts';
import { saveAs, tellSaved } from './saveAs.ts';
import { chooseImage, type ImageLink, imageTarget, imageTargets, type Target } from './targets.ts';

/** Commands for what is inside images. */
type FileCommand =
  | 'findFile'
  | 'saveAs'
  | 'addToWorkspace'
  | 'copyPath'
  | 'revealLayer'
  | 'openDockerfile'
  | 'saveArtifact'
  | 'compare'
  | 'compareWithFormer';

export function createFileCommands(
  services: Services,
  { tree, treeView }: Pick<Views, 'tree' | 'treeView'>,
): Readonly<Record<(typeof commandIds)[FileCommand] & CommandId, Command>> {
  /** What a command is about: what it was called with, else the only row that is selected. */
  function targetOf(target: FileTarget): FileTarget {
    if (target !== undefined || fileOf(undefined) !== undefined) return target;
    const [selected] = treeView.selection;
    const isImage = selected !== undefined && (fileOf(selected) ?? imageTarget(selected)) !== undefined;
    return treeView.selection.length === 1 && isImage ? selected : undefined;
  }

  return {
    [commandIds.findFile]: async (target: FileTarget, query?: string | readonly TreeNode[]) => {
      const place = await choosePlace(services, targetOf(target), vscode.l10n.t('Find File in Image'));
      if (place === undefined) return undefined;
      const opening = services.images.open(place);
      if (typeof query === 'string') {
        const { paths } = await searchPaths(await opening, query);
        return paths.map((path) => fileUri(place, path));
      }
      const { repository } = parseReference(place.reference);
      const path = await askFile(vscode.l10n.t('Find File in {0}', repository), opening);
      if (path === undefined) return undefined;
      const uri = fileUri(place, path);
      await vscode.commands.executeCommand('vscode.open', uri);
      return uri;
    },
    [commandIds.saveAs]: async (target: FileTarget, to?: vscode.Uri | readonly TreeNode[]) => {
      const wanted = targetOf(target);
      const place = fileOf(wanted);
      if (place === undefined) {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('Select a file or a folder of an image in the Registries view first, or open a file of one.'),
        );
        return undefined;
      }
      const isTold = to instanceof vscode.Uri;
      const saved = await saveAs(services, place, isTold ? to : undefined);
      if (saved !== undefined && !isTold) tellSaved(saved);
      return saved;
    },
    [commandIds.addToWorkspace]: async (target: FileTarget) => {
      const place = await choosePlace(services, targetOf(target), vscode.l10n.t('Add Image to Workspace'));
      if (place === undefined) return undefined;
      const { repository, digest = '' } = parseReference(place.reference);
      const uri = fileUri(place, '');
      const folders = vscode.workspace.workspaceFolders ?? [];
      const name = `${repository}@${digest.slice(0, 'sha256:'.length + 12)}`;
      if (!folders.some((folder) => folder.uri.toString() === uri.toString())) {
        vscode.workspace.updateWorkspaceFolders(folders.length, 0, { uri, name });
      }
      return uri;
    },
    [commandIds.copyPath]: (target: FileTarget, all?: readonly TreeNode[]) => {
      const nodes = typeof target === 'object' && Array.isArray(all) && all.length > 0 ? all : [targetOf(target)];
      const paths = nodes.flatMap((node) => fileOf(node) ?? []).map(({ path }) => `/${path}`);
      return paths.length === 0 ? undefined : copyLines(paths);
    },
    [commandIds.revealLayer]: async (target: FileTarget) => {
      const chosen = targetOf(target);
      const file = fileOf(chosen);
      if (file === undefined) return undefined;
      const files = await services.images.open(file);
      const digest = files.layerOf(file.path);
      const number = files.image.layers.findIndex((layer) => layer.digest === digest) + 1;
      const isNode = typeof chosen === 'object' && !(chosen instanceof vscode.Uri) && chosen.kind === 'file';
      const siblings = isNode ? await tree.getChildren(imageNodeOf(chosen)) : [];
      const node = siblings.find((sibling) => sibling.kind === 'layer' && sibling.layer.digest === digest);
      if (node !== undefined) await treeView.reveal(node, { select: true, focus: true });
      else void vscode.window.showInformationMessage(vscode.l10n.t('Layer {0} wrote it last: {1}', number, digest));
      return digest;
    },
    [commandIds.openDockerfile]: async (target: FileTarget) => {
      const place = await choosePlace(services, targetOf(target), vscode.l10n.t('Open Rebuilt Dockerfile'));
      return place && showDocument(documentUri(place, { kind: 'dockerfile' }));
    },
    [commandIds.saveArtifact]: async (
      target: Target | ImageLink,
      options?: SaveArtifactOptions | readonly TreeNode[],
    ) => {
      const given = Array.isArray(options) ? undefined : (options as SaveArtifactOptions | undefined);
      if (typeof target === 'string' && given?.folder !== undefined) {
        return saveArtifact(services, { reference: target }, given);
      }
      const image = await chooseImage(target, vscode.l10n.t('Save Files of Artifact'));
      return image && saveArtifactAndTell(services, image, given?.only);
    },
    [commandIds.compare]: async (
      target: Target | ImageLink,
      other?: string | ImageLink | readonly TreeNode[],
    ): Promise<ImageComparison | undefined> => {
      if (typeof target === 'string' && typeof other === 'string') {
        return (await comparePlaces(services, { reference: target }, { reference: other })).comparison;
      }
      const selected =
        typeof other === 'object' && 'kind' in other
          ? [...imageTargets(target, []), ...imageTargets(other, [])]
          : imageTargets(target, Array.isArray(other) ? other : treeView.selection);
      const title = vscode.l10n.t('Compare Images');
      const left = selected[0] ?? (await chooseImage(undefined, title));
      if (left === undefined) return undefined;
      const right = selected[1] ?? (await chooseImage(undefined, vscode.l10n.t('Compare With')));
      if (right === undefined) return undefined;
      const compared = await comparePlaces(services, left, right);
      showComparison([nameOf(left.reference), nameOf(right.reference)], compared);
      return compared.comparison;
    },
    [commandIds.compareWithFormer]: async (
      target: Target | ImageLink,
      former?: string | readonly TreeNode[],
    ): Promise<ImageComparison | undefined> => {
      const image = await chooseImage(target, vscode.l10n.t('Compare with What It Was'));
      if (image === undefined) return undefined;
      const digest = typeof former === 'string' ? former : await formerDigest(services, image);
      if (digest === undefined) {
        const name = nameOf(image.reference);
        void vscode.window.showInformationMessage(vscode.l10n.t('It is not known what {0} named before.', name));
        return undefined;
      }
      const { registry, repository } = parseReference(image.reference);
      const before = { ...image, reference: formatReference({ registry, repository, digest }) };
      const compared = await comparePlaces(services, before, image);
      if (typeof target !== 'string') showComparison([shortDigest(digest), nameOf(image.reference)], compared);
      return compared.comparison;
    },
  };
}

function nameOf(reference: string): string {
  return parseReference(reference).familiar;
}
