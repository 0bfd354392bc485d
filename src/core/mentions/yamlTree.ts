import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, parseAllDocuments } from 'yaml';
import { maskTemplates } from './templates.ts';
import { type Entry, maxDepth, type Node, type TextNode } from './tree.ts';

/**
 * The documents of a YAML file. What is broken is left out, and templates are taken as text. An alias of a text is the text with
 * the place of the alias; one of a map or a list is left out, because its anchor is read where it stands.
 */
export function readYaml(text: string): readonly Node[] {
  const reader = new YamlReader(text);
  return parse(maskTemplates(text)).flatMap((document) => reader.read(document.contents) ?? []);
}

function parse(text: string): readonly Document.Parsed[] {
  try {
    // Texts as they are written, and no look for keys that come twice, which takes the square of their number.
    const documents = parseAllDocuments(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      strict: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    return 'empty' in documents ? [] : documents;
  } catch (error) {
    // Brackets in brackets without end exhaust the stack of the parser.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

class YamlReader {
  readonly #text: string;
  readonly #anchors = new Map<string, TextNode | undefined>();

  constructor(text: string) {
    this.#text = text;
  }

  read(node: ParsedNode | null | undefined, depth = 0): Node | undefined {
    if (node === null || node === undefined || depth > maxDepth) return undefined;
    if (isAlias(node)) {
      const anchor = this.#anchors.get(node.source);
      const [start, end] = node.range;
      return anchor && { ...anchor, start, end, definition: { start: anchor.start, end: anchor.end } };
    }
    if (isScalar(node)) {
      const found = this.#scalar(node);
      if (node.anchor !== undefined) this.#anchors.set(node.anchor, found);
      return found;
    }
    const { anchor } = node as { readonly anchor?: string };
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    if (isMap(node)) {
      const entries: Entry[] = [];
      for (const { key, value } of node.items) {
        const found = this.read(value as ParsedNode | null, depth + 1);
        if (isScalar(key) && found !== undefined) entries.push({ key: String(key.value), value: found });
      }
      return { kind: 'map', entries };
    }
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.flatMap((item) => this.read(item as ParsedNode, depth + 1) ?? []) };
    }
    return undefined;
  }

  #scalar(node: ParsedNode & { readonly value: unknown; readonly type?: string }): TextNode | undefined {
    const [from, to] = node.range;
    if (node.value === null || node.value === undefined) return undefined;
    const isBlock = node.type?.startsWith('BLOCK') === true;
    const isQuoted = node.type?.startsWith('QUOTE') === true;
    // A block begins after the line of its sign.
    const start = isBlock ? this.#text.indexOf('\n', from) + 1 : isQuoted ? from + 1 : from;
    const quote = this.#text.charAt(from);
    const isClosed = isQuoted && to - from > 1 && this.#text.charAt(to - 1) === quote;
    const end = Math.max(start, isClosed ? to - 1 : to);
    if (isBlock && start === 0) return undefined;
    const written = this.#text.slice(start, end);
    // The parser has seen letters in the place of templates.
    const hasTemplate = written.includes('{{') || written.includes('{%');
    return { kind: 'text', value: hasTemplate ? written : String(node.value), start, end };
  }
}
