import { type Entry, type ListNode, type MapNode, maxDepth, type Node, type TextNode } from './tree.ts';

/**
 * A tolerant reader of HCL: blocks, attributes, strings, heredocs, lists and objects. `target "app" { … }` is `target: {app: {…}}`, as
 * the JSON form of HCL has it. Expressions of other kinds are left out; a broken line is left behind.
 */
export function readHcl(text: string): readonly Node[] {
  return [new HclReader(text).body(0)];
}

/** Terraform has two. */
const maxLabels = 8;

/** A name, or a string without its quotes. */
interface Token extends TextNode {
  readonly isString: boolean;
}

class HclReader {
  readonly #text: string;
  #index: number;

  constructor(text: string) {
    this.#text = text;
    this.#index = text.startsWith('\ufeff') ? 1 : 0;
  }

  /** Entries up to the brace that ends them. */
  body(depth: number): MapNode {
    const entries: Entry[] = [];
    for (;;) {
      this.#skipBlanks(true);
      if (this.#isAtEnd || this.#take('}')) return { kind: 'map', entries };
      if (this.#take(',')) continue;
      const before = this.#index;
      const entry = this.#entry(depth);
      if (entry !== undefined) entries.push(entry);
      if (this.#index === before) this.#index++;
    }
  }

  #entry(depth: number): Entry | undefined {
    const key = this.#name();
    if (key === undefined) return undefined;
    const labels: string[] = [];
    for (;;) {
      this.#skipBlanks(false);
      if (this.#text.startsWith('==', this.#index)) return undefined;
      if (this.#take('=') || this.#take(':')) {
        const value = this.#expression(depth + 1);
        return value && { key: key.value, value };
      }
      if (this.#take('{')) {
        const body = this.#deeper(depth, (inner) => this.body(inner));
        return body && { key: key.value, value: labels.slice(0, maxLabels).reduceRight<Node>(under, body) };
      }
      const label = this.#name();
      if (label === undefined) return undefined;
      labels.push(label.value);
    }
  }

  /** The value, where it is a string, a list, an object or a number and nothing follows it; always read to its end. */
  #expression(depth: number): Node | undefined {
    this.#skipBlanks(false);
    const value = this.#value(depth);
    this.#skipBlanks(false);
    const isWhole = this.#isAtEnd || /[\n\r,}\])]/.test(this.#text.charAt(this.#index));
    if (isWhole) return value;
    this.#skipExpression();
    return undefined;
  }

  #value(depth: number): Node | undefined {
    if (this.#text.startsWith('<<', this.#index)) return this.#heredoc();
    if (this.#text.charAt(this.#index) === '"') return this.#string();
    if (this.#take('{')) return this.#deeper(depth, (inner) => this.body(inner));
    if (this.#take('[')) return this.#deeper(depth, (inner) => this.#list(inner));
    const start = this.#index;
    const [literal = ''] = sticky(/[A-Za-z0-9_.-]*/y, this.#text, start) ?? [];
    this.#index += literal.length;
    return /^\d/.test(literal) ? { kind: 'text', value: literal, start, end: this.#index } : undefined;
  }

  #list(depth: number): ListNode {
    const items: Node[] = [];
    for (;;) {
      this.#skipBlanks(true);
      if (this.#isAtEnd || this.#take(']')) return { kind: 'list', items };
      // A list that was not closed yet.
      if (this.#text.charAt(this.#index) === '}') return { kind: 'list', items };
      if (this.#take(',')) continue;
      const before = this.#index;
      const item = this.#expression(depth);
      if (item !== undefined) items.push(item);
      if (this.#index === before) this.#index++;
    }
  }

  /** Beyond the depth, brackets are still read to their end, without keeping what is in them. */
  #deeper<T extends Node>(depth: number, read: (depth: number) => T): T | undefined {
    if (depth < maxDepth) return read(depth + 1);
    this.#skipBrackets(1);
    return undefined;
  }

  /** To the end of the line, or to the comma or bracket that ends the expression. */
  #skipExpression(): void {
    for (; !this.#isAtEnd; this.#index++) {
      const character = this.#text.charAt(this.#index);
      if (/[\n\r,}\])]/.test(character)) return;
      if (character === '"') {
        this.#string();
        this.#index--;
      } else if (/[([{]/.test(character)) {
        this.#index++;
        this.#skipBrackets(1);
        this.#index--;
      } else if (this.#atComment()) {
        this.#skipBlanks(false);
        this.#index--;
      }
    }
  }

  #skipBrackets(open: number): void {
    for (let depth = open; depth > 0 && !this.#isAtEnd; ) {
      const character = this.#text.charAt(this.#index);
      if (character === '"') {
        this.#string();
        continue;
      }
      if (/[([{]/.test(character)) depth++;
      else if (/[)\]}]/.test(character)) depth--;
      this.#index++;
    }
  }

  #name(): Token | undefined {
    const character = this.#text.charAt(this.#index);
    if (character === '"') return this.#string();
    if (this.#take('(')) {
      this.#skipBrackets(1);
      return { kind: 'text', value: '', start: this.#index, end: this.#index, isString: false };
    }
    const [value = ''] = sticky(/[\p{L}_][\p{L}\p{N}_.-]*/uy, this.#text, this.#index) ?? [];
    if (value === '') return undefined;
    const start = this.#index;
    this.#index += value.length;
    return { kind: 'text', value, start, end: this.#index, isString: false };
  }

  /** Ends with its quote, or with the line. A quote in an interpolation does not end it. */
  #string(): Token {
    const start = ++this.#index;
    let open = 0;
    for (; !this.#isAtEnd; this.#index++) {
      const character = this.#text.charAt(this.#index);
      if (character === '\n' || character === '\r') break;
      if (character === '\\') this.#index++;
      else if (character === '"' && open === 0) break;
      else if (character === '$' && this.#text.charAt(this.#index + 1) === '{') {
        open++;
        this.#index++;
      } else if (character === '{' && open > 0) open++;
      else if (character === '}' && open > 0) open--;
    }
    const end = Math.min(this.#index, this.#text.length);
    this.#index = this.#text.charAt(end) === '"' ? end + 1 : end;
    const value = this.#text.slice(start, end).replaceAll(/\\(["\\])/g, '$1');
    return { kind: 'text', value, start, end, isString: true };
  }

  #heredoc(): TextNode | undefined {
    const opening = sticky(/<<-?[ \t]*([\p{L}_][\p{L}\p{N}_.-]*)[ \t]*\r?\n/uy, this.#text, this.#index);
    if (opening === undefined) {
      this.#index += 2;
      return undefined;
    }
    const start = this.#index + opening[0].length;
    let end = start;
    while (end < this.#text.length) {
      const newline = this.#text.indexOf('\n', end);
      const lineEnd = newline < 0 ? this.#text.length : newline;
      if (this.#text.slice(end, lineEnd).trim() === opening[1]) {
        this.#index = lineEnd;
        return { kind: 'text', value: this.#text.slice(start, end), start, end };
      }
      end = lineEnd + 1;
    }
    this.#index = this.#text.length;
    return { kind: 'text', value: this.#text.slice(start), start, end: this.#text.length };
  }

  /** Blanks and comments; with `hasLines`, ends of lines too. */
  #skipBlanks(hasLines: boolean): void {
    for (;;) {
      const [blanks = ''] = sticky(hasLines ? /\s*/y : /[ \t]*/y, this.#text, this.#index) ?? [];
      this.#index += blanks.length;
      if (!this.#atComment()) return;
      const isBlock = this.#text.startsWith('/*', this.#index);
      const end = this.#text.indexOf(isBlock ? '*/' : '\n', this.#index);
      this.#index = end < 0 ? this.#text.length : isBlock ? end + 2 : end;
    }
  }

  #atComment(): boolean {
    const character = this.#text.charAt(this.#index);
    return character === '#' || (character === '/' && /[/*]/.test(this.#text.charAt(this.#index + 1)));
  }

  #take(character: string): boolean {
    if (this.#text.charAt(this.#index) !== character) return false;
    this.#index++;
    return true;
  }

  get #isAtEnd(): boolean {
    return this.#index >= this.#text.length;
  }
}

function under(value: Node, key: string): Node {
  return { kind: 'map', entries: [{ key, value }] };
}

function sticky(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text) ?? undefined;
}
