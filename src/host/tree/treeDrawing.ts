import * as vscode from 'vscode';
import type { TreeNode } from './nodes.ts';

/** Milliseconds after the rows of a node were given to VS Code, in which it says that the node is open if it is to be. */
const openingTime = 3000;

/**
 * Tells VS Code which nodes to draw anew, but none whose rows it is just opening, or that holds such a node: it has been seen
 * to close that one again, or to keep rows of which it then knows nothing and which open empty. Those are drawn as soon as
 * nothing is being opened in them.
 */
export class TreeDrawing implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>();
  /** Ids of nodes that VS Code shows open. */
  readonly #open = new Set<string>();
  /** Nodes whose rows it has asked for and does not show yet, by their ids, with what ends the waiting. */
  readonly #opening = new Map<string, NodeJS.Timeout | undefined>();
  /** By their ids. */
  readonly #waiting = new Map<string, TreeNode>();

  readonly event = this.#changed.event;

  dispose(): void {
    for (const id of [...this.#opening.keys()]) this.#forget(id);
    this.#waiting.clear();
    this.#changed.dispose();
  }

  /** Draws a node with what is below it; all of them, and at once, without one. */
  fire(node: TreeNode | undefined): void {
    if (node === undefined) this.#waiting.clear();
    if (node !== undefined && this.#isOpeningIn(node)) this.#waiting.set(node.id, node);
    else this.#changed.fire(node);
  }

  /** Draws many rows at once. */
  fireAll(nodes: readonly TreeNode[]): void {
    const idle = nodes.filter((node) => !this.#isOpeningIn(node));
    for (const node of nodes) if (!idle.includes(node)) this.#waiting.set(node.id, node);
    if (idle.length > 0) this.#changed.fire(idle);
  }

  /** VS Code asks for the rows of a node. Of one that is open it does so to draw it anew. */
  asked({ id }: TreeNode): void {
    if (this.#open.has(id)) return;
    this.#forget(id);
    this.#opening.set(id, undefined);
  }

  /** VS Code has got them. */
  answered({ id }: TreeNode): void {
    if (!this.#opening.has(id)) return;
    this.#forget(id);
    // It may have asked for another reason than to open the node.
    const end = setTimeout(() => this.#ended(id), openingTime);
    this.#opening.set(id, end);
  }

  opened({ id }: TreeNode): void {
    this.#open.add(id);
    this.#ended(id);
  }

  closed({ id }: TreeNode): void {
    this.#open.delete(id);
    this.#ended(id);
  }

  #ended(id: string): void {
    this.#forget(id);
    for (const node of [...this.#waiting.values()]) {
      if (this.#isOpeningIn(node)) continue;
      this.#waiting.delete(node.id);
      this.#changed.fire(node);
    }
  }

  #forget(id: string): void {
    clearTimeout(this.#opening.get(id));
    this.#opening.delete(id);
  }

  #isOpeningIn(node: TreeNode): boolean {
    return [...this.#opening.keys()].some((id) => id === node.id || id.startsWith(`${node.id}|`));
  }
}
