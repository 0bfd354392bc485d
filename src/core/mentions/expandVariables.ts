/** The outcome of an expansion: the text, and the variables in it that have no value. */
export interface Expansion {
  readonly text: string;
  readonly unresolved: readonly string[];
}

/** Looks a variable up; `undefined` for one that has no value. */
export type Variables = (name: string) => string | undefined;

/**
 * UTF-16 units of a word and of what becomes of it. Arguments that double one another would fill the memory; whatever
 * is longer than this is no reference anyway.
 */
const maxLength = 4096;

/**
 * Expands the variables of a Dockerfile word as BuildKit's shell lexer does: `$name`, `${name}`, `${name:-word}`,
 * `${name:+word}`, `${name:?message}` with and without the colon, nested words, `\$` for a dollar sign, quotes.
 * Pattern operators (`#`, `%`, `/`) leave their variable unresolved.
 */
export function expandVariables(word: string, variables: Variables): Expansion {
  const unresolved: string[] = [];
  const text = expand(word.slice(0, maxLength), variables, unresolved);
  return { text, unresolved: [...new Set(unresolved)] };
}

function expand(word: string, variables: Variables, unresolved: string[]): string {
  let result = '';
  let quote: string | undefined;
  for (let index = 0; index < word.length && result.length < maxLength; index++) {
    const character = word.charAt(index);
    if (character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (character === '\\' && quote !== "'" && index + 1 < word.length) result += word.charAt(++index);
    else if (character === '$' && quote !== "'") {
      const variable = readVariable(word, index);
      if (variable === undefined) {
        result += character;
        continue;
      }
      result += expandVariable(variable, variables, unresolved);
      index = variable.end - 1;
    } else result += character;
  }
  return result.slice(0, maxLength);
}

interface Variable {
  readonly name: string;
  /** `:-`, `-`, `:+`, `+`, `:?`, `?`, or the pattern operator. */
  readonly operator: string;
  readonly word: string;
  readonly end: number;
}

function readVariable(text: string, start: number): Variable | undefined {
  const plain = /^\$([A-Za-z_][A-Za-z0-9_]*|\d+)/.exec(text.slice(start));
  if (plain !== null) return { name: plain[1] ?? '', operator: '', word: '', end: start + plain[0].length };
  const opening = /^\$\{([A-Za-z_][A-Za-z0-9_]*|\d+)(:?[-+?]|[#%/]{1,2})?/.exec(text.slice(start));
  if (opening === null) return undefined;
  const wordStart = start + opening[0].length;
  const end = closingBrace(text, wordStart);
  if (end === undefined) return undefined;
  const word = text.slice(wordStart, end);
  if (opening[2] === undefined && word !== '') return undefined;
  return { name: opening[1] ?? '', operator: opening[2] ?? '', word, end: end + 1 };
}

function closingBrace(text: string, start: number): number | undefined {
  let depth = 1;
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '\\') index++;
    else if (character === '{' && text.charAt(index - 1) === '$') depth++;
    else if (character === '}' && --depth === 0) return index;
  }
  return undefined;
}

function expandVariable({ name, operator, word }: Variable, variables: Variables, unresolved: string[]): string {
  // Positional parameters are legal, and empty in a build.
  const value = /^\d/.test(name) ? '' : variables(name);
  const isSet = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  switch (operator.at(-1)) {
    case '-':
      return isSet ? (value ?? '') : expand(word, variables, unresolved);
    case '+':
      return isSet ? expand(word, variables, unresolved) : '';
    case '#':
    case '%':
    case '/':
      unresolved.push(name);
      return '';
    default:
      if (!isSet) unresolved.push(name);
      return value ?? '';
  }
}
