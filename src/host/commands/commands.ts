import * as vscode from 'vscode';
import type { AddConnectionOptions, ConnectionInfo, CopyOptions, ImageReference, TagOptions } from '../../api.ts';
import { localKind, takesPushes } from '../../core/adapters/kinds.ts';
import type { LoginOffer } from '../../core/loginOffer.ts';
import type { UpdateStep } from '../../core/oci/newerTags.ts';
import { type PullTool, pullTools } from '../../core/oci/pullCommand.ts';
import type { TagOrder } from '../../core/oci/tagOrder.ts';
import type { JsonDocument } from '../editor/documentUris.ts';
import type { EditorFeatures } from '../editor/editorFeatures.ts';
import { openJsonDocument } from '../editor/jsonDocuments.ts';
import type { MentionPlace } from '../editor/mentionEdits.ts';
import type { ChangeOptions } from '../editor/workspace/workspaceCommands.ts';
import { type CommandId, commandIds } from '../ids.ts';
import type { ImagePanels } from '../panels/imagePanels.ts';
import type { RepositoryPanels } from '../panels/repositoryPanels.ts';
import { PruneReviews } from '../prune/pruneReviews.ts';
import type { Services } from '../services.ts';
import type { TagWatcher } from '../tagWatcher.ts';
import {
  connectionOf,
  type MoreNode,
  type NoticeNode,
  type OfferNode,
  type PagesNode,
  type RepositoryNode,
  registryNode,
  repositoryOf,
  type TreeNode,
  type UnknownNode,
} from '../tree/nodes.ts';
import type { RegistriesTree } from '../tree/registriesTree.ts';
import type { TagView } from '../tree/tagView.ts';
import { createAbilityCommands, withoutNeeded } from './abilityCommands.ts';
import { addDiscovered, tellFailures } from './addDiscovered.ts';
import { addRegistry } from './addRegistry.ts';
import { assembleAndTell, assembleIndex } from './assembleIndex.ts';
import { chooseKind } from './chooseKind.ts';
import { chooseLogin } from './chooseLogin.ts';
import { copyLines, pinnedReference, plainReference, resolveDigests } from './copy.ts';
import { copyDiagnostics } from './copyDiagnostics.ts';
import { copyDropped, type DroppedImages } from './copyDropped.ts';
import { copyAndTell, copyImage } from './copyImage.ts';
import { copyPullCommand } from './copyPullCommand.ts';
import { type DeleteOptions, deleteImages } from './deleteImages.ts';
import { createFileCommands } from './fileCommands.ts';
import { askFilter, askOrder, loadAllDetails, loadAllTags } from './findTags.ts';
import { signIn, signOut, testRegistry } from './login.ts';
import { undoChange } from './offerUndo.ts';
import { openSelectedRow } from './openSelectedRow.ts';
import { askPin } from './pinRepository.ts';
import { type PruneArguments, pruneAsTold, pruneRepositories, runReview, saveReview } from './pruneImages.ts';
import { pullAndTell } from './pullAndTell.ts';
import { type PullArguments, pullImage } from './pullImage.ts';
import { pushAndTell } from './pushImage.ts';
import { changeProblem } from './refusal.ts';
import { removeRegistry } from './removeRegistry.ts';
import { revealImage } from './revealImage.ts';
import { search, searchAll } from './search.ts';
import { tagImage } from './tagImage.ts';
import {
  chooseConnection,
  chooseImage,
  chooseRepository,
  type ImageLink,
  type ImageTarget,
  imageTarget,
  imageTargets,
  type ReferenceCheck,
  repositoryTargets,
  type Target,
} from './targets.ts';
import { createTransferCommands } from './transferCommands.ts';
import { askTrust } from './trust.ts';
import { unwatchTag, watchTags } from './watchTags.ts';

