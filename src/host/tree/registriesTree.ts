import * as vscode from 'vscode';
import type { ImageDetails, ImageReference } from '../../api.ts';
import type { AllItems } from '../../core/allPages.ts';
import { isRegistryError, type RegistryError } from '../../core/errors.ts';
import type { DiscoveredRegistry, TagNames } from '../../core/gantry.ts';
import type { LoginOffer } from '../../core/loginOffer.ts';
import type { UntaggedImage } from '../../core/untagged.ts';
import { logError } from '../log.ts';
import { errorMessage, isCancelled } from '../present.ts';
import type { Services } from '../services.ts';
import {
  connectionOf,
  layerNode,
  type MoreNode,
  moreNode,
  type NamespaceNode,
  type NoticeNode,
  noticeNode,
  offerNode,
  openNode,
  type ParentNode,
  type PlatformNode,
  platformNode,
  type RegistryNode,
  type RepositoryNode,
  registryNode,
  repositoryOf,
  type TagNode,
  type TreeNode,
  tagNode,
  type UntaggedNode,
  untaggedImageNode,
  untaggedNode,
} from './nodes.ts';
import { groupRows, listRegistry, pinnedRows, type RegistryListing, registryRows } from './registryChildren.ts';
import { RowAbilities } from './rowAbilities.ts';
import { TreeDrawing } from './treeDrawing.ts';
import { expiryNotice, registryItem, treeItem } from './treeItem.ts';

/** Rows of a node shown at once: more make the tree slow, and nobody reads them. */
const rowsAtOnce = 1000;

/** Milliseconds. Timers that would wait longer than 24 days do not wait at all. */
const longestTimer = 24 * 60 * 60 * 1000;

/** What was loaded for a node. */
type Loaded =
  | { readonly kind: 'registry'; readonly listing: RegistryListing }
  | { readonly kind: 'tags'; readonly tags: TagNames; readonly shown: number; readonly hasUntagged: boolean }
  | { readonly kind: 'untagged'; readonly images: AllItems<UntaggedImage>; readonly shown: number }
  | { readonly kind: 'image'; readonly image: ImageDetails }
  | {
      readonly kind: 'failed';
      readonly severity: NoticeNode['severity'];
      readonly message: string;
      readonly error: RegistryError | undefined;
      /** Whether the registry answers, and keeps its list to itself: its images can be opened by name. */
      readonly isListless: boolean;
    };

interface Loading {
  readonly controller: AbortController;
  readonly promise: Promise<Loaded>;
}

/**
 * Registries, their repositories, tags, platforms and layers. What was loaded stays until its node is refreshed, errors
 * too: asking again at every redraw would count as another failed login.
 */
