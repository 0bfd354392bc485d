import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildTiny } from '../support/sampleImages/crowd.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { repository } from './crowd.ts';
import { countFigure } from './figures.ts';
import { atMost, type BenchLine, type BenchRow, type Figure } from './line.ts';
import type { ManyTags } from './manyTagsClient.ts';

const row = 'P11';
const count = 50_000;

export const manyTags: BenchRow = {
  row,
  title: `${count.toLocaleString('en')} tags listed and sorted`,
  note: 'In a process of its own, page by page as the tree reads and sorts them; the heap after a collection of garbage, the delay of the event loop meanwhile. A first run does not count.',
  measure: async ({ isQuick }) => {
    const registry = await startSampleRegistry();
    try {
      const image = buildTiny({ version: '1.0.0', created: '2026-03-01T00:00:00Z' });
      const names = Array.from({ length: count }, (_, index) => `${index % 41}.${index % 97}.${index}`);
      registry.push(repository, image, ...names);
      const script = join(import.meta.dirname, 'manyTagsClient.ts');
      const task = JSON.stringify({ url: registry.url, host: registry.host, repository, runs: isQuick ? 3 : 7 });
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, task]);
      return describe(JSON.parse(stdout) as ManyTags);
    } finally {
      await registry.close();
    }
  },
};

function describe({ heap, p99, worst, tags }: ManyTags): readonly BenchLine[] {
  const megabytes = (value: number): Figure => ({ value, text: `${value.toFixed(1)} MB`, samples: [value] });
  const delay = (value: number): Figure => ({ value, text: `${value.toFixed(1)} ms`, samples: [value] });
  const lines = [
    { what: 'growth of the heap', gantry: megabytes(heap), limit: 40, unit: ' MB' },
    { what: 'delay of the event loop, 99th percentile', gantry: delay(p99), limit: 25, unit: ' ms' },
    { what: 'delay of the event loop, greatest', gantry: delay(worst), limit: 50, unit: ' ms' },
  ].map(
    ({ what, gantry, limit, unit }): BenchLine => ({
      row,
      what,
      gantry,
      peers: [],
      target: atMost(gantry, limit, unit),
    }),
  );
  return [{ row, what: 'tags', gantry: countFigure(tags), peers: [] }, ...lines];
}
