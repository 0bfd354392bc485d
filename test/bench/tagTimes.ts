import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crowdSize, repository, withCrowd } from './crowd.ts';
import { withDistributionCrowd } from './distributionCrowd.ts';
import { timeFigure } from './figures.ts';
import { atMostOf, type BenchLine, type BenchOptions, type BenchRow } from './line.ts';
import type { TagTimes, TagTimesTask } from './tagTimesClient.ts';

const row = 'P2';

export const tagTimes: BenchRow = {
  row,
  title: 'Milliseconds to the sorted names of tags',
  measure: async (options) => [
    ...((await withDistributionCrowd((registry) => measureOn('Distribution 2.8', registry, options))) ?? []),
    ...(await withCrowd({ tags: crowdSize, as: 'anonymous' }, (registry) =>
      measureOn('the sample registry', registry, options),
    )),
  ],
};

async function measureOn(
  server: string,
  { url, host }: { readonly url: string; readonly host: string },
  { isQuick }: BenchOptions,
): Promise<readonly BenchLine[]> {
  const target = { url, host, repository };
  const what = `${crowdSize} tags of ${server}`;
  const withBare = await runClient({ target, peer: 'bare', runs: isQuick ? 15 : 41 });
  const withMicrosoft = await runClient({ target, peer: 'microsoft', runs: isQuick ? 7 : 15 });
  return [line(what, withBare, 'bare GET', 1.5), line(what, withMicrosoft, 'Microsoft', 0.15)];
}

function line(what: string, times: TagTimes, name: string, share: number): BenchLine {
  const gantry = timeFigure(times.gantry);
  const peer = { name, figure: timeFigure(times.peer) };
  return { row, what, gantry, peers: [peer], target: atMostOf(gantry, peer, share) };
}

/** In a process of its own, so that the sample registry takes nothing of its time. */
async function runClient(task: TagTimesTask): Promise<TagTimes> {
  const script = join(import.meta.dirname, 'tagTimesClient.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(task)]);
  return JSON.parse(stdout) as TagTimes;
}
