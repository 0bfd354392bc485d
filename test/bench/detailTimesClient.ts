// Dates every tag of a repository by turns with Gantry and with Microsoft's provider, and prints the milliseconds of each.
//   node --expose-gc test/bench/detailTimesClient.ts <DetailTimesTask as JSON>
import { readAllFacts } from '../../src/core/finding/readFacts.ts';
import type { TagFacts } from '../../src/core/finding/tagFacts.ts';
import { withGantry } from './gantryClient.ts';
import { openMicrosoft } from './microsoft.ts';

export interface DetailTimesTask {
  readonly target: { readonly url: string; readonly host: string; readonly repository: string };
  /** Of each that count; one more before them does not. */
  readonly runs: number;
}

export interface DetailTimes {
  readonly gantry: readonly number[];
  /** A sentence where it could not be measured. */
  readonly microsoft: readonly number[] | string;
}

const { target, runs } = JSON.parse(process.argv[2] ?? '') as DetailTimesTask;
const { signal } = new AbortController();

const gantry: number[] = [];
const microsoft: number[] = [];
let failure: string | undefined;
for (let run = 0; run <= runs; run++) {
  gantry.push(await time(dateAll));
  if (failure !== undefined) continue;
  try {
    microsoft.push(await time(dateAllWithMicrosoft));
  } catch (error) {
    failure = `failed: ${error instanceof Error ? error.message : error}`;
  }
}
const times: DetailTimes = { gantry: gantry.slice(1), microsoft: failure ?? microsoft.slice(1) };
console.log(JSON.stringify(times));
process.exit();

async function time(action: () => Promise<void>): Promise<number> {
  globalThis.gc?.();
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** A client that knows nothing yet, as its peer. */
function dateAll(): Promise<void> {
  return withGantry({ registry: target, as: 'anonymous' }, async ({ gantry: client }) => {
    const repository = `${target.host}/${target.repository}`;
    const { items } = await client.tagPage(repository);
    const facts = new Map<string, TagFacts>();
    await readAllFacts({ inspect: client.inspect.bind(client), repository }, { tags: items, facts }, { signal });
    if (facts.size !== items.length) throw new Error(`Only ${facts.size} of ${items.length} tags were dated.`);
  });
}

async function dateAllWithMicrosoft(): Promise<void> {
  const client = await openMicrosoft(target);
  const { allRead } = await client.listTags(target.repository);
  await allRead;
}