/** What commands change and show beside the services. */
export interface Views {
  readonly editor: () => Promise<EditorFeatures>;
  readonly tree: RegistriesTree;
  readonly tagView: TagView;
  readonly treeView: vscode.TreeView<TreeNode>;
  readonly watcher: TagWatcher;
  readonly imagePanels: () => Promise<ImagePanels>;
  readonly repositoryPanels: () => Promise<RepositoryPanels>;
  readonly offer: LoginOffer;
  readonly log: vscode.LogOutputChannel;
  /** Of Gantry. */
  readonly version: string;
}

export type Command = (...args: never[]) => unknown;

/** What key bindings pass: they are about what is selected in the tree, and ask for nothing. */
interface SelectionArgument {
  readonly selection: true;
}

/** Every command. From the tree it gets a node, from code its arguments, from the palette nothing; then it asks. */
export function createCommands(services: Services, views: Views): Readonly<Record<CommandId, Command>> {
  const { gantry } = services;
  const reviews = new PruneReviews(services);
  const { editor, tree, tagView, treeView, watcher, imagePanels, offer, log, version } = views;

  /** The images of a context menu or the selection; asks for one when there is none. */
  async function images(
    target: Target | ImageLink | readonly string[] | SelectionArgument,
    all: readonly TreeNode[] | undefined,
    title: string,
    check?: ReferenceCheck,
  ): Promise<readonly ImageTarget[]> {
    if (isSelectionArgument(target)) {
      const selected = imageTargets(undefined, withoutNeeded(treeView.selection));
      if (selected.length === 0) void vscode.window.showInformationMessage(vscode.l10n.t('Select a tag first.'));
      return selected;
    }
    const found = imageTargets(target, all ?? treeView.selection);
    if (found.length > 0) return found;
    const chosen = await chooseImage(undefined, title, check);
    return chosen === undefined ? [] : [chosen];
  }

  /** For what is to be changed: where that is refused, it is said while it is typed. */
  const canChange: ReferenceCheck = (reference) => changeProblem(services, { reference });

  /** The repository of a node, or of what is selected. */
  function chosenRepository(target: TreeNode | undefined): RepositoryNode | undefined {
    const node = target ?? treeView.selection[0];
    return node && repositoryOf(node);
  }

  async function openJson(
    target: Target | ImageLink,
    document: JsonDocument,
    title: string,
  ): Promise<vscode.Uri | undefined> {
    const image = await chooseImage(target, title);
    return image && openJsonDocument(services, image, document);
  }

  /** With another account it is another connection, with a row of its own. */
  async function openRow(connection: ConnectionInfo): Promise<void> {
    await treeView.reveal(registryNode(connection), { select: true, focus: true, expand: true });
  }

  async function reveal(image: ImageReference, connection: ConnectionInfo): Promise<boolean> {
    const node = await tree.find(image, connection.id);
    if (node !== undefined) await treeView.reveal(node, { select: true, focus: true, expand: node.kind !== 'tag' });
    return node !== undefined;
  }

  /** The image that was named when its registry was added. What the registry does not list is kept by its name. */
  async function showAdded(connection: ConnectionInfo, image: ImageReference): Promise<void> {
    if (image.tag !== undefined || image.digest !== undefined) {
      const shown = { reference: image.familiar, connectionId: connection.id };
      (await imagePanels()).show(shown, { preserveFocus: true });
    }
    await openRow(connection);
    if (localKind(connection.url) !== undefined || (await reveal(image, connection))) return;
    await services.pins.add(connection.url, image.repository);
    tree.redraw(registryNode(connection));
    await reveal(image, connection);
  }

  async function setReadOnly(target: Target, isReadOnly: boolean): Promise<ConnectionInfo | undefined> {
    const isOffered = ({ adapterId, readOnly = false }: ConnectionInfo): boolean =>
      readOnly !== isReadOnly && (readOnly || takesPushes(adapterId));
    const connection = await chooseConnection(services, target, isOffered);
    const changed = connection && (await gantry.setReadOnly(connection.id, isReadOnly));
    if (changed !== undefined) tree.refresh(registryNode(changed));
    return changed;
  }

  async function addAndShow(typed?: string): Promise<ConnectionInfo | undefined> {
    const added = await addRegistry(services, typed);
    if (added === undefined) return undefined;
    if (added.reference === undefined) await openRow(added.connection);
    else await showAdded(added.connection, gantry.parseReference(added.reference));
    return added.connection;
  }

  return {
    [commandIds.addRegistry]: (options?: AddConnectionOptions) =>
      options?.url === undefined ? addAndShow() : gantry.addConnection(options),
    [commandIds.addDiscovered]: async (node?: OfferNode) => {
      const added = await addDiscovered(services, offer, { isRepeated: node === undefined });
      const [first] = added?.connections ?? [];
      if (first !== undefined) await treeView.reveal(registryNode(first), { select: true, focus: true });
      const wanted = added && (await tellFailures(added));
      const explained = wanted && (await addAndShow(wanted.url));
      return [...(added?.connections ?? []), ...(explained === undefined ? [] : [explained])];
    },
    [commandIds.dismissDiscovered]: ({ registries }: OfferNode) => offer.answered(registries),
    [commandIds.pinRepository]: async (target: Target) => {
      if (target !== undefined && typeof target !== 'string' && target.kind === 'repository') {
        await services.pins.add(target.connection.url, target.repository.name);
        tree.redraw(registryNode(target.connection));
        return target.repository.reference;
      }
      const connection = await chooseConnection(services, target);
      if (connection === undefined) return undefined;
      const image = await askPin(services, connection);
      if (image === undefined) return undefined;
      tree.redraw(registryNode(connection));
      await reveal(image, connection);
      return image.familiar;
    },
    [commandIds.unpinRepository]: async ({ connection, repository }: RepositoryNode) => {
      await services.pins.remove(connection.url, repository.name);
      tree.redraw(registryNode(connection));
    },
    [commandIds.removeRegistry]: async (target: Target) => {
      const connection = await chooseConnection(services, target);
      return connection === undefined ? false : removeRegistry(services, connection);
    },
    [commandIds.signIn]: async (target: Target) => {
      const connection = await chooseConnection(services, target);
      if (connection === undefined) return undefined;
      const signedIn = await signIn(services, connection);
      if (signedIn.kind !== 'done') return undefined;
      tree.refresh(registryNode(signedIn.value));
      await openRow(signedIn.value);
      return signedIn.value;
    },
    [commandIds.signOut]: async (target: Target) => {
      const connection = await chooseConnection(services, target);
      const isSignedOut = connection !== undefined && (await signOut(services, connection));
      // Where the account is a part of its identity, its row has gone, and all that was read with it.
      const isStill = isSignedOut && gantry.connections().some(({ id }) => id === connection.id);
      if (isStill) tree.refresh(registryNode(connection));
      return isSignedOut;
    },
    [commandIds.chooseLogin]: async (target: Target, source?: string | readonly TreeNode[]) => {
      if (typeof target === 'string' && typeof source === 'string') return gantry.chooseLogin(target, source);
      const connection = await chooseConnection(services, target);
      const chosen = connection && (await chooseLogin(services, connection));
      if (chosen === undefined) return undefined;
      tree.refresh(registryNode(chosen));
      await openRow(chosen);
      return chosen;
    },
    [commandIds.chooseKind]: async (target: Target, kind?: string | readonly TreeNode[]) => {
      if (typeof target === 'string' && typeof kind === 'string') return gantry.setKind(target, kind);
      const connection = await chooseConnection(services, target);
      const changed = connection && (await chooseKind(services, connection));
      if (changed !== undefined) tree.refresh(registryNode(changed));
      return changed;
    },
    [commandIds.testRegistry]: async (target: Target) => {
      const connection = await chooseConnection(services, target);
      if (connection === undefined || !(await testRegistry(services, connection))) return false;
      // What has failed before need not fail now.
      tree.refresh(registryNode(connection));
      return true;
    },
    [commandIds.trustRealm]: async (target: NoticeNode | string, realm?: string) => {
      if (typeof target === 'string') return gantry.trustRealm(target, realm ?? '');
      const { error } = target;
      if (error !== undefined && (await askTrust(services, connectionOf(target), error))) tree.refresh(target);
    },
    [commandIds.makeReadOnly]: (target: Target) => setReadOnly(target, true),
    [commandIds.allowChanges]: (target: Target) => setReadOnly(target, false),
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
      const watched = await watchTags(services, await images(target, all, vscode.l10n.t('Tell Me When It Moves')));
      watcher.start();
      await tree.redrawTags();
      return watched;
    },
    [commandIds.unwatchTag]: async (target: Target, all?: readonly TreeNode[]) => {
      await unwatchTag(services, await images(target, all, vscode.l10n.t('Stop Watching')));
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
      const chosen = await images(target, all, vscode.l10n.t('Copy Digest'));
      return chosen.length === 0 ? undefined : copyLines(await resolveDigests(services, chosen));
    },
    [commandIds.copyPinnedReference]: async (target: Target | ImageLink, all?: readonly TreeNode[]) => {
      const chosen = await images(target, all, vscode.l10n.t('Copy Pinned Reference'));
      if (chosen.length === 0) return undefined;
      const digests = await resolveDigests(services, chosen);
      return copyLines(chosen.map(({ reference }, index) => pinnedReference(reference, digests[index] ?? '')));
    },
    [commandIds.copyPullCommand]: async (target: Target, all?: readonly TreeNode[] | PullTool) => {
      if (typeof target === 'string') {
        const tool = pullTools.find((known) => known === all);
        return copyPullCommand(services, [{ reference: target }], tool ?? 'docker');
      }
      const chosen = await images(target, Array.isArray(all) ? all : undefined, vscode.l10n.t('Copy Pull Command'));
      return chosen.length === 0 ? undefined : copyPullCommand(services, chosen);
    },
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
      const chosen = await images(target, nodes, vscode.l10n.t('Combine into Multi-Platform Image'));
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
      const chosen = await images(
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
    ...createTransferCommands(services, views),
    ...createAbilityCommands(services, views),
    [commandIds.pinDigest]: async (place?: MentionPlace) => (await editor()).commands.change('pin', place),
    [commandIds.unpinDigest]: async (place?: MentionPlace) => (await editor()).commands.change('unpin', place),
    [commandIds.updateTag]: async (place?: MentionPlace) => (await editor()).commands.update(place),
    [commandIds.findImages]: async () => (await editor()).workspace.find(),
    [commandIds.updateImages]: async (step?: UpdateStep, options?: ChangeOptions) =>
      (await editor()).workspace.update(step, options),
    [commandIds.pinImages]: async (options?: ChangeOptions) => (await editor()).workspace.pin(options),
    [commandIds.correctName]: async (place?: MentionPlace) => (await editor()).commands.change('correct', place),
    [commandIds.checkAgain]: async () => (await editor()).checks.again(),
    ...createFileCommands(services, views),
    [commandIds.showLog]: () => log.show(),
    [commandIds.copyDiagnostics]: () => copyDiagnostics(services, version),
  };
}

function isSelectionArgument(target: unknown): target is SelectionArgument {
  return typeof target === 'object' && target !== null && 'selection' in target;
}

function copiedReferences(target: Target, selection: readonly TreeNode[]): readonly string[] {
  if (typeof target === 'string') return [target];
  const nodes = target === undefined || selection.includes(target) ? selection : [target];
  return nodes.flatMap((node) => {
    if (node.kind === 'tag' || node.kind === 'untaggedImage') return [node.reference];
    return node.kind === 'repository' ? [node.repository.reference] : [];
  });
}