export class RegistriesTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #services: Services;
  readonly #abilities: RowAbilities;
  readonly #offer: LoginOffer;
  readonly #changed = new TreeDrawing();
  readonly #loaded = new Map<string, Loaded>();
  readonly #loading = new Map<string, Loading>();
  readonly #subscriptions: readonly { dispose(): void }[];
  /** As they were last asked for. */
  #registries: readonly RegistryNode[] = [];
  /** How each of them was last drawn, by its id. */
  readonly #looks = new Map<string, string>();
  /** Which registries the last row offered when it was drawn. */
  #offered = '';
  #expiryTimer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services, offer: LoginOffer) {
    this.#services = services;
    this.#abilities = new RowAbilities(services);
    this.#offer = offer;
    const { connections } = services;
    this.#subscriptions = [
      connections.onDidChange(() => this.#refreshRegistries()),
      connections.notices.onDidAdd(() => this.#refreshRegistries()),
      offer.onDidChange(() => this.#refreshRegistries()),
    ];
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#expiryTimer);
    for (const { controller } of this.#loading.values()) controller.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem | Promise<vscode.TreeItem> {
    if (node.kind !== 'registry') return this.#repositoryItem(node);
    const item = this.#registryItem(node);
    this.#looks.set(node.id, look(item));
    this.#abilities.drawn(node.connection, item.contextValue);
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === 'registry' || node.kind === 'offer' ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined || !canHaveChildren(node)) return this.#children(node);
    this.#changed.asked(node);
    try {
      return await this.#children(node);
    } finally {
      this.#changed.answered(node);
    }
  }

  /** VS Code shows the rows of a node. */
  opened(node: TreeNode): void {
    this.#changed.opened(node);
  }

  closed(node: TreeNode): void {
    this.#changed.closed(node);
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
    if (!canHaveChildren(node)) return [];
    if (node.kind === 'namespace' && !node.isOwn) {
      const whole = await this.#load(node.parent);
      return whole.kind === 'registry' ? groupRows(node, whole.listing) : [];
    }
    return this.#rows(node, await this.#load(node));
  }

  /** With what can be done with the repository that it lies in. */
  async #repositoryItem(node: TreeNode): Promise<vscode.TreeItem> {
    const repository = repositoryOf(node);
    const abilities =
      repository && (await this.#abilities.ofRepository(repository.connection, repository.repository.reference));
    const loaded = this.#loaded.get(node.id);
    const untagged = loaded?.kind === 'untagged' ? loaded.images.items.length : undefined;
    return treeItem(node, abilities ?? new Set(), { untagged });
  }

  /** Loads a node anew; without one, all of them. A notice stands for the node that it is about. */
  refresh(node?: TreeNode): void {
    const target = node === undefined ? undefined : loadedNode(node);
    this.#abilities.forget();
    const isConcerned = (id: string): boolean =>
      target === undefined || id === target.id || id.startsWith(`${target.id}|`);
    for (const id of this.#loaded.keys()) if (isConcerned(id)) this.#loaded.delete(id);
    for (const [id, { controller }] of this.#loading) {
      if (!isConcerned(id)) continue;
      this.#loading.delete(id);
      controller.abort();
    }
    if (target?.kind === 'registry') this.redraw(target);
    else this.#changed.fire(target);
  }

  /** Draws a registry anew, with what is known of it. */
  redraw(node: RegistryNode): void {
    this.#changed.fire(this.#shown(node));
  }

  /** VS Code takes no other node than the one that it shows. One that it does not show yet comes with all others. */
  #shown({ id }: RegistryNode): RegistryNode | undefined {
    return this.#registries.find((registry) => registry.id === id);
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
      return this.#shown(node) ?? node;
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
    const before = this.#loaded.get(parent.id);
    if (before?.kind === 'tags' || before?.kind === 'untagged')
      this.#loaded.set(parent.id, { ...before, shown: before.shown + rowsAtOnce });
    if (before?.kind === 'registry' && (parent.kind === 'registry' || parent.kind === 'namespace')) {
      const title = vscode.l10n.t('Loading more of {0}…', connectionOf(parent).label);
      const listing = await vscode.window.withProgress({ location: { viewId: 'gantry.registries' }, title }, () =>
        listRegistry(this.#services, parent, before.listing, new AbortController().signal),
      );
      this.#loaded.set(parent.id, { kind: 'registry', listing });
    }
    this.#changed.fire(parent);
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
    if (this.#loading.size === 0 && offerLook(this.#offer.current()) !== this.#offered) this.#changed.fire(undefined);
    for (const node of this.#registries) {
      if (this.#isBeingRead(node)) continue;
      const drawn = this.#looks.get(node.id);
      if (drawn !== undefined && drawn !== look(this.#registryItem(node))) this.#changed.fire(node);
    }
    this.#watchExpiry();
  }

  /** What was read with an account goes with it. */
  #forgetAllBut(registryIds: readonly string[]): void {
    const isKept = (id: string): boolean =>
      registryIds.some((registryId) => id === registryId || id.startsWith(`${registryId}|`));
    for (const id of this.#loaded.keys()) if (!isKept(id)) this.#loaded.delete(id);
    for (const id of this.#looks.keys()) if (!isKept(id)) this.#looks.delete(id);
  }

  /** Looks at the rows again when the next login is about to end, and when it has ended. */
  #watchExpiry(): void {
    clearTimeout(this.#expiryTimer);
    const now = Date.now();
    const ends = this.#registries.flatMap(
      ({ connection }) => this.#services.connections.login(connection.id)?.expiresAt ?? [],
    );
    const next = Math.min(...ends.flatMap((end) => [end - expiryNotice, end]).filter((time) => time > now));
    if (next !== Number.POSITIVE_INFINITY)
      this.#expiryTimer = setTimeout(() => this.#refreshRegistries(), Math.min(next - now + 1000, longestTimer));
  }

  #isBeingRead({ id }: RegistryNode): boolean {
    return [...this.#loading.keys()].some((loading) => loading === id || loading.startsWith(`${id}|`));
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

  #rows(node: ParentNode, loaded: Loaded): TreeNode[] {
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
      const rows = tagRows(node, loaded.tags, loaded.shown);
      return loaded.hasUntagged ? [...rows, untaggedNode(node)] : rows;
    }
    if (loaded.kind === 'untagged' && node.kind === 'untagged') return untaggedRows(node, loaded.images, loaded.shown);
    if (loaded.kind === 'image' && (node.kind === 'tag' || node.kind === 'platform'))
      return imageRows(node, loaded.image);
    return [];
  }

  /** Whoever asks for a node that is being loaded waits for the same answer. Never rejects. */
  async #load(node: ParentNode): Promise<Loaded> {
    const known = this.#loaded.get(node.id);
    if (known !== undefined) return known;
    const loading = this.#loading.get(node.id) ?? this.#start(node);
    try {
      const loaded = await loading.promise;
      if (this.#loading.get(node.id) === loading) this.#loaded.set(node.id, loaded);
      return loaded;
    } catch (error) {
      // A refresh has taken its place: its rows are the answer.
      if (isCancelled(error) && !this.#isDisposed && this.#loading.get(node.id) !== loading) return this.#load(node);
      logError(this.#services.log, `Listing ${node.id}`, error);
      const severity = noticeSeverity(node, error);
      const isListless = isRegistryError(error, 'unauthorized', 'denied', 'not-found', 'unsupported');
      const failed: Loaded = {
        ...{ kind: 'failed', severity, isListless },
        message: errorMessage(error),
        error: isRegistryError(error) ? error : undefined,
      };
      if (this.#loading.get(node.id) === loading) this.#loaded.set(node.id, failed);
      return failed;
    } finally {
      if (this.#loading.get(node.id) === loading) this.#loading.delete(node.id);
      // Once its rows are on their way.
      setTimeout(() => this.#afterLoading(node));
    }
  }

  #afterLoading(node: ParentNode): void {
    this.#refreshRegistries();
    // Its row says how many they are.
    if (node.kind === 'untagged' && !this.#isDisposed) this.#changed.fire(node);
  }

  #start(node: ParentNode): Loading {
    const controller = new AbortController();
    const loading = { controller, promise: this.#fetch(node, controller.signal) };
    this.#loading.set(node.id, loading);
    return loading;
  }

  async #fetch(node: ParentNode, signal: AbortSignal): Promise<Loaded> {
    const { gantry } = this.#services;
    switch (node.kind) {
      case 'registry':
      case 'namespace': {
        const listing = await listRegistry(this.#services, node, undefined, signal);
        await this.#abilities.learnRegistry(connectionOf(node));
        return { kind: 'registry', listing };
      }
      case 'repository': {
        const { connection, repository } = node;
        const tags = await gantry.tagNames(repository.reference, { signal, connectionId: connection.id });
        const abilities = await this.#abilities.ofRepository(connection, repository.reference);
        return { kind: 'tags', tags, shown: rowsAtOnce, hasUntagged: abilities.has('untagged') };
      }
      case 'untagged': {
        const { connection, repository } = node.parent;
        const images = await gantry.untaggedImages(repository.reference, { signal, connectionId: connection.id });
        return { kind: 'untagged', images, shown: rowsAtOnce };
      }
      case 'tag':
      case 'platform': {
        const { reference, connection } = node.kind === 'tag' ? node : node.parent;
        const platform = node.kind === 'platform' ? { platform: node.platform } : {};
        const image = await gantry.inspect(reference, { signal, connectionId: connection.id, ...platform });
        return { kind: 'image', image };
      }
    }
  }
}

/** That a registry has no list is no mistake of anybody. */
function noticeSeverity(node: ParentNode, error: unknown): NoticeNode['severity'] {
  if (isRegistryError(error, 'unauthorized')) return 'signIn';
  if (isRegistryError(error, 'untrusted-realm') && error.realm !== undefined) return 'trust';
  const isListless = node.kind === 'registry' && isRegistryError(error, 'unsupported', 'not-found', 'denied');
  return isListless ? 'info' : 'error';
}

function look({ label, description }: vscode.TreeItem): string {
  return JSON.stringify([label, description]);
}

function canHaveChildren(node: TreeNode): node is ParentNode {
  return !['layer', 'untaggedImage', 'more', 'open', 'notice', 'offer'].includes(node.kind);
}

function offerLook(registries: readonly DiscoveredRegistry[]): string {
  return registries.map(({ url }) => url).join();
}

function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'id' in value;
}

/** The node whose loading a node shows: a group, a notice and the row for more have nothing of their own. */
function loadedNode(node: TreeNode): TreeNode {
  const isGroup = node.kind === 'namespace' && !node.isOwn;
  return node.kind === 'notice' || node.kind === 'more' || isGroup ? loadedNode(node.parent) : node;
}

function tagRows(node: RepositoryNode, { tags, isTruncated }: TagNames, limit: number): TreeNode[] {
  if (tags.length === 0) {
    return [noticeNode(node, 'info', vscode.l10n.t('No tags. Images here can only be opened by their digests.'))];
  }
  const shown = tags.slice(0, limit);
  const rows: TreeNode[] = shown.map((tag) => tagNode(node, tag));
  if (shown.length < tags.length) rows.push(moreNode(node, shown.length, tags.length));
  else if (isTruncated) {
    const message = vscode.l10n.t('There are more tags than Gantry reads. Open others by their names.');
    rows.push(noticeNode(node, 'info', message));
  }
  return rows;
}

function untaggedRows(node: UntaggedNode, { items, isTruncated }: AllItems<UntaggedImage>, limit: number): TreeNode[] {
  if (items.length === 0) return [noticeNode(node, 'info', vscode.l10n.t('Every image here has a tag.'))];
  const rows: TreeNode[] = items.slice(0, limit).map((image) => untaggedImageNode(node, image));
  if (rows.length < items.length) rows.push(moreNode(node, rows.length, isTruncated ? undefined : items.length));
  return rows;
}

function imageRows(node: TagNode | PlatformNode, image: ImageDetails): TreeNode[] {
  if (node.kind === 'tag' && image.platforms.length > 1) {
    return image.platforms.map((platform) => platformNode(node, platform));
  }
  if (image.layers.length === 0) return [noticeNode(node, 'info', vscode.l10n.t('It has no layers.'))];
  return image.layers.map((layer, index) => layerNode(node, layer, index + 1));
}
