import * as vscode from 'vscode';
import { isWithin, type TreeNode } from './nodes.ts';

/** Milliseconds after the rows of a node were given to VS Code, in which it says that the node is open if it is to be. */
const openingTime = 3000;

/** Milliseconds after something was opened, after which nobody is likely to be opening one of its rows. */
const restTime = 2000;

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
  /** Nodes whose rows were asked for or shown a moment ago, by their ids, with what ends the moment. */
  readonly #recent = new Map<string, NodeJS.Timeout | undefined>();
  /** Nodes to be drawn when they can rest, by their ids, and whether they bring other rows than they had. */
  readonly #unhurried = new Map<string, { readonly node: TreeNode; readonly bringsRows: boolean }>();
  /** By their ids. */
  readonly #waiting = new Map<string, TreeNode>();

  readonly event = this.#changed.event;

  dispose(): void {
    for (const id of [...this.#opening.keys()]) this.#forget(id);
    for (const timer of this.#recent.values()) clearTimeout(timer);
    this.#recent.clear();
    this.#unhurried.clear();
    this.#waiting.clear();
    this.#changed.dispose();
  }

  /** Draws a node with what is below it; all of them, and at once, without one. */
  fire(node: TreeNode | undefined): void {
    if (node === undefined) this.#waiting.clear();
    if (node !== undefined && this.#isOpeningIn(node)) this.#waiting.set(node.id, node);
    else this.#changed.fire(node);
  }

  /** Draws rows that look different: all at once, but each only when it can rest, as {@link fireAtRest} says. */
  fireAll(nodes: readonly TreeNode[]): void {
    const busy = nodes.filter((node) => !this.#canRest(node, false) || this.#isOpeningIn(node));
    for (const node of busy) this.#hold(node, false);
    const idle = nodes.filter((node) => !busy.includes(node));
    if (idle.length > 0) this.#changed.fire(idle);
  }

  /**
   * Draws a node whose row looks different, once nothing in it was opened for a moment: from the time that VS Code is told
   * until it has asked for the rows anew it knows none of them, and a row that is opened then stays empty. Where one of its
   * rows is open, it is drawn once that is closed, unless it brings other rows: VS Code asks for the rows of one level after
   * those of another, and closes whatever is opened meanwhile. In a registry something is open as a rule; what its row says is
   * not held back by that.
   */
  fireAtRest(node: TreeNode): void {
    this.#fireAtRest(node, false);
  }

  #fireAtRest(node: TreeNode, bringsRows: boolean): void {
    if (this.#canRest(node, bringsRows)) this.fire(node);
    else this.#hold(node, bringsRows);
  }

  #hold(node: TreeNode, bringsRows: boolean): void {
    this.#unhurried.set(node.id, { node, bringsRows: bringsRows || this.#unhurried.get(node.id)?.bringsRows === true });
  }

  /** VS Code asks for the rows of a node. Of one that is open it does so to draw it anew. */
  asked({ id }: TreeNode): void {
    clearTimeout(this.#recent.get(id));
    this.#recent.set(id, undefined);
    if (this.#open.has(id)) return;
    this.#forget(id);
    this.#opening.set(id, undefined);
  }

  /** VS Code has got them. What is not among them is open no more. */
  answered(node: TreeNode, rows: readonly TreeNode[]): void {
    const { id } = node;
    for (const other of this.#openIn(node)) if (!rows.some((row) => isWithin(other, row))) this.#open.delete(other);
    clearTimeout(this.#recent.get(id));
    const rest = setTimeout(() => this.#rested(id), restTime);
    this.#recent.set(id, rest);
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

  /** With all that is below it. */
  closed(node: TreeNode): void {
    for (const id of [node.id, ...this.#openIn(node)]) this.#open.delete(id);
    this.#ended(node.id);
    this.#drawUnhurried();
  }

  #ended(id: string): void {
    this.#forget(id);
    for (const node of [...this.#waiting.values()]) {
      if (this.#isOpeningIn(node)) continue;
      this.#waiting.delete(node.id);
      // Whoever has opened one of its rows goes on there.
      if (node.id === id) this.#changed.fire(node);
      else this.#fireAtRest(node, true);
    }
  }

  #rested(id: string): void {
    this.#recent.delete(id);
    this.#drawUnhurried();
  }

  #drawUnhurried(): void {
    for (const { node, bringsRows } of [...this.#unhurried.values()]) {
      if (!this.#canRest(node, bringsRows)) continue;
      this.#unhurried.delete(node.id);
      this.fire(node);
    }
  }

  #forget(id: string): void {
    clearTimeout(this.#opening.get(id));
    this.#opening.delete(id);
  }

  #canRest(node: TreeNode, bringsRows: boolean): boolean {
    if (isIn(node, this.#recent.keys())) return false;
    return bringsRows || node.kind === 'registry' || this.#openIn(node).length === 0;
  }

  /** Ids of what is open below a node. */
  #openIn(node: TreeNode): readonly string[] {
    return [...this.#open].filter((id) => id !== node.id && isWithin(id, node));
  }

  #isOpeningIn(node: TreeNode): boolean {
    return isIn(node, this.#opening.keys());
  }
}

/** Whether one of the ids is a node's, or that of a node below it. */
function isIn(node: TreeNode, ids: Iterable<string>): boolean {
  return [...ids].some((id) => isWithin(id, node));
}
