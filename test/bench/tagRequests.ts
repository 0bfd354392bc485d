import type { SampleRegistry } from '../support/sampleRegistry.ts';
import { registryFlags, skopeo } from '../support/skopeo.ts';
import { countRequests } from './countRequests.ts';
import { type Access, crowdSize, login, repository, withCrowd } from './crowd.ts';
import { withGantry, withRestarted } from './gantryClient.ts';
import { atMost, type BenchLine, type BenchRow, type Peer } from './line.ts';
import { type MicrosoftClient, openMicrosoft } from './microsoft.ts';
import { skopeoPeer } from './skopeoPeer.ts';

const row = 'P1';

export const tagRequests: BenchRow = {
  row,
  title: 'Requests to show the names of tags',
  measure: async () => [
    ...(await measureAnonymous(crowdSize)),
    ...(await measureAnonymous(crowdSize + 1)),
    ...(await measureBearer()),
  ],
};

function measureAnonymous(tags: number): Promise<readonly BenchLine[]> {
  return withCrowd({ tags, as: 'anonymous' }, async (registry) => {
    const gantry = await withGantry({ registry, as: 'anonymous' }, (client) =>
      countRequests(registry, () => client.gantry.tagNames(`${registry.host}/${repository}`)),
    );
    const peers = [
      await microsoftPeer(registry, openFor(registry, 'anonymous')),
      await listedBySkopeo(registry, 'anonymous'),
    ];
    const what = `${tags.toLocaleString('en')} tags, anonymous${tags > crowdSize ? ', a page exactly full' : ''}`;
    return [{ row, what, gantry, peers, target: atMost(gantry, 1) }];
  });
}

function measureBearer(): Promise<readonly BenchLine[]> {
  return withCrowd({ tags: crowdSize, as: 'bearer' }, async (registry) => {
    const list = `${crowdSize} tags, bearer`;
    const microsoft = openFor(registry, 'bearer');
    return withGantry({ registry, as: 'bearer' }, async (client) => {
      const name = `${registry.host}/${repository}`;
      const first = await countRequests(registry, () => client.gantry.tagNames(name));
      const again = await countRequests(registry, () => client.gantry.tagNames(name));
      const restarted = await withRestarted(client, (other) =>
        countRequests(registry, () => other.gantry.tagNames(name)),
      );
      const skopeoPeers = [await listedBySkopeo(registry, 'bearer')];
      return [
        {
          row,
          what: `${list}, first contact`,
          gantry: first,
          peers: [await microsoftPeer(registry, microsoft), ...skopeoPeers],
          target: atMost(first, 3),
        },
        {
          row,
          what: `${list}, token held`,
          gantry: again,
          peers: [await microsoftPeer(registry, microsoft), ...skopeoPeers],
          target: atMost(again, 1),
        },
        {
          row,
          what: `${list}, second start`,
          gantry: restarted,
          peers: [
            await microsoftPeer(
              registry,
              microsoft.then((known) => known.restarted()),
            ),
            ...skopeoPeers,
          ],
          target: atMost(restarted, 2),
        },
      ];
    });
  });
}

function openFor({ url }: SampleRegistry, as: Access): Promise<MicrosoftClient> {
  return openMicrosoft({ url, ...(as === 'bearer' && { login }) });
}

async function microsoftPeer(registry: SampleRegistry, opening: Promise<MicrosoftClient>): Promise<Peer> {
  const name = 'Microsoft';
  try {
    const client = await opening;
    return {
      name,
      figure: await countRequests(
        registry,
        () => client.listTags(repository),
        ({ allRead }) => allRead,
      ),
    };
  } catch (error) {
    return { name, figure: `failed: ${error}` };
  }
}

function listedBySkopeo(registry: SampleRegistry, as: Access): Promise<Peer> {
  return skopeoPeer({ registry, as }, (target) =>
    skopeo('list-tags', ...registryFlags(target), `docker://${target.host}/${repository}`),
  );
}
