import { replacePattern, trimPattern } from './shellPattern.ts';

/** The outcome of an expansion: the text, the variables that gave it a value, and those that have none. */
export interface Expansion {
  readonly text: string;
  readonly used: readonly string[];
  readonly unresolved: readonly string[];
}

/** What differs between the formats that know `$name`. */
export interface Dialect {
  /** The character before one that means itself. */
  readonly escape?: '\\' | '`';
  /** Whether quotes are syntax, and single ones keep their content as it is. */
  readonly hasQuotes: boolean;
}

/** As BuildKit's shell lexer reads the words of a Dockerfile; a Dockerfile can choose the backtick as its escape. */
export const shellDialect: Dialect = { escape: '\\', hasQuotes: true };

/** As Compose, GitLab and HCL read values: without quotes, and with `$$` for a dollar sign. */
export const doubledDollarDialect: Dialect = { hasQuotes: false };

/** Looks a variable up; `undefined` for one that has no value. */
export type Variables = (name: string) => string | undefined;

/**
 * UTF-16 units of a word and of what becomes of it. Arguments that double one another would fill the memory; whatever
 * is longer than this is no reference anyway.
 */
const maxLength = 4096;

/**
 * Expands the variables of a word: `$name`, `${name}`, `${name:-word}`, `${name:+word}`, `${name:?message}` with and without
 * the colon, nested words; `#`, `##`, `%`, `%%`, `/` and `//` with patterns. What is no variable stays as it is.
 */
export function expandVariables(word: string, variables: Variables, dialect: Dialect = shellDialect): Expansion {
  const expander = new Expander(variables, dialect);
  const text = expander.expand(word.slice(0, maxLength));
  return { text, used: [...expander.used], unresolved: [...expander.unresolved] };
}

class Expander {
  readonly used = new Set<string>();
  readonly unresolved = new Set<string>();
  readonly #variables: Variables;
  readonly #dialect: Dialect;

  constructor(variables: Variables, dialect: Dialect) {
    this.#variables = variables;
    this.#dialect = dialect;
  }

  expand(word: string): string {
    const { escape: escaping, hasQuotes } = this.#dialect;
    let result = '';
    let quote: string | undefined;
    for (let index = 0; index < word.length && result.length < maxLength; index++) {
      const character = word.charAt(index);
      if (character === quote) quote = undefined;
      else if (hasQuotes && quote === undefined && (character === '"' || character === "'")) quote = character;
      else if (character === escaping && quote !== "'" && index + 1 < word.length) result += word.charAt(++index);
      else if (character === '$' && quote !== "'") {
        if (escaping === undefined && word.charAt(index + 1) === '$') {
          result += character;
          index++;
          continue;
        }
        const variable = readVariable(word, index, escaping);
        if (variable === undefined) {
          result += character;
          continue;
        }
        result += this.#value(variable);
        index = variable.end - 1;
      } else result += character;
    }
    return result.slice(0, maxLength);
  }

  #value({ name, operator, word }: Variable): string {
    // Positional parameters are legal, and empty in a build.
    const value = /^\d/.test(name) ? '' : this.#variables(name);
    const isSet = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
    switch (operator.at(-1)) {
      case '-':
        return isSet ? this.#use(name, value) : this.expand(word);
      case '+':
        return isSet ? this.expand(word) : '';
      case '#':
      case '%':
        return this.#changed(name, value, (text) => trimPattern(text, this.expand(word), operator));
      case '/':
        return this.#changed(name, value, (text) => replacePattern(text, this.expand(word), operator === '//'));
      default:
        return isSet ? this.#use(name, value) : this.#miss(name, value);
    }
  }

  /** What a pattern makes of a value; unresolved too where it is beyond what is tried. */
  #changed(name: string, value: string | undefined, change: (text: string) => string | undefined): string {
    if (value === undefined) return this.#miss(name, value);
    const changed = change(value);
    return changed === undefined ? this.#miss(name, undefined) : this.#use(name, changed);
  }

  #use(name: string, value: string | undefined): string {
    if (value !== undefined) this.used.add(name);
    return value ?? '';
  }

  #miss(name: string, value: string | undefined): string {
    this.unresolved.add(name);
    return value ?? '';
  }
}

interface Variable {
  readonly name: string;
  /** `:-`, `-`, `:+`, `+`, `:?`, `?`, or the pattern operator. */
  readonly operator: string;
  readonly word: string;
  readonly end: number;
}

function readVariable(text: string, start: number, escaping: string | undefined): Variable | undefined {
  const plain = /^\$([A-Za-z_][A-Za-z0-9_]*|\d+)/.exec(text.slice(start));
  if (plain !== null) return { name: plain[1] ?? '', operator: '', word: '', end: start + plain[0].length };
  const opening = /^\$\{([A-Za-z_][A-Za-z0-9_]*|\d+)(:?[-+?]|##?|%%?|\/\/?)?/.exec(text.slice(start));
  if (opening === null) return undefined;
  const wordStart = start + opening[0].length;
  const end = closingBrace(text, wordStart, escaping);
  if (end === undefined) return undefined;
  const word = text.slice(wordStart, end);
  if (opening[2] === undefined && word !== '') return undefined;
  return { name: opening[1] ?? '', operator: opening[2] ?? '', word, end: end + 1 };
}

function closingBrace(text: string, start: number, escaping: string | undefined): number | undefined {
  let depth = 1;
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === escaping) index++;
    else if (character === '{' && text.charAt(index - 1) === '$') depth++;
    else if (character === '}' && --depth === 0) return index;
  }
  return undefined;
}
