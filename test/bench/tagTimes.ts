import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crowdSize, distance, repository, withCrowd } from './crowd.ts';
import { withDistributionCrowd } from './distributionCrowd.ts';
import { timeFigure } from './figures.ts';
import { atMostOf, type BenchLine, type BenchOptions, type BenchRow } from './line.ts';
import type { TagTimes, TagTimesTask } from './tagTimesClient.ts';

const row = 'P2';

export const tagTimes: BenchRow = {
  row,
  title: 'Milliseconds to the sorted names of tags',
  note: 'From the call to the turn of the event loop after the names are there, by turns with the peer in one process; the server is another. A first run of each does not count.',
  measure: async (options) => [
    ...((await withDistributionCrowd((registry) => measureOn('Distribution 2.8', registry, options))) ?? []),
    ...(await withCrowd({ tags: crowdSize, as: 'anonymous' }, (registry) =>
      measureOn('the sample registry', registry, options),
    )),
    ...(await withCrowd({ tags: crowdSize, as: 'anonymous', latency: distance }, (registry) =>
      measureOn(`the sample registry, ${distance} ms away`, registry, options),
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
  const lines = [line(what, withBare, 'bare GET', 1.5)];
  try {
    const withMicrosoft = await runClient({ target, peer: 'microsoft', runs: isQuick ? 7 : 15 });
    return [...lines, line(what, withMicrosoft, 'Microsoft', 0.15)];
  } catch (error) {
    const peer = { name: 'Microsoft', figure: `failed: ${error instanceof Error ? error.message : error}` };
    return [...lines, { row, what, gantry: timeFigure(withBare.gantry), peers: [peer] }];
  }
}

function line(what: string, times: TagTimes, name: string, share: number): BenchLine {
  const gantry = timeFigure(times.gantry);
  const peer = { name, figure: timeFigure(times.peer) };
  return { row, what, gantry, peers: [peer], target: atMostOf(gantry, peer, share) };
}

/** In a process of its own, so that the sample registry takes nothing of its time. */
async function runClient(task: TagTimesTask): Promise<TagTimes> {
  const script = join(import.meta.dirname, 'tagTimesClient.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, JSON.stringify(task)]);
  return JSON.parse(stdout) as TagTimes;
}
