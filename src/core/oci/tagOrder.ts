import type { TagSummary } from '../../api.ts';
import { compareParsed, parseTag } from './versionOrder.ts';

/** By what the tags of a repository are sorted. */
export type TagOrder = 'version' | 'date' | 'name';

/** Items that are sorted or merged before a pause is asked for: about a millisecond of work. */
const slice = 256;

/** Asked for often. Gives a promise to wait for when others should run, and nothing as long as that need not be. */
export type Pause = () => Promise<void> | undefined;

interface Keyed<T> {
  readonly item: T;
  /** Of its version. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly date: number | undefined;
}

/** When a tag was pushed, else when its image was made: some registries tell the one, some images the other. */
export function dateOf({ pushedAt, createdAt }: Pick<TagSummary, 'pushedAt' | 'createdAt'>): string | undefined {
  return pushedAt ?? createdAt;
}

/** Sorts by version at once: for lists that are known to be short. */
export function sortByTag<T extends { readonly name: string }>(items: Iterable<T>): T[] {
  return Array.from(items, (item) => ({ item, key: parseTag(item.name).key }))
    .sort(compareParsed)
    .map(({ item }) => item);
}

/**
 * Sorts as {@link compareTags} does, newest first by date, or by name. What has no date comes last, by version. Long lists
 * are sorted in slices with pauses between them, which let others run: 50,000 names at once would stop a window.
 */
export async function sortTags<T extends TagSummary>(
  items: readonly T[],
  order: TagOrder,
  pause: Pause,
): Promise<readonly T[]> {
  const compare = comparisons[order];
  let runs: Keyed<T>[][] = [];
  for (let start = 0; start < items.length; start += slice) {
    const due = pause();
    if (due !== undefined) await due;
    runs.push(
      items
        .slice(start, start + slice)
        .map(keyed)
        .sort(compare),
    );
  }
  while (runs.length > 1) {
    const merged: Keyed<T>[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      const [a = [], b = []] = runs.slice(index, index + 2);
      merged.push(await merge(a, b, compare, pause));
    }
    runs = merged;
  }
  return (runs[0] ?? []).map(({ item }) => item);
}

function keyed<T extends TagSummary>(item: T): Keyed<T> {
  const date = dateOf(item);
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return { item, key: parseTag(item.name).key, date: Number.isNaN(time) ? undefined : time };
}

type Compare = (a: Keyed<TagSummary>, b: Keyed<TagSummary>) => number;

const comparisons: Readonly<Record<TagOrder, Compare>> = {
  version: compareParsed,
  name: (a, b) => (a.item.name < b.item.name ? -1 : a.item.name > b.item.name ? 1 : 0),
  date: (a, b) => compareDates(a.date, b.date) || compareParsed(a, b),
};

function compareDates(a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return b - a;
}

async function merge<T extends TagSummary>(
  a: readonly Keyed<T>[],
  b: readonly Keyed<T>[],
  compare: Compare,
  pause: Pause,
): Promise<Keyed<T>[]> {
  const merged: Keyed<T>[] = [];
  let [fromA, fromB] = [0, 0];
  for (;;) {
    const [nextA, nextB] = [a[fromA], b[fromB]];
    if (nextA === undefined && nextB === undefined) return merged;
    const isA = nextB === undefined || (nextA !== undefined && compare(nextA, nextB) <= 0);
    merged.push((isA ? nextA : nextB) as Keyed<T>);
    if (isA) fromA++;
    else fromB++;
    const due = merged.length % slice === 0 ? pause() : undefined;
    if (due !== undefined) await due;
  }
}
