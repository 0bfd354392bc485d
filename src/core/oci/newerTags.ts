import { compareTags, parseTag } from './versionOrder.ts';

/** The newest tags of the same line: of the same variant, as precise, and no candidates where the tag is none. */
export interface NewerTags {
  readonly patch?: string;
  readonly minor?: string;
  readonly major?: string;
}

export type UpdateStep = keyof NewerTags;

interface Version {
  /** `v` in `v1.2`; `release-` */
  readonly prefix: string;
  readonly numbers: readonly number[];
  /** `-alpine#.#`: what is the same in all tags of the variant. */
  readonly variant: string;
}

/**
 * What is newer than a tag. `1.27-alpine3.20` is followed by `1.28-alpine3.21`, and neither by `1.28` nor by `1.28.1-alpine3.21`. A tag
 * with one number has greater ones only, one with two has minor ones too.
 */
export function newerTags(tag: string, names: Iterable<string>): NewerTags {
  const current = readVersion(tag);
  if (current === undefined) return {};
  const { rank, candidate } = parseTag(tag);
  const newest: { -readonly [Step in UpdateStep]?: string } = {};
  for (const name of names) {
    const version = readVersion(name);
    if (version === undefined || !isSameLine(version, current)) continue;
    const parsed = parseTag(name);
    if (parsed.rank !== rank || (parsed.candidate !== undefined && candidate === undefined)) continue;
    const step = stepBetween(current.numbers, version.numbers);
    if (step === undefined) continue;
    const best = newest[step];
    if (best === undefined || compareTags(name, best) < 0) newest[step] = name;
  }
  return newest;
}

function readVersion(tag: string): Version | undefined {
  const [, prefix = '', numbers, rest = ''] = /^(\D*)(\d+(?:\.\d+)*)(.*)$/s.exec(tag) ?? [];
  if (numbers === undefined) return undefined;
  return { prefix, numbers: numbers.split('.').map(Number), variant: rest.replaceAll(/\d+/g, '#') };
}

function isSameLine(a: Version, b: Version): boolean {
  return a.prefix === b.prefix && a.variant === b.variant && a.numbers.length === b.numbers.length;
}

/** Of the first number that differs; what follows the third is a patch as well. */
function stepBetween(from: readonly number[], to: readonly number[]): UpdateStep | undefined {
  const index = from.findIndex((number, place) => number !== to[place]);
  if (index < 0 || (to[index] ?? 0) < (from[index] ?? 0)) return undefined;
  return index === 0 ? 'major' : index === 1 ? 'minor' : 'patch';
}
