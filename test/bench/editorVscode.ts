// As much of the module `vscode` as hovers and proposals are made of.

export class MarkdownString {
  value: string;
  isTrusted: unknown;

  constructor(value = '') {
    this.value = value;
  }

  appendText(text: string): this {
    this.value += text
      .replace(/[\\`*_{}[\]()#+\-!~]/g, '\\$&')
      .replace(/([ \t]+)/g, (_, blanks: string) => '&nbsp;'.repeat(blanks.length))
      .replace(/>/gm, '\\>')
      .replace(/\n/g, '\n\n');
    return this;
  }

  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

export class Position {
  readonly line: number;
  readonly character: number;

  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;

  constructor(start: Position, end: Position) {
    this.start = start;
    this.end = end;
  }
}

export class Hover {
  readonly contents: readonly MarkdownString[];

  constructor(contents: MarkdownString) {
    this.contents = [contents];
  }
}

export class CompletionItem {
  readonly label: string;
  readonly kind: number;

  constructor(label: string, kind: number) {
    this.label = label;
    this.kind = kind;
  }
}

export class CompletionList {
  readonly items: readonly CompletionItem[];

  constructor(items: readonly CompletionItem[]) {
    this.items = items;
  }
}

export const CompletionItemKind = { Reference: 17, Module: 8, Value: 11, EnumMember: 19 };

export const env = { language: 'en' };

export const l10n = {
  t: (message: string, ...values: readonly unknown[]): string =>
    message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)])),
};

export const workspace = {};
