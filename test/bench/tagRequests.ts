import type { Client } from '../registry/openClient.ts';
import { registryFlags, skopeo } from '../support/skopeo.ts';
import { countRequests } from './countRequests.ts';
import { crowdSize, repository, withCrowd } from './crowd.ts';
import { withGantry, withRestarted } from './gantryClient.ts';
import { atMost, type BenchLine, type BenchRow, type Figure, type Peer } from './line.ts';
import type { MicrosoftClient } from './microsoft.ts';
import { countMicrosoftList, microsoftPeer, type PeerTarget, skopeoPeer } from './peers.ts';

const row = 'P1';

export const tagRequests: BenchRow = {
  row,
  title: 'Requests to show the names of tags',
  note: "Requests for tokens are counted, and said apart. Microsoft's provider goes on after its answer: it reads a manifest and a config of every tag. skopeo keeps nothing between its runs.",
  measure: async () => [
    await measureAnonymous(crowdSize, `${crowdSize} tags, anonymous`),
    await measureAnonymous(crowdSize + 1, `${crowdSize + 1} tags, anonymous: a page exactly full`),
    ...(await measureBearer()),
  ],
};

function measureAnonymous(tags: number, what: string): Promise<BenchLine> {
  return withCrowd({ tags, as: 'anonymous' }, async (registry) => {
    const target: PeerTarget = { registry, as: 'anonymous' };
    const gantry = await withGantry(target, (client) =>
      countRequests(registry, () => client.gantry.tagNames(`${registry.host}/${repository}`)),
    );
    const microsoft = await microsoftPeer(target, (client) => countMicrosoftList(registry, client, repository));
    const peers = [{ name: 'Microsoft', figure: microsoft }, await listBySkopeo(target)];
    return { row, what, gantry, peers, target: atMost(gantry, 1) };
  });
}

/** One after the other, each with what those before it have learnt. */
interface States<T> {
  readonly first: T;
  readonly warm: T;
  readonly restarted: T;
}

const targets: Readonly<Record<keyof States<unknown>, { readonly state: string; readonly most: number }>> = {
  first: { state: 'first contact', most: 3 },
  warm: { state: 'token held', most: 1 },
  restarted: { state: 'second start', most: 2 },
};

function measureBearer(): Promise<readonly BenchLine[]> {
  return withCrowd({ tags: crowdSize, as: 'bearer' }, async (registry) => {
    const target: PeerTarget = { registry, as: 'bearer' };
    const gantry = await withGantry(target, async (client): Promise<States<Figure>> => {
      const count = (one: Client): Promise<Figure> =>
        countRequests(registry, () => one.gantry.tagNames(`${registry.host}/${repository}`));
      return { first: await count(client), warm: await count(client), restarted: await withRestarted(client, count) };
    });
    const microsoft = await microsoftPeer(target, async (client): Promise<States<Figure>> => {
      const count = (one: MicrosoftClient): Promise<Figure> => countMicrosoftList(registry, one, repository);
      return { first: await count(client), warm: await count(client), restarted: await count(client.restarted()) };
    });
    const skopeoCount = await listBySkopeo(target);
    return (['first', 'warm', 'restarted'] as const).map((key): BenchLine => {
      const { state, most } = targets[key];
      const peer = { name: 'Microsoft', figure: typeof microsoft === 'string' ? microsoft : microsoft[key] };
      const what = `${crowdSize} tags, bearer: ${state}`;
      return { row, what, gantry: gantry[key], peers: [peer, skopeoCount], target: atMost(gantry[key], most) };
    });
  });
}

function listBySkopeo(target: PeerTarget): Promise<Peer> {
  return skopeoPeer(target, (registry) =>
    skopeo('list-tags', ...registryFlags(registry), `docker://${registry.host}/${repository}`),
  );
}
