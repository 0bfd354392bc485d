import { readFacts } from '../../src/core/finding/readFacts.ts';
import { sortByTag } from '../../src/core/oci/tagOrder.ts';
import type { Client } from '../registry/openClient.ts';
import { writeIndex } from '../support/imageWriter.ts';
import { buildTiny, manyReleases } from '../support/sampleImages/crowd.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { countRequests } from './countRequests.ts';
import { access, crowdSize, repository } from './crowd.ts';
import { withGantry } from './gantryClient.ts';
import { atMost, type BenchLine, type BenchRow, type Figure } from './line.ts';
import { countMicrosoftList, microsoftPeer } from './peers.ts';

const rows = 40;
const created = '2026-03-01T00:00:00Z';

export const detailRequests: BenchRow = {
  row: 'P3',
  title: `Requests to date ${rows} rows of images for two platforms`,
  note: `The list, then of each row its index, the manifest of one platform and its config; a token. Microsoft's provider looks at all ${crowdSize} tags, and cannot do otherwise.`,
  measure: () =>
    withIndexes('bearer', async (registry) => {
      const target = { registry, as: 'bearer' } as const;
      const gantry = await withGantry(target, (client) => countRequests(registry, () => lookAtRows(client, registry)));
      const microsoft = await microsoftPeer(target, (client) => countMicrosoftList(registry, client, repository));
      const peers = [{ name: 'Microsoft', figure: microsoft }];
      // One token; the first request of a connection tells how to get it.
      return [
        {
          row: 'P3',
          what: `${rows} of ${crowdSize} tags, bearer`,
          gantry,
          peers,
          target: atMost(gantry, 1 + 3 * rows + 2),
        },
      ];
    }),
};

export const refreshRequests: BenchRow = {
  row: 'P5',
  title: 'Refreshing a repository in which nothing has changed',
  note: 'The list again, and HEAD for the rows that are looked at. Bytes are those of manifests and configs.',
  measure: () =>
    withIndexes('anonymous', async (registry) => {
      const counts = await withGantry({ registry, as: 'anonymous' }, async (client) => {
        await lookAtRows(client, registry);
        const before = registry.requests.length;
        const all = await countRequests(registry, () => lookAtRows(client, registry));
        const made = registry.requests.slice(before);
        return {
          all,
          gets: figure(made.filter(({ method, path }) => method === 'GET' && !path.includes('/tags/')).length),
        };
      });
      const lines: readonly BenchLine[] = [
        {
          row: 'P5',
          what: `requests, ${rows} rows in view`,
          gantry: counts.all,
          peers: [],
          target: atMost(counts.all, 1 + rows),
        },
        {
          row: 'P5',
          what: 'manifests and configs read',
          gantry: counts.gets,
          peers: [],
          target: atMost(counts.gets, 0),
        },
      ];
      return lines;
    }),
};

/** As the tree does when a repository is opened: see src/host/tree/tagDetails.ts. */
async function lookAtRows({ gantry }: Client, registry: SampleRegistry): Promise<void> {
  const name = `${registry.host}/${repository}`;
  const { items } = await gantry.tagPage(name);
  const source = { inspect: gantry.inspect.bind(gantry), repository: name };
  const { signal } = new AbortController();
  await Promise.all(
    sortByTag(items)
      .slice(0, rows)
      .map((tag) => readFacts(source, tag, signal)),
  );
}

async function withIndexes<T>(as: keyof typeof access, use: (registry: SampleRegistry) => Promise<T>): Promise<T> {
  const registry = await startSampleRegistry(access[as]);
  try {
    for (const { tag, image } of manyReleases(created, crowdSize)) {
      registry.push(repository, writeIndex([image, buildTiny({ version: `${tag}-other`, created })]), tag);
    }
    return await use(registry);
  } finally {
    await registry.close();
  }
}

function figure(value: number): Figure {
  return { value, text: value.toLocaleString('en'), samples: [value] };
}
