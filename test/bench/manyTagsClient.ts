// Lists and sorts very many tags as the tree does, and prints what that costs as JSON.
//   node --expose-gc test/bench/manyTagsClient.ts <task as JSON>
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { type ArrangedTags, arrangeTags } from '../../src/core/finding/arrangeTags.ts';
import { PageReading } from '../../src/core/registry/pageReading.ts';
import { createPause } from '../../src/host/pause.ts';
import { median } from './figures.ts';
import { withGantry } from './gantryClient.ts';

export interface ManyTags {
  readonly tags: number;
  /** Megabytes. */
  readonly heap: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly worst: number;
}

const { url, host, repository, runs } = JSON.parse(process.argv[2] ?? '') as {
  readonly url: string;
  readonly host: string;
  readonly repository: string;
  readonly runs: number;
};
const { signal } = new AbortController();
const arrangement = { order: 'version', filter: undefined, showsAttachments: false, facts: new Map() } as const;

const samples = await withGantry({ registry: { url }, as: 'anonymous' }, async ({ gantry }) => {
  const samples: ManyTags[] = [];
  for (let run = 0; run <= runs; run++) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const delays = monitorEventLoopDelay({ resolution: 1 });
    await setImmediate();
    delays.enable();
    const reading = new PageReading(
      (cursor) => gantry.tagPage(`${host}/${repository}`, cursor === undefined ? {} : { cursor }),
      ({ name }) => name,
    );
    let arranged: ArrangedTags | undefined;
    while (reading.end === undefined) {
      await reading.readPage(signal);
      // The tree draws once a second, which is about so often.
      if (reading.pages === 1 || reading.pages % 10 === 0 || reading.end !== undefined)
        arranged = await arrangeTags(reading.items, arrangement, createPause());
    }
    delays.disable();
    globalThis.gc?.();
    const heap = (process.memoryUsage().heapUsed - before) / 1e6;
    samples.push({
      tags: arranged?.tags.length ?? 0,
      heap,
      p99: delays.percentile(99) / 1e6,
      worst: delays.max / 1e6,
    });
  }
  return samples.slice(1);
});
const middle = (key: keyof ManyTags): number => median(samples.map((sample) => sample[key]));
console.log(JSON.stringify({ tags: middle('tags'), heap: middle('heap'), p99: middle('p99'), worst: middle('worst') }));
process.exit();
