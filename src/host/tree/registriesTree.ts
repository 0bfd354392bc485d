import * as vscode from 'vscode';
import type { RepositorySummary } from '../../api.ts';
import type { TagNames } from '../../core/gantry.ts';
import { logError } from '../log.ts';
import { errorMessage, isCancelled } from '../present.ts';
import type { Services } from '../services.ts';
import {
  type MoreNode,
  type NoticeNode,
  type RegistryNode,
  type RepositoryNode,
  registryNode,
  repositoryNode,
  type TreeNode,
  tagNode,
} from './nodes.ts';
import { treeItem } from './treeItem.ts';

/** Rows of a node shown at once: more make the tree slow, and nobody reads them. */
const rowsAtOnce = 1000;

interface LoadedRepositories {
  readonly items: readonly RepositorySummary[];
  readonly cursor: string | undefined;
  readonly total: number | undefined;
}

interface LoadedTags extends TagNames {
  readonly shown: number;
}

/** Registries, their repositories, their tags. What was loaded stays until its node is refreshed. */
export class RegistriesTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly #repositories = new Map<string, LoadedRepositories>();
  readonly #tags = new Map<string, LoadedTags>();
  /** Kept like what was loaded: asking again at every redraw would count as another failed login. */
  readonly #failures = new Map<string, string>();
  readonly #loading = new Map<string, Loading>();
  #isDisposed = false;
  readonly #subscription: { dispose(): void };

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    this.#subscription = services.connections.onDidChange(() => this.#changed.fire(undefined));
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const { controller } of this.#loading.values()) controller.abort();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return treeItem(node);
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === 'registry' ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node === undefined) return this.#services.gantry.connections().map(registryNode);
    if (node.kind !== 'registry' && node.kind !== 'repository') return [];
    const failure = this.#failures.get(node.id);
    if (failure !== undefined) return [notice(node, 'error', failure)];
    try {
      return node.kind === 'registry' ? await this.#repositoryRows(node) : await this.#tagRows(node);
    } catch (error) {
      // A refresh has taken its place: its rows are the answer.
      if (isCancelled(error)) return this.#isDisposed ? [] : this.getChildren(node);
      logError(this.#services.log, `Listing ${nodeName(node)}`, error);
      this.#failures.set(node.id, errorMessage(error));
      return [notice(node, 'error', errorMessage(error))];
    }
  }

  /** Loads a node anew; without one, all of them. A notice stands for the node that it is about. */
  refresh(node?: TreeNode): void {
    const target = node === undefined || node.kind === 'registry' || node.kind === 'repository' ? node : node.parent;
    const isConcerned = (id: string): boolean =>
      target === undefined || id === target.id || id.startsWith(`${target.id}|`);
    for (const kept of [this.#repositories, this.#tags, this.#failures]) {
      for (const id of kept.keys()) if (isConcerned(id)) kept.delete(id);
    }
    for (const [id, { controller }] of this.#loading) {
      if (!isConcerned(id)) continue;
      this.#loading.delete(id);
      controller.abort();
    }
    this.#changed.fire(target);
  }

  async loadMore(node: MoreNode): Promise<void> {
    if (node.parent.kind === 'registry') {
      await this.#loadRepositories(node.parent);
    } else {
      const loaded = this.#tags.get(node.parent.id);
      if (loaded !== undefined) this.#tags.set(node.parent.id, { ...loaded, shown: loaded.shown + rowsAtOnce });
    }
    this.#changed.fire(node.parent);
  }

  async #repositoryRows(node: RegistryNode): Promise<TreeNode[]> {
    const loaded = this.#repositories.get(node.id) ?? (await this.#loadRepositories(node));
    if (loaded.items.length === 0) {
      return [
        notice(
          node,
          'info',
          vscode.l10n.t('No repositories yet. Push an image to {0} to see it here.', node.connection.label),
        ),
      ];
    }
    const rows: TreeNode[] = loaded.items.map((repository) => repositoryNode(node, repository));
    if (loaded.cursor !== undefined) rows.push(more(node, loaded.items.length, loaded.total));
    return rows;
  }

  async #loadRepositories(node: RegistryNode): Promise<LoadedRepositories> {
    const before = this.#repositories.get(node.id);
    const page = await this.#load(node, (signal) =>
      this.#services.gantry.listRepositories(node.connection.id, {
        signal,
        limit: rowsAtOnce,
        ...(before?.cursor !== undefined && { cursor: before.cursor }),
      }),
    );
    const loaded = { items: [...(before?.items ?? []), ...page.items], cursor: page.cursor, total: page.total };
    this.#repositories.set(node.id, loaded);
    return loaded;
  }

  async #tagRows(node: RepositoryNode): Promise<TreeNode[]> {
    const loaded = this.#tags.get(node.id) ?? (await this.#loadTags(node));
    if (loaded.names.length === 0) {
      return [notice(node, 'info', vscode.l10n.t('No tags. Images here can only be opened by their digests.'))];
    }
    const shown = loaded.names.slice(0, loaded.shown);
    const rows: TreeNode[] = shown.map((name) => tagNode(node, name));
    if (shown.length < loaded.names.length) rows.push(more(node, shown.length, loaded.names.length));
    else if (loaded.isTruncated) {
      rows.push(
        notice(node, 'info', vscode.l10n.t('There are more tags than Gantry reads. Open others by their names.')),
      );
    }
    return rows;
  }

  async #loadTags(node: RepositoryNode): Promise<LoadedTags> {
    const names = await this.#load(node, (signal) =>
      this.#services.gantry.tagNames(node.repository.reference, { signal, connectionId: node.parent.connection.id }),
    );
    const loaded = { ...names, shown: rowsAtOnce };
    this.#tags.set(node.id, loaded);
    return loaded;
  }

  /** Whoever asks for a node that is being loaded waits for the same answer. A refresh breaks it off. */
  async #load<T>(node: TreeNode, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const known = this.#loading.get(node.id);
    // One node is only ever loaded with one kind of work.
    if (known !== undefined) return known.promise as Promise<T>;
    const controller = new AbortController();
    const loading = { controller, promise: work(controller.signal) };
    this.#loading.set(node.id, loading);
    try {
      return await loading.promise;
    } finally {
      if (this.#loading.get(node.id) === loading) this.#loading.delete(node.id);
    }
  }
}

interface Loading {
  readonly controller: AbortController;
  readonly promise: Promise<unknown>;
}

function nodeName(node: RegistryNode | RepositoryNode): string {
  return node.kind === 'registry' ? node.connection.url : node.repository.reference;
}

function notice(parent: RegistryNode | RepositoryNode, severity: NoticeNode['severity'], message: string): NoticeNode {
  return { kind: 'notice', id: `${parent.id}|!${severity}`, parent, severity, message };
}

function more(parent: RegistryNode | RepositoryNode, shown: number, total: number | undefined): MoreNode {
  return { kind: 'more', id: `${parent.id}|!more`, parent, shown, total };
}
