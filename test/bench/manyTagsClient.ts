// Lists and sorts very many tags as the tree does, and prints what each run cost as JSON.
//   node --expose-gc test/bench/manyTagsClient.ts <task as JSON>
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { TagSummary } from '../../src/api.ts';
import { type ArrangedTags, arrangeTags } from '../../src/core/finding/arrangeTags.ts';
import { PageReading } from '../../src/core/registry/pageReading.ts';
import { createPause } from '../../src/host/pause.ts';
import type { Client } from '../registry/openClient.ts';
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
const arrangement = {
  order: 'version',
  filter: undefined,
  showsAttachments: false,
  groupsImages: false,
  facts: new Map(),
} as const;

/** What the tree keeps of an open repository: alive while the heap is looked at, and gone before the next run. */
let kept: { readonly reading: PageReading<TagSummary>; readonly arranged: ArrangedTags | undefined } | undefined;

const samples = await withGantry({ registry: { url }, as: 'anonymous' }, async (client) => {
  const samples: ManyTags[] = [];
  for (let run = 0; run <= runs; run++) {
    kept = undefined;
    const before = await heapAfterCollection();
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    kept = await listAndSort(client);
    delays.disable();
    const heap = ((await heapAfterCollection()) - before) / 1e6;
    const tags = kept.arranged?.tags.length ?? 0;
    samples.push({ tags, heap, p99: delays.percentile(99) / 1e6, worst: delays.max / 1e6 });
  }
  return samples.slice(1);
});
console.log(JSON.stringify(samples));
process.exit();

async function listAndSort({ gantry }: Client): Promise<NonNullable<typeof kept>> {
  const reading = new PageReading<TagSummary>(
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
  return { reading, arranged };
}

/** Bytes. What is freed late, as by finalizers, is garbage of the second collection. */
async function heapAfterCollection(): Promise<number> {
  for (let collection = 0; collection < 2; collection++) {
    globalThis.gc?.();
    await setImmediate();
  }
  return process.memoryUsage().heapUsed;
}
