import { type Node as JsonNode, parseTree } from 'jsonc-parser';
import { type Entry, maxDepth, type Node } from './tree.ts';

/** A JSON file, with comments and commas too many. What is broken is left out. */
export function readJson(text: string): readonly Node[] {
  const found = toNode(parse(text), text, 0);
  return found === undefined ? [] : [found];
}

function parse(text: string): JsonNode | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true, allowEmptyContent: true });
  } catch (error) {
    // Brackets in brackets without end exhaust the stack of the parser.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function toNode(node: JsonNode | undefined, text: string, depth: number): Node | undefined {
  if (node === undefined || depth > maxDepth) return undefined;
  if (node.type === 'array') {
    return { kind: 'list', items: (node.children ?? []).flatMap((item) => toNode(item, text, depth + 1) ?? []) };
  }
  if (node.type === 'object') {
    const entries = (node.children ?? []).flatMap(({ children: [key, value] = [] }): Entry[] => {
      const found = toNode(value, text, depth + 1);
      return key === undefined || found === undefined ? [] : [{ key: String(key.value), value: found }];
    });
    return { kind: 'map', entries };
  }
  if (node.type === 'null') return undefined;
  const isString = node.type === 'string';
  const start = node.offset + (isString ? 1 : 0);
  const isClosed = isString && node.length > 1 && text.charAt(node.offset + node.length - 1) === '"';
  const end = Math.max(start, node.offset + node.length - (isClosed ? 1 : 0));
  return { kind: 'text', value: isString ? String(node.value) : text.slice(start, end), start, end };
}
