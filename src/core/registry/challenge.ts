/** One challenge of a `WWW-Authenticate` header (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/;
const parameter = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^'",]*)'|([^\s,"]*))/s;
/** What comes after a comma in an unquoted list of actions, which no scheme is called: `scope=repository:a:pull,push`. */
const furtherActions = /^(?:,(?:pull|push|delete|[*]|[a-z]+_[a-z_]+)(?=\s*(?:,|$)))+/;

/**
 * Reads all challenges of all header lines: registries send several schemes in one line or in several, with parameters
 * in any order, quoted or not. What cannot be read is skipped. Takes time in proportion to the length.
 */
export function parseChallenges(headerLines: readonly string[]): readonly Challenge[] {
  return headerLines.flatMap(parseLine);
}

function parseLine(line: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let rest = line;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '');
    if (rest === '') return challenges;

    // Between two commas stands a parameter of the challenge before, or a new scheme.
    const current = challenges.at(-1);
    const pair = parameter.exec(rest);
    if (pair !== null && current !== undefined) {
      const [text, name = '', quoted, apostrophed, bare = ''] = pair;
      rest = rest.slice(text.length);
      const actions = bare !== '' && name.toLowerCase() === 'scope' ? (furtherActions.exec(rest)?.[0] ?? '') : '';
      rest = rest.slice(actions.length);
      const value = quoted?.replace(/\\(.)/gs, '$1') ?? apostrophed ?? `${bare}${actions}`;
      if (!current.parameters.has(name.toLowerCase())) current.parameters.set(name.toLowerCase(), value);
      continue;
    }
    const scheme = token.exec(rest)?.[0];
    if (scheme !== undefined && pair === null) {
      challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
      rest = rest.slice(scheme.length);
      continue;
    }
    rest = rest.replace(/^[^,]*/, '');
  }
}
