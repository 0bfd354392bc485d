import { isLike, regularExpression } from './tagFilter.ts';

/** A name, or a reference where a pattern names the repository too. */
export interface PatternTarget {
  /** Host and repository: `registry.example.com/team/app`. */
  readonly repository: string;
  readonly tag: string;
}

/** Tells whether one of the patterns is like a tag. */
export type TagPatterns = (target: PatternTarget) => boolean;

/**
 * Patterns of tags, of which one is enough: `latest`, `prod-*` and `1.2?` as whole names, `/^v\d+$/` as a regular expression;
 * with a colon, the repository too: `registry.example.com/team/*:prod-*`. Small letters and capitals are the same, since what
 * they are for is rather kept once too often.
 *
 * Errors: `invalid` for what is no regular expression.
 */
export function parseTagPatterns(patterns: readonly string[]): TagPatterns {
  const tests = patterns
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '')
    .map(parsePattern);
  return (target) => tests.some((test) => test(target));
}

function parsePattern(pattern: string): TagPatterns {
  const [, source] = /^\/(.+)\/i?$/.exec(pattern) ?? [];
  if (source !== undefined) {
    const expression = regularExpression(source, 'i');
    return ({ tag }) => expression.test(tag);
  }
  const glob = pattern.toLowerCase();
  return glob.includes(':')
    ? ({ repository, tag }) => isLike(`${repository}:${tag}`.toLowerCase(), glob)
    : ({ tag }) => isLike(tag.toLowerCase(), glob);
}
