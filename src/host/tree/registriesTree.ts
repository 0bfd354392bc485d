import * as vscode from 'vscode';
import type { ImageReference } from '../../api.ts';
import { withFacts } from '../../core/finding/tagFacts.ts';
import type { LoginOffer } from '../../core/loginOffer.ts';
import type { Services } from '../services.ts';
import { ExpiryTimer } from './expiryTimer.ts';
import { isFolder } from './fileNodes.ts';
import { folderRows, placeOfImage } from './fileRows.ts';
import { imageRows, untaggedRows } from './imageRows.ts';
import { type Loaded, NodeLoading } from './nodeLoading.ts';
import {
  connectionOf,
  isWithin,
  type MoreNode,
  type NamespaceNode,
  noticeNode,
  offerNode,
  openNode,
  type ParentNode,
  type RegistryNode,
  type RepositoryNode,
  registryNode,
  repositoryOf,
  type TagNode,
  type TreeNode,
  tagNode,
  untaggedNode,
} from './nodes.ts';
import { groupRows, listRegistry, pinnedRows, registryRows } from './registryChildren.ts';
import { registryItem } from './registryItem.ts';
import { RepositoryTags } from './repositoryTags.ts';
import { RowAbilities } from './rowAbilities.ts';
import { look, lookOf, offerLook } from './rowLooks.ts';
import { TagDetails } from './tagDetails.ts';
import { rowsAtOnce, tagCount, tagRows } from './tagRows.ts';
import type { TagView } from './tagView.ts';
import { TreeDrawing } from './treeDrawing.ts';
import { treeItem } from './treeItem.ts';

/**
 * Registries, their repositories, tags, platforms and layers. What was loaded stays until its node is refreshed, errors
 * too: asking again at every redraw would count as another failed login.
 */
