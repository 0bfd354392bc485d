import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crowdSize, distance, repository, withCrowd } from './crowd.ts';
import type { DetailTimes, DetailTimesTask } from './detailTimesClient.ts';
import { timeFigure } from './figures.ts';
import { atMostOf, type BenchLine, type BenchRow } from './line.ts';

const row = 'P4';

export const detailTimes: BenchRow = {
  row,
  title: `Milliseconds to date all ${crowdSize} tags`,
  note: "Size, date and platform of every tag, by turns with Microsoft's provider in one process; nothing is kept between the runs. A first run of each does not count.",
  measure: async ({ isQuick }) => [
    ...(await measureAt(0, `${crowdSize} tags`, isQuick ? 3 : 7)),
    // Six at once, as kindness to registries wants it, take two documents of each image no faster than that.
    ...(await measureAt(distance, `${crowdSize} tags, ${distance} ms away`, 1)),
  ],
};

async function measureAt(latency: number, what: string, runs: number): Promise<readonly BenchLine[]> {
  return withCrowd(
    { tags: crowdSize, as: 'anonymous', latency },
    async ({ url, host }): Promise<readonly BenchLine[]> => {
      const task: DetailTimesTask = { target: { url, host, repository }, runs };
      const script = join(import.meta.dirname, 'detailTimesClient.ts');
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, JSON.stringify(task)]);
      const times = JSON.parse(stdout) as DetailTimes;
      const gantry = timeFigure(times.gantry);
      if (typeof times.microsoft === 'string')
        return [{ row, what, gantry, peers: [{ name: 'Microsoft', figure: times.microsoft }] }];
      const peer = { name: 'Microsoft', figure: timeFigure(times.microsoft) };
      return [{ row, what, gantry, peers: [peer], target: atMostOf(gantry, peer, 0.35) }];
    },
  );
}
