import { compareTags, parseTag } from './versionOrder.ts';

/** The newest tags of the same line: of the same variant, as precise, and no candidates where the tag is none. */
export interface NewerTags {
  readonly patch?: string;
  readonly minor?: string;
  readonly major?: string;
}

export type UpdateStep = keyof NewerTags;

/**
 * What is newer than a tag. `1.27-alpine3.20` is followed by `1.28-alpine3.21`, and neither by `1.28` nor by `1.28.1-alpine3.21`. A tag
 * with one number has greater ones only, one with two has minor ones too.
 */
export function newerTags(tag: string, names: Iterable<string>): NewerTags {
  const [, prefix = '', written, variant = ''] = /^(\D*)(\d+(?:\.\d+)*)(.*)$/s.exec(tag) ?? [];
  if (written === undefined) return {};
  const current = written.split('.').map(Number);
  const line = new RegExp(
    `^${literal(prefix)}(\\d+(?:\\.\\d+){${current.length - 1}})${literal(variant).replaceAll(/\d+/g, '\\d+')}$`,
  );
  const { rank, candidate } = parseTag(tag);
  const newest: { [Step in UpdateStep]?: { readonly name: string; readonly numbers: readonly number[] } } = {};
  for (const name of names) {
    const numbers = line.exec(name)?.[1]?.split('.').map(Number);
    const step = numbers && stepBetween(current, numbers);
    if (numbers === undefined || step === undefined) continue;
    const best = newest[step];
    const difference = best === undefined ? 1 : compareNumbers(numbers, best.numbers);
    if (difference < 0 || (difference === 0 && best !== undefined && compareTags(name, best.name) > 0)) continue;
    // Read last, since it takes long and a repository can have fifty thousand tags.
    const parsed = parseTag(name);
    if (parsed.rank === rank && (parsed.candidate === undefined || candidate !== undefined))
      newest[step] = { name, numbers };
  }
  const { patch, minor, major } = newest;
  return {
    ...(patch !== undefined && { patch: patch.name }),
    ...(minor !== undefined && { minor: minor.name }),
    ...(major !== undefined && { major: major.name }),
  };
}

/** Of the first number that differs; what follows the third is a patch as well. */
function stepBetween(from: readonly number[], to: readonly number[]): UpdateStep | undefined {
  const index = from.findIndex((number, place) => number !== to[place]);
  if (index < 0 || (to[index] ?? 0) < (from[index] ?? 0)) return undefined;
  return index === 0 ? 'major' : index === 1 ? 'minor' : 'patch';
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((number, place) => number !== b[place]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

function literal(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]/g, '\\$&');
}
