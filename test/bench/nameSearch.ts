import { NameSearch } from '../../src/core/finding/nameSearch.ts';
import { NamesIndex } from '../../src/core/finding/namesIndex.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { timeFigure } from './figures.ts';
import { atMost, type BenchLine, type BenchRow } from './line.ts';

const row = 'S1';
const count = 10_000;
const { signal } = new AbortController();

export const nameSearch: BenchRow = {
  row,
  title: `A part of a name among ${count.toLocaleString('en')} repositories`,
  note: 'To the first results from the names that are kept. Cold: with reading them, as at the first search of a window, but from memory and not from a disk.',
  measure: async ({ isQuick }): Promise<readonly BenchLine[]> => {
    const { data: store } = fakePorts();
    const names = Array.from({ length: count }, (_, index) => `team-${index % 97}/service-${index}/image`);
    const open = (): NamesIndex =>
      new NamesIndex({ store, now: Date.now, openList: () => async () => ({ items: [] }) });
    await open().add('one', names);
    const runs = isQuick ? 10 : 40;
    const cold = await measure(runs, open);
    const index = open();
    const warm = await measure(runs, () => index);
    return [
      { row, what: 'first results, cold', gantry: cold, peers: [], target: atMost(cold, 50, ' ms') },
      { row, what: 'first results, warm', gantry: warm, peers: [], target: atMost(warm, 50, ' ms') },
    ];
  },
};

async function measure(runs: number, open: () => NamesIndex): Promise<ReturnType<typeof timeFigure>> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const search = new NameSearch({ index: open(), now: Date.now, searchNatively: async () => undefined });
    const start = performance.now();
    let found = 0;
    await search.search(['one'], `service-${run}`, {
      signal,
      isLocal: true,
      found: ({ names }) => {
        found = names.length;
        times.push(performance.now() - start);
      },
    });
    if (found === 0) throw new Error('Nothing was found.');
  }
  return timeFigure(times.slice(1));
}
