/** A word of an instruction, as it is written, and where it stands. A word over two lines has their break in its place only. */
export interface Word {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface Instruction {
  /** In upper case. */
  readonly keyword: string;
  /** The rest, without continuations and the comments between them. */
  readonly rest: LogicalLine;
}

export interface Directive {
  /** In lower case. */
  readonly name: string;
  readonly value: Word;
}

export interface DockerfileText {
  readonly directives: readonly Directive[];
  readonly escape: '\\' | '`';
  readonly instructions: readonly Instruction[];
}

/** A piece of a logical line, at its place in the file. */
interface Piece {
  readonly text: string;
  readonly start: number;
}

interface Line {
  readonly text: string;
  readonly start: number;
}

const knownDirectives = ['syntax', 'escape', 'check'];

/** Splits a Dockerfile into instructions as BuildKit does. The bodies of heredocs are data and left out. */
export function readInstructions(text: string): DockerfileText {
  const lines = readLines(text);
  const directives: Directive[] = [];
  let index = lines[0]?.text.startsWith('#!') ? 1 : 0;
  for (; index < lines.length; index++) {
    const directive = readDirective(lines[index]);
    if (directive === undefined || directives.some(({ name }) => name === directive.name)) break;
    directives.push(directive);
  }
  const escaping = directives.find(({ name }) => name === 'escape')?.value.value === '`' ? '`' : '\\';

  const instructions: Instruction[] = [];
  while (index < lines.length) {
    const first = lines[index];
    if (first === undefined || isEmptyOrComment(first.text)) {
      index++;
      continue;
    }
    const pieces: Piece[] = [];
    for (let isContinued = true; isContinued && index < lines.length; index++) {
      const line = lines[index];
      if (line === undefined || (pieces.length > 0 && isEmptyOrComment(line.text))) continue;
      const kept = beforeContinuation(line.text, escaping);
      isContinued = kept !== undefined;
      pieces.push({ text: kept ?? line.text, start: line.start });
    }
    const instruction = new LogicalLine(pieces).instruction();
    instructions.push(instruction);
    for (const heredoc of heredocsOf(instruction)) index = afterHeredoc(lines, index, heredoc);
  }
  return { directives, escape: escaping, instructions };
}

/** A line that may stand on several lines of the file. */
export class LogicalLine {
  readonly text: string;
  readonly #pieces: readonly Piece[];
  /** Where each piece begins in the text. */
  readonly #offsets: readonly number[];

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
    const offsets: number[] = [];
    let length = 0;
    for (const piece of pieces) {
      offsets.push(length);
      length += piece.text.length;
    }
    this.#offsets = offsets;
    this.text = pieces.map((piece) => piece.text).join('');
  }

  instruction(): Instruction {
    const [, blanks = '', keyword = ''] = /^(\s*)(\S*)/.exec(this.text) ?? [];
    return { keyword: keyword.toUpperCase(), rest: this.#from(blanks.length + keyword.length) };
  }

  /** Between blanks; with `keepsQuoted`, blanks inside of quotes belong to the word. */
  words(options: { readonly escape: string; readonly keepsQuoted: boolean }): readonly Word[] {
    const words: Word[] = [];
    let start: number | undefined;
    let quote: string | undefined;
    for (let index = 0; index <= this.text.length; index++) {
      const character = this.text.charAt(index);
      const isEnd = index === this.text.length || (quote === undefined && /\s/.test(character));
      if (isEnd) {
        if (start !== undefined) words.push(this.word(start, index));
        start = undefined;
        continue;
      }
      start ??= index;
      if (!options.keepsQuoted) continue;
      if (character === options.escape && quote !== "'") index = Math.min(index + 1, this.text.length - 1);
      else if (character === quote) quote = undefined;
      else if (quote === undefined && (character === '"' || character === "'")) quote = character;
    }
    return words;
  }

  /** The word between two offsets of the text. */
  word(start: number, end: number): Word {
    return { value: this.text.slice(start, end), start: this.#placeOf(start), end: this.#placeOf(end - 1) + 1 };
  }

  #from(offset: number): LogicalLine {
    const rest = this.#pieces.flatMap((piece, index) => {
      const skipped = Math.max(0, offset - (this.#offsets[index] ?? 0));
      return skipped >= piece.text.length ? [] : [{ text: piece.text.slice(skipped), start: piece.start + skipped }];
    });
    return new LogicalLine(rest);
  }

  #placeOf(offset: number): number {
    let [low, high] = [0, this.#offsets.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return (this.#pieces[low]?.start ?? 0) + offset - (this.#offsets[low] ?? 0);
  }
}

function readLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = text.startsWith('\ufeff') ? 1 : 0;
  while (start <= text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    lines.push({ text: text.slice(start, text.charAt(end - 1) === '\r' && end > start ? end - 1 : end), start });
    start = end + 1;
  }
  return lines;
}

function readDirective(line: Line | undefined): Directive | undefined {
  const opening = /^(?:#|\/\/)\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*/.exec(line?.text ?? '');
  if (line === undefined || opening === null) return undefined;
  const name = opening[1]?.toLowerCase() ?? '';
  const value = line.text.slice(opening[0].length).trimEnd();
  if (!knownDirectives.includes(name) || value === '') return undefined;
  const start = line.start + opening[0].length;
  return { name, value: { value, start, end: start + value.length } };
}

function isEmptyOrComment(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}

/** The line without the escape at its end that continues it; `undefined` when it is not continued. */
function beforeContinuation(line: string, escaping: string): string | undefined {
  const trimmed = line.trimEnd();
  if (!trimmed.endsWith(escaping) || trimmed.at(-2) === escaping) return undefined;
  return trimmed.slice(0, -1);
}

interface Heredoc {
  readonly name: string;
  readonly stripsTabs: boolean;
}

function heredocsOf(instruction: Instruction): readonly Heredoc[] {
  const { keyword, rest } = instruction;
  if (!rest.text.includes('<<')) return [];
  if (keyword === 'ONBUILD') return heredocsOf(rest.instruction());
  if (keyword !== 'RUN' && keyword !== 'COPY' && keyword !== 'ADD') return [];
  return rest.words({ escape: '\\', keepsQuoted: true }).flatMap(({ value }) => {
    const [, dash = '', name = ''] = /^\d*<<(-?)([^<]+)$/.exec(value) ?? [];
    const unquoted = name.replaceAll(/["'\\]/g, '');
    return unquoted === '' ? [] : [{ name: unquoted, stripsTabs: dash !== '' }];
  });
}

function afterHeredoc(lines: readonly Line[], start: number, { name, stripsTabs }: Heredoc): number {
  for (let index = start; index < lines.length; index++) {
    const { text = '' } = lines[index] ?? {};
    if ((stripsTabs ? text.replace(/^\t+/, '') : text) === name) return index + 1;
  }
  return lines.length;
}
