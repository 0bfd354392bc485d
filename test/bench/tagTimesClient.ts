// Lists the tags of a repository by turns with Gantry and with a peer, and prints the milliseconds of each as JSON.
//   node --expose-gc test/bench/tagTimesClient.ts <TagTimesTask as JSON>
import { setImmediate } from 'node:timers/promises';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { arrangeTags } from '../../src/core/finding/arrangeTags.ts';
import { createPause } from '../../src/host/pause.ts';
import { withGantry } from './gantryClient.ts';
import { openMicrosoft } from './microsoft.ts';

export interface TagTimesTask {
  readonly target: { readonly url: string; readonly host: string; readonly repository: string };
  readonly peer: 'bare' | 'microsoft';
  /** Of each that count; one more before them does not. */
  readonly runs: number;
}

export interface TagTimes {
  readonly gantry: readonly number[];
  readonly peer: readonly number[];
}

/** Lists the sorted names. Before others are measured, `rest` has to end. */
type ListTags = () => Promise<{ readonly rest?: Promise<void> }>;

const task = JSON.parse(process.argv[2] ?? '') as TagTimesTask;
const { target } = task;
const arrangement = {
  order: 'version',
  filter: undefined,
  showsAttachments: false,
  groupsImages: false,
  facts: new Map(),
} as const;

console.log(
  JSON.stringify(
    await withGantry({ registry: target, as: 'anonymous' }, async ({ gantry }): Promise<TagTimes> => {
      const listWithGantry: ListTags = async () => {
        const { items } = await gantry.tagPage(`${target.host}/${target.repository}`);
        await arrangeTags(items, arrangement, createPause());
        return {};
      };
      const listWithPeer = task.peer === 'bare' ? bareList() : await microsoftList();
      const times: { readonly gantry: number[]; readonly peer: number[] } = { gantry: [], peer: [] };
      for (let run = 0; run <= task.runs; run++) {
        times.gantry.push(await time(listWithGantry));
        times.peer.push(await time(listWithPeer));
      }
      return { gantry: times.gantry.slice(1), peer: times.peer.slice(1) };
    }),
  ),
);
process.exit();

/** Up to the next turn of the event loop: what an extension has to show leaves its host then. */
async function time(list: ListTags): Promise<number> {
  // What the other has left behind is none of its business.
  globalThis.gc?.();
  const start = performance.now();
  const { rest } = await list();
  await setImmediate();
  const milliseconds = performance.now() - start;
  await rest;
  return milliseconds;
}

/** The least that any client has to do: the same HTTP library without anything around it. */
function bareList(): ListTags {
  const agent = new Agent();
  return async () => {
    const path = `/v2/${target.repository}/tags/list?n=1000`;
    const { body } = await request.call(agent, { origin: target.url, path, method: 'GET' });
    const { tags } = JSON.parse(await body.text()) as { readonly tags: string[] };
    tags.sort();
    return {};
  };
}

async function microsoftList(): Promise<ListTags> {
  const client = await openMicrosoft(target);
  return async () => {
    const { names, allRead } = await client.listTags(target.repository);
    names.toSorted();
    return { rest: allRead };
  };
}
