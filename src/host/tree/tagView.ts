import * as vscode from 'vscode';
import type { TagArrangement } from '../../core/finding/arrangeTags.ts';
import { parseTagFilter, type TagFilter } from '../../core/finding/tagFilter.ts';
import { TagOrders } from '../../core/finding/tagOrders.ts';
import type { TagOrder } from '../../core/oci/tagOrder.ts';
import type { StateStore } from '../../core/ports.ts';
import { contextKeys } from '../ids.ts';

/** How the tags of all repositories are shown: their order is remembered for each, the filter is for all of this window. */
export class TagView implements vscode.Disposable {
  readonly #orders: TagOrders;
  readonly #changed = new vscode.EventEmitter<void>();
  #filter: TagFilter | undefined;
  #showsAttachments = false;
  #groupsImages = false;

  readonly onDidChange = this.#changed.event;

  constructor(state: StateStore) {
    this.#orders = new TagOrders(state);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  get filter(): TagFilter | undefined {
    return this.#filter;
  }

  /** Whether the tags of an image are one row. */
  get groupsImages(): boolean {
    return this.#groupsImages;
  }

  orderOf(repository: string): TagOrder {
    return this.#orders.of(repository);
  }

  arrangementOf(repository: string): Omit<TagArrangement, 'facts'> {
    return {
      order: this.#orders.of(repository),
      filter: this.#filter,
      showsAttachments: this.#showsAttachments,
      groupsImages: this.#groupsImages,
    };
  }

  async setOrder(repository: string, order: TagOrder): Promise<void> {
    await this.#orders.set(repository, order);
    this.#changed.fire();
  }

  /** An empty text shows all tags. Errors: `invalid`, see {@link parseTagFilter}. */
  setFilter(text: string): void {
    this.#filter = parseTagFilter(text, Date.now());
    void vscode.commands.executeCommand('setContext', contextKeys.isFiltered, this.#filter !== undefined);
    this.#changed.fire();
  }

  groupImages(isGrouped: boolean): void {
    this.#groupsImages = isGrouped;
    void vscode.commands.executeCommand('setContext', contextKeys.groupsImages, isGrouped);
    this.#changed.fire();
  }

  showAttachments(isShown: boolean): void {
    this.#showsAttachments = isShown;
    void vscode.commands.executeCommand('setContext', contextKeys.showsAttachments, isShown);
    this.#changed.fire();
  }
}
