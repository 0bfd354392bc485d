import { limits } from './limits.ts';

/** One challenge of a `WWW-Authenticate` header (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

// Sticky, so that each is tried where the one before has ended: cutting the text would copy what is left of it.
const separators = /[\s,]*/y;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const parameter = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^'",]*)'|([^\s,"]*))/sy;
/** What comes after a comma in an unquoted list of actions, which no scheme is called: `scope=repository:a:pull,push`. */
const furtherActions = /(?:,(?:pull|push|delete|[*]|[a-z]+_[a-z_]+)(?=\s*(?:,|$)))*/y;
const unreadable = /[^,]*/y;

/**
 * Reads all challenges of all header lines: registries send several schemes in one line or in several, with parameters
 * in any order, quoted or not. What cannot be read is skipped. Takes time in proportion to the length.
 */
export function parseChallenges(headerLines: readonly string[]): readonly Challenge[] {
  return headerLines.flatMap(parseLine);
}

function parseLine(line: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(line);
  };
  for (;;) {
    at += match(separators)?.[0].length ?? 0;
    if (at === line.length || challenges.length === limits.challenges) return challenges;

    // Between two commas stands a parameter of the challenge before, or a new scheme.
    const current = challenges.at(-1);
    const pair = match(parameter);
    const scheme = pair === null ? match(token)?.[0] : undefined;
    if (pair !== null && current !== undefined) {
      const [text, name = '', quoted, apostrophed, bare = ''] = pair;
      at += text.length;
      const actions = bare !== '' && name.toLowerCase() === 'scope' ? (match(furtherActions)?.[0] ?? '') : '';
      at += actions.length;
      const value = quoted?.replace(/\\(.)/gs, '$1') ?? apostrophed ?? `${bare}${actions}`;
      if (!current.parameters.has(name.toLowerCase())) current.parameters.set(name.toLowerCase(), value);
    } else if (scheme !== undefined) {
      challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
      at += scheme.length;
    } else {
      at += match(unreadable)?.[0].length ?? 0;
    }
  }
}
