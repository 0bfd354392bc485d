import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crowdSize, repository, withCrowd } from './crowd.ts';
import type { DetailTimes, DetailTimesTask } from './detailTimesClient.ts';
import { timeFigure } from './figures.ts';
import { atMostOf, type BenchLine, type BenchRow } from './line.ts';

const row = 'P4';

export const detailTimes: BenchRow = {
  row,
  title: `Milliseconds to date all ${crowdSize} tags`,
  note: "Size, date and platform of every tag, by turns with Microsoft's provider in one process; nothing is kept between the runs. A first run of each does not count.",
  measure: async ({ isQuick }) =>
    withCrowd({ tags: crowdSize, as: 'anonymous' }, async ({ url, host }): Promise<readonly BenchLine[]> => {
      const task: DetailTimesTask = { target: { url, host, repository }, runs: isQuick ? 3 : 7 };
      const script = join(import.meta.dirname, 'detailTimesClient.ts');
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, JSON.stringify(task)]);
      const times = JSON.parse(stdout) as DetailTimes;
      const gantry = timeFigure(times.gantry);
      const what = `${crowdSize} tags`;
      if (typeof times.microsoft === 'string')
        return [{ row, what, gantry, peers: [{ name: 'Microsoft', figure: times.microsoft }] }];
      const peer = { name: 'Microsoft', figure: timeFigure(times.microsoft) };
      return [{ row, what, gantry, peers: [peer], target: atMostOf(gantry, peer, 0.35) }];
    }),
};
