import type { PlacedText } from './mention.ts';

/*
 * What YAML, JSON, HCL and INI have in common, with places. Keys keep their order and may come twice, as in a file that is being
 * written. All scalars are texts: `tag: 1.10` is no number.
 */
export type Node = MapNode | ListNode | TextNode;

export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly value: Node;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export interface TextNode extends PlacedText {
  readonly kind: 'text';
}

/** Nesting beyond it is left out: no file that names an image is as deep, and the stack is not endless. */
export const maxDepth = 64;

/** The first value of a key. */
export function get(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let found = node;
  for (const name of path) {
    found = found?.kind === 'map' ? found.entries.find(({ key }) => key === name)?.value : undefined;
  }
  return found;
}

/** What is in a map, by key, or in a list, by number; nothing in a text. */
export function children(node: Node | undefined): readonly Entry[] {
  if (node?.kind === 'map') return node.entries;
  return node?.kind === 'list' ? node.items.map((value, index) => ({ key: `${index}`, value })) : [];
}

export function textOf(node: Node | undefined): TextNode | undefined {
  return node?.kind === 'text' ? node : undefined;
}

/** A text of a key. */
export function textAt(node: Node | undefined, ...path: readonly string[]): TextNode | undefined {
  return textOf(get(node, ...path));
}

/** Calls for every entry at any depth, and every item of a list with the key of the list. */
export function walk(node: Node | undefined, visit: (key: string, value: Node, parent: Node) => void): void {
  if (node === undefined) return;
  const visitAll = (parent: Node, key: string): void => {
    if (parent.kind === 'text') return;
    for (const entry of children(parent)) {
      const name = parent.kind === 'list' ? key : entry.key;
      visit(name, entry.value, parent);
      visitAll(entry.value, name);
    }
  };
  visitAll(node, '');
}

/** A part of a text that is a value of its own: what follows `docker://`. */
export function partOf(source: string, node: TextNode, start: number, end: number = node.value.length): TextNode {
  const value = node.value.slice(start, end);
  const raw = source.slice(node.start, node.end);
  const offset = raw === node.value ? start : raw.indexOf(value);
  if (offset < 0) return { ...node, value };
  return { kind: 'text', value, start: node.start + offset, end: node.start + offset + value.length };
}