export class RegistriesTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #services: Services;
  readonly #tagView: TagView;
  readonly #abilities: RowAbilities;
  readonly #offer: LoginOffer;
  readonly #changed = new TreeDrawing();
  readonly #nodes: NodeLoading;
  readonly #subscriptions: readonly { dispose(): void }[];
  /** As they were last asked for. */
  #registries: readonly RegistryNode[] = [];
  /** How they, and repositories and tags, were last drawn, by their ids. */
  readonly #looks = new Map<string, string>();
  /** Which registries the last row offered when it was drawn. */
  #offered = '';
  /** Repositories and tags as VS Code shows them, by their ids: it draws no other object anew. */
  readonly #shown = new Map<string, RepositoryNode | TagNode>();
  /** What each opened repository was last drawn from. */
  readonly #drawn = new Map<string, RepositoryTags>();
  readonly details: TagDetails;
  /** Of the logins that the rows tell of. */
  readonly #expiry = new ExpiryTimer(() => this.#refreshRegistries());
  #isDisposed = false;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services, { offer, tagView }: { readonly offer: LoginOffer; readonly tagView: TagView }) {
    this.#services = services;
    this.#offer = offer;
    this.#tagView = tagView;
    this.#abilities = new RowAbilities(services);
    const { connections } = services;
    this.#nodes = new NodeLoading({
      services,
      abilities: this.#abilities,
      openTags: (node) => this.#openTags(node),
      ended: (node) => {
        this.#refreshRegistries();
        // Its row says how many they are.
        if (node.kind === 'untagged' && !this.#isDisposed) this.#changed.fire(node);
        if (node.kind === 'repository') void this.#drawCount(node.id);
      },
    });
    this.details = new TagDetails(services, {
      draw: (rows) => void this.#drawTags(rows),
      needsSignatures: () => tagView.filter?.needsSignatures === true,
    });
    this.#subscriptions = [
      connections.onDidChange(() => this.#refreshRegistries()),
      connections.notices.onDidAdd(() => this.#refreshRegistries()),
      offer.onDidChange(() => this.#refreshRegistries()),
      tagView.onDidChange(() => {
        this.details.filterChanged();
        this.rearrange();
      }),
      this.details,
    ];
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#expiry.dispose();
    this.#nodes.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  async getTreeItem(node: TreeNode): Promise<vscode.TreeItem> {
    if (node.kind !== 'registry') {
      const item = await this.#repositoryItem(node);
      if (node.kind === 'repository' || node.kind === 'tag') this.#looks.set(node.id, lookOf(node, item));
      return item;
    }
    const item = this.#registryItem(node);
    this.#looks.set(node.id, look(item));
    this.#abilities.drawn(node.connection, item.contextValue);
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === 'registry' || node.kind === 'offer' ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined || !isParent(node)) return this.#children(node);
    this.#changed.asked(node);
    let rows: TreeNode[] = [];
    try {
      rows = await this.#children(node);
      for (const row of rows) if (row.kind === 'repository' || row.kind === 'tag') this.#shown.set(row.id, row);
      if (node.kind === 'repository') await this.#show(node, rows);
      return rows;
    } finally {
      this.#changed.answered(node, rows);
    }
  }

  /** VS Code shows the rows of a node. */
  opened(node: TreeNode): void {
    this.#changed.opened(node);
  }

  closed(node: TreeNode): void {
    this.#changed.closed(node);
  }

  /** With what is known of it, and what can be done with the repository that it lies in. */
  async #repositoryItem(node: TreeNode): Promise<vscode.TreeItem> {
    const repository = repositoryOf(node);
    const abilities =
      repository && (await this.#abilities.ofRepository(repository.connection, repository.repository.reference));
    const loaded = this.#nodes.get(node.id);
    const untagged = loaded?.kind === 'untagged' ? loaded.images.items.length : undefined;
    return treeItem(await this.#known(node), abilities ?? new Set(), { untagged });
  }

  /** Whether it would look different from what VS Code shows. One that it is about to ask for does not. */
  async #isOutdated(node: RepositoryNode | TagNode): Promise<boolean> {
    const drawn = this.#looks.get(node.id);
    return drawn !== undefined && drawn !== lookOf(node, await this.#repositoryItem(node));
  }

  async #known(node: TreeNode): Promise<TreeNode> {
    if (node.kind === 'tag') return this.#withFacts(node);
    return node.kind === 'repository' ? this.#withCount(node) : node;
  }

  /** Loads a node anew; without one, all of them. A notice stands for the node that it is about. */
  refresh(node?: TreeNode): void {
    const target = node === undefined ? undefined : loadedNode(node);
    this.#abilities.forget();
    const isConcerned = (id: string): boolean => target === undefined || isWithin(id, target);
    this.#nodes.forget(isConcerned);
    this.details.forget(isConcerned);
    for (const id of this.#drawn.keys()) if (isConcerned(id)) this.#drawn.delete(id);
    if (target?.kind === 'registry') this.redraw(target);
    else this.#changed.fire(target);
  }

  /** Draws a registry anew, with what is known of it. */
  redraw(node: RegistryNode): void {
    this.#changed.fire(this.#shownRegistry(node));
  }

  /** VS Code takes no other node than the one that it shows. One that it does not show yet comes with all others. */
  #shownRegistry({ id }: RegistryNode): RegistryNode | undefined {
    return this.#registries.find((registry) => registry.id === id);
  }

  /** Draws the tags anew that are shown and look different now. */
  redrawTags(): Promise<void> {
    return this.#drawTags([...this.#shown.values()].filter((node) => node.kind === 'tag'));
  }

  /** After a change in a repository: of the node that a command was called on, else of all of them. */
  refreshRepositoryOf(target: unknown): void {
    this.refresh(isTreeNode(target) ? repositoryOf(target) : undefined);
  }

  /** The node of a repository or tag, as far as the tree has loaded or can load it at once. */
  async find(reference: ImageReference, connectionId: string | undefined): Promise<TreeNode | undefined> {
    // Those that VS Code shows stay the ones that are refreshed.
    const roots = this.#services.gantry.connections().map((connection) => {
      const node = registryNode(connection);
      return this.#shownRegistry(node) ?? node;
    });
    const wanted = connectionId ?? this.#services.connections.forReference(reference)?.id;
    const registry = roots.find(({ connection }) => connection.id === wanted);
    const repository = registry && (await this.#findRepository(registry, reference.repository));
    if (repository === undefined || reference.tag === undefined) return repository;
    const tags = await this.#children(repository);
    return tags.find((node) => node.kind === 'tag' && node.tag.name === reference.tag);
  }

  async #findRepository(parent: RegistryNode | NamespaceNode, name: string): Promise<RepositoryNode | undefined> {
    for (const node of await this.#children(parent)) {
      if (node.kind === 'repository' && node.repository.name === name) return node;
      if (node.kind === 'namespace' && name.startsWith(`${node.name}/`)) return this.#findRepository(node, name);
    }
    return undefined;
  }

  async loadMore({ parent }: MoreNode): Promise<void> {
    const before = this.#nodes.get(parent.id);
    if (before?.kind === 'tags' || before?.kind === 'untagged' || before?.kind === 'folder')
      this.#nodes.set(parent.id, { ...before, shown: before.shown + rowsAtOnce });
    if (before?.kind === 'registry' && (parent.kind === 'registry' || parent.kind === 'namespace')) {
      const title = vscode.l10n.t('Loading more of {0}…', connectionOf(parent).label);
      const listing = await vscode.window.withProgress({ location: { viewId: 'gantry.registries' }, title }, () =>
        listRegistry(this.#services, parent, before.listing, new AbortController().signal),
      );
      this.#nodes.set(parent.id, { kind: 'registry', listing });
    }
    this.#changed.fire(parent);
  }

  /** The tags of a repository that is open. */
  tagsOf(repository: { readonly id: string }): RepositoryTags | undefined {
    const loaded = this.#nodes.get(repository.id);
    return loaded?.kind === 'tags' ? loaded.tags : undefined;
  }

  /** Order, filter, or what is known of tags has changed. */
  rearrange(): void {
    for (const id of this.#drawn.keys()) this.#rearrange(id);
  }

  #rearrange(id: string): void {
    this.#drawn.get(id)?.rearrange();
    this.#drawRepository(id);
  }

  /**
   * Only what looks different is drawn anew, and not while it is read: a row that was refreshed while it was being opened
   * has been seen to close again.
   */
  #refreshRegistries(): void {
    if (this.#isDisposed) return;
    const ids = this.#services.gantry.connections().map((connection) => registryNode(connection).id);
    if (ids.join() !== this.#registries.map(({ id }) => id).join()) {
      this.#forgetAllBut(ids);
      this.#changed.fire(undefined);
      return;
    }
    if (!this.#nodes.isLoading && offerLook(this.#offer.current()) !== this.#offered) this.#changed.fire(undefined);
    for (const node of this.#registries) {
      if (this.#nodes.isBusy(node)) continue;
      const drawn = this.#looks.get(node.id);
      if (drawn !== undefined && drawn !== look(this.#registryItem(node))) this.#changed.fireAtRest(node);
    }
    this.#expiry.watch(
      this.#registries.flatMap(({ connection }) => this.#services.connections.login(connection.id)?.expiresAt ?? []),
    );
  }

  /** What was read with an account goes with it. */
  #forgetAllBut(registryIds: readonly string[]): void {
    const isGone = (id: string): boolean => !registryIds.some((registryId) => isWithin(id, { id: registryId }));
    this.#nodes.forget(isGone);
    this.details.forget(isGone);
    for (const map of [this.#looks, this.#shown, this.#drawn])
      for (const id of map.keys()) if (isGone(id)) map.delete(id);
  }

  /** With the state that its connection has now, whatever it was when the node was made. */
  #registryItem(node: RegistryNode): vscode.TreeItem {
    const connection = this.#services.gantry.connections().find(({ id }) => id === node.connection.id);
    const { connections } = this.#services;
    const shown = connection === undefined ? node : registryNode(connection, connections.login(connection.id));
    return registryItem(
      shown,
      connections.notices.of(shown.connection.id).map(({ text }) => text),
    );
  }

  async #children(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined) {
      this.#registries = this.#services.gantry.connections().map((connection) => registryNode(connection));
      const offered = this.#offer.current();
      this.#offered = offerLook(offered);
      // Without registries the view says how to begin, which rows would hide.
      const hasOffer = this.#registries.length > 0 && offered.length > 0;
      return [...this.#registries, ...(hasOffer ? [offerNode(offered)] : [])];
    }
    if (!isParent(node)) return [];
    if (node.kind === 'namespace' && !node.isOwn) {
      const whole = await this.#nodes.load(node.parent);
      return whole.kind === 'registry' ? groupRows(node, whole.listing) : [];
    }
    return this.#rows(node, await this.#nodes.load(node));
  }

  async #rows(node: ParentNode, loaded: Loaded): Promise<TreeNode[]> {
    // Made for the node that is shown now: VS Code takes no other for the parent that it is to refresh.
    const pinned = node.kind === 'registry' ? pinnedRows(this.#services, node) : [];
    if (loaded.kind === 'failed') {
      const notice = noticeNode(node, loaded.severity, loaded.message, loaded.error);
      return node.kind === 'registry' && loaded.isListless ? [...pinned, openNode(node), notice] : [...pinned, notice];
    }
    if (loaded.kind === 'registry' && (node.kind === 'registry' || node.kind === 'namespace')) {
      return registryRows(node, loaded.listing, pinned);
    }
    if (loaded.kind === 'tags' && node.kind === 'repository') {
      const state = await loaded.tags.state();
      this.#drawn.set(node.id, loaded.tags);
      const rows = tagRows(node, state, loaded.shown);
      return loaded.hasUntagged ? [...rows, untaggedNode(node)] : rows;
    }
    if (loaded.kind === 'untagged' && node.kind === 'untagged') return untaggedRows(node, loaded.images, loaded.shown);
    if (loaded.kind === 'image' && (node.kind === 'tag' || node.kind === 'platform'))
      return imageRows(node, loaded.image, placeOfImage(this.#services, node, loaded.image));
    if (loaded.kind === 'folder' && (node.kind === 'files' || node.kind === 'layer' || node.kind === 'file'))
      return folderRows(node, loaded);
    return [];
  }

  #openTags(node: RepositoryNode): RepositoryTags {
    const { reference } = node.repository;
    const connectionId = node.connection.id;
    return new RepositoryTags({
      fetchPage: (cursor, signal) =>
        this.#services.gantry.tagPage(reference, {
          signal,
          connectionId,
          // The first one is waited for.
          ...(cursor !== undefined && { cursor, priority: 'background' }),
        }),
      arrangement: () => this.#tagView.arrangementOf(reference),
      changed: () => this.#drawRepository(node.id),
      now: Date.now,
    });
  }

  /** The rows of a repository are on their way. */
  async #show(node: RepositoryNode, rows: readonly TreeNode[]): Promise<void> {
    const drawn = this.#drawn.get(node.id);
    if (drawn === undefined) return;
    const tags = rows.filter((row) => row.kind === 'tag');
    const { candidates } = (await drawn.state()).arranged;
    this.details.show(
      node,
      drawn,
      tags,
      candidates.map((tag) => tagNode(node, tag)),
    );
    this.#noteDigests(tags);
  }

  /** For the next visit. All rows are of one repository, or of those that were looked at together. */
  #noteDigests(rows: readonly TagNode[]): void {
    const repositories = new Map(rows.map(({ parent }) => [parent.id, parent]));
    for (const parent of repositories.values()) {
      const digests = new Map(
        rows
          .filter((row) => row.parent.id === parent.id)
          .map((row) => [row.tag.name, this.#withFacts(row).tag.digest ?? '']),
      );
      for (const [name, digest] of digests) if (digest === '') digests.delete(name);
      const options = { connectionId: parent.connection.id };
      if (digests.size > 0) void this.#services.gantry.noteDigests(parent.repository.reference, digests, options);
    }
  }

  /** Once it was drawn with its rows. */
  async #withCount(node: RepositoryNode): Promise<RepositoryNode> {
    const tags = this.#drawn.get(node.id);
    return tags === undefined ? node : { ...node, tagCount: tagCount(await tags.state()) };
  }

  /** The row of a repository that was opened says how many tags it has. */
  async #drawCount(id: string): Promise<void> {
    const node = this.#shown.get(id);
    if (node !== undefined && (await this.#isOutdated(node)) && !this.#isDisposed) this.#changed.fireAtRest(node);
  }

  #withFacts(node: TagNode): TagNode {
    const tags = this.#drawn.get(node.parent.id);
    if (tags === undefined) return node;
    const tag = withFacts(node.tag, tags.facts.get(node.tag.name));
    const isWatched = this.#services.watched.has(node.reference, node.connection.id);
    const movedFrom = tags.before.get(tag.name);
    const isMoved = movedFrom !== undefined && tag.digest !== undefined && tag.digest !== movedFrom;
    const sameImage = tag.digest === undefined ? [] : tags.sameImage(tag.digest, tag.name);
    return { ...node, tag, sameImage, isWatched, isGroup: this.#tagView.groupsImages, ...(isMoved && { movedFrom }) };
  }

  #drawRepository(id: string): void {
    const node = this.#shown.get(id);
    if (!this.#isDisposed && node !== undefined && this.#nodes.get(id) !== undefined) this.#changed.fire(node);
  }

  /** Those that look different. */
  async #drawTags(rows: readonly TagNode[]): Promise<void> {
    this.#noteDigests(rows);
    // Which tags are shown turns on what is known of them.
    if (this.#tagView.filter?.needsFacts === true || this.#tagView.groupsImages) {
      for (const id of new Set(rows.map(({ parent }) => parent.id))) this.#rearrange(id);
      return;
    }
    const shown = rows.flatMap(({ id }) => this.#shown.get(id) ?? []);
    const outdated = await Promise.all(shown.map((node) => this.#isOutdated(node)));
    if (!this.#isDisposed) this.#changed.fireAll(shown.filter((_, index) => outdated[index]));
  }
}

function isParent(node: TreeNode): node is ParentNode {
  if (node.kind === 'layer') return node.place !== undefined;
  if (node.kind === 'file') return isFolder(node);
  return ['registry', 'namespace', 'repository', 'tag', 'platform', 'files', 'untagged'].includes(node.kind);
}

function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'id' in value;
}

/** The node whose loading a node shows: a group, a notice and the row for more have nothing of their own. */
function loadedNode(node: TreeNode): TreeNode {
  const isGroup = node.kind === 'namespace' && !node.isOwn;
  const { kind } = node;
  const isAbout = isGroup || kind === 'notice' || kind === 'more' || kind === 'pages' || kind === 'unknown';
  return isAbout ? loadedNode(node.parent) : node;
}
