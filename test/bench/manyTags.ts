import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildTiny } from '../support/sampleImages/crowd.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { repository } from './crowd.ts';
import { countFigure, median } from './figures.ts';
import { atMost, type BenchLine, type BenchRow, type Figure } from './line.ts';
import type { ManyTags } from './manyTagsClient.ts';

const row = 'P11';
const count = 50_000;

export const manyTags: BenchRow = {
  row,
  title: `${count.toLocaleString('en')} tags listed and sorted`,
  note: 'In a process of its own, page by page as the tree reads and sorts them; the heap after collections of garbage, with what the tree keeps; the delay of the event loop meanwhile. A first run does not count.',
  measure: async ({ isQuick }) => {
    const registry = await startSampleRegistry();
    try {
      const image = buildTiny({ version: '1.0.0', created: '2026-03-01T00:00:00Z' });
      const names = Array.from({ length: count }, (_, index) => `${index % 41}.${index % 97}.${index}`);
      registry.push(repository, image, ...names);
      const script = join(import.meta.dirname, 'manyTagsClient.ts');
      const task = JSON.stringify({ url: registry.url, host: registry.host, repository, runs: isQuick ? 3 : 7 });
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, task]);
      return describe(JSON.parse(stdout) as readonly ManyTags[]);
    } finally {
      await registry.close();
    }
  },
};

function describe(runs: readonly ManyTags[]): readonly BenchLine[] {
  const figure = (key: keyof ManyTags, unit: string): Figure => {
    const samples = runs.map((run) => run[key]);
    const [least, greatest] = [Math.min(...samples), Math.max(...samples)];
    const value = median(samples);
    return { value, text: `${value.toFixed(1)}${unit} (${least.toFixed(1)}–${greatest.toFixed(1)})`, samples };
  };
  const lines = (
    [
      ['growth of the heap', 'heap', 40, ' MB'],
      ['delay of the event loop, 99th percentile', 'p99', 25, ' ms'],
      ['delay of the event loop, greatest', 'worst', 50, ' ms'],
    ] as const
  ).map(([what, key, limit, unit]): BenchLine => {
    const gantry = figure(key, unit);
    return { row, what, gantry, peers: [], target: atMost(gantry, limit, unit) };
  });
  return [{ row, what: 'tags', gantry: countFigure(median(runs.map(({ tags }) => tags))), peers: [] }, ...lines];
}
