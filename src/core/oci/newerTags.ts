import { compareTags, parseTag } from './versionOrder.ts';

/** The newest tags of the same line: of the same variant, as precise, and no candidates where the tag is none. */
export interface NewerTags {
  readonly patch?: string;
  readonly minor?: string;
  readonly major?: string;
}

export type UpdateStep = keyof NewerTags;

/** The smallest first. */
export const updateSteps: readonly UpdateStep[] = ['patch', 'minor', 'major'];

/** A tag with the numbers of its first version. */
interface Versioned {
  readonly name: string;
  readonly numbers: readonly number[];
}

/** Of all versions that begin alike: the newest of each {@link Sort}, and those that begin with one number more. */
interface Beginning {
  readonly newest: Map<Sort, Versioned>;
  readonly next: Map<number, Beginning>;
}

/** The tags of a repository by their lines; a line is looked into when somebody asks for a tag of it. */
interface Lines {
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly read: Map<string, Beginning>;
}

/** What it is, and whether it may be a candidate. */
type Sort = `${number}${'' | ' or a candidate'}`;

/** A list is read once, as long as it is kept: it can have fifty thousand tags, and is asked for at each hover. */
const known = new WeakMap<readonly string[], Lines>();

/**
 * What is newer than a tag. `1.27-alpine3.20` is followed by `1.28-alpine3.21`, and neither by `1.28` nor by `1.28.1-alpine3.21`. A tag
 * with one number has greater ones only, one with two has minor ones too. The list is taken not to change.
 */
export function newerTags(tag: string, names: readonly string[]): NewerTags {
  const line = lineOf(tag);
  if (line === undefined) return {};
  const numbers = numbersOf(versionOf(tag));
  const [sort] = sortsOf(tag).toReversed();
  const found: (readonly [UpdateStep, string])[] = [];
  let beginning: Beginning | undefined = readLine(line, linesOf(names));
  // By the place of the number that differs; what follows the third is a patch as well.
  for (const [index, step] of updateSteps.toReversed().entries()) {
    const best = sort && beginning?.newest.get(sort);
    if (best !== undefined && isStep(numbers, best.numbers, index)) found.unshift([step, best.name]);
    beginning = beginning?.next.get(numbers[index] ?? Number.NaN);
  }
  return Object.fromEntries(found);
}

/** The newest that is no greater step: a patch for `patch`, a minor version or else a patch for `minor`. */
export function newestWithin(newer: NewerTags, step: UpdateStep): string | undefined {
  const steps = updateSteps.slice(0, updateSteps.indexOf(step) + 1);
  return steps.toReversed().flatMap((each) => newer[each] ?? [])[0];
}

function isStep(from: readonly number[], to: readonly number[], index: number): boolean {
  return index < 2 ? (to[index] ?? 0) > (from[index] ?? 0) : compareNumbers(to, from) > 0;
}

function linesOf(names: readonly string[]): Lines {
  let lines = known.get(names);
  if (lines === undefined) {
    const found = new Map<string, string[]>();
    for (const name of names) {
      const line = lineOf(name);
      if (line === undefined) continue;
      const others = found.get(line);
      if (others === undefined) found.set(line, [name]);
      else others.push(name);
    }
    lines = { names: found, read: new Map() };
    known.set(names, lines);
  }
  return lines;
}

function readLine(line: string, { names, read }: Lines): Beginning {
  const known = read.get(line);
  if (known !== undefined) return known;
  const root = begin();
  // To read each takes long, and within a line the lengths of its parts tell what a tag is, and how a date begins.
  const sorts = new Map<string, readonly Sort[]>();
  for (const name of names.get(line) ?? []) {
    const version = versionOf(name);
    const shape = `${name.length} ${version.length} ${version.length < 8 ? '' : version.slice(0, 2)}`;
    let sort = sorts.get(shape);
    if (sort === undefined) {
      sort = sortsOf(name);
      sorts.set(shape, sort);
    }
    add(root, { name, numbers: numbersOf(version) }, sort);
  }
  read.set(line, root);
  return root;
}

function add(root: Beginning, tag: Versioned, sorts: readonly Sort[]): void {
  let beginning = root;
  for (let index = 0; ; index++) {
    for (const sort of sorts) {
      const best = beginning.newest.get(sort);
      if (best === undefined || isNewer(tag, best)) beginning.newest.set(sort, tag);
    }
    const number = tag.numbers[index];
    if (number === undefined || index === 2) return;
    let next = beginning.next.get(number);
    if (next === undefined) {
      next = begin();
      beginning.next.set(number, next);
    }
    beginning = next;
  }
}

function begin(): Beginning {
  return { newest: new Map(), next: new Map() };
}

/** Those that a tag can follow; of its own, the last. A candidate is followed by candidates and releases, a release by releases. */
function sortsOf(name: string): readonly Sort[] {
  const { rank, isCandidate } = parseTag(name);
  return isCandidate ? [`${rank} or a candidate`] : [`${rank} or a candidate`, `${rank}`];
}

function isNewer(tag: Versioned, best: Versioned): boolean {
  return (compareNumbers(tag.numbers, best.numbers) || compareTags(best.name, tag.name)) > 0;
}

const versionPattern = /\d+(?:\.\d+)*/;

/** The same for all tags of a line: what stands around the version, how precise it is, and the variant without its numbers. */
function lineOf(name: string): string | undefined {
  const match = versionPattern.exec(name);
  if (match === null) return undefined;
  const [version] = match;
  let line = `${name.slice(0, match.index)} `;
  for (let dot = version.indexOf('.'); dot >= 0; dot = version.indexOf('.', dot + 1)) line += '.';
  const end = match.index + version.length;
  // No tag has a blank.
  return end === name.length ? `${line} ` : `${line} ${name.slice(end).replaceAll(/\d+/g, '0')}`;
}

function versionOf(name: string): string {
  return versionPattern.exec(name)?.[0] ?? '';
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map(Number);
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
