import type { Gantry } from '../../src/core/gantry.ts';
import { buildTiny } from '../support/sampleImages/crowd.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import {
  destinationFlags,
  dockerReference,
  registryFlags,
  type SkopeoTarget,
  skopeo,
  sourceFlags,
} from '../support/skopeo.ts';
import { countRequests } from './countRequests.ts';
import { type Access, access, repository } from './crowd.ts';
import { withGantry } from './gantryClient.ts';
import { atMost, type BenchLine, type BenchRow, type Peer } from './line.ts';
import { microsoftPeer, type PeerTarget, skopeoPeer } from './peers.ts';

const row = 'P12';

export const writeRequests: BenchRow = {
  row,
  title: 'Requests to tag and to delete',
  note: "The image has one layer, and is named by its digest. skopeo's copy is within the repository; Microsoft's provider deletes the digest of a tag without a look at other tags.",
  measure: async () => {
    const lines: BenchLine[] = [];
    for (const as of ['anonymous', 'bearer'] as const) {
      for (const operation of operations) lines.push(await measure(operation, as));
    }
    return lines;
  },
};

/** What a repository with one image under two tags, and another image, is asked for. */
interface Operation {
  readonly what: string;
  /** The most requests that it may take; absent where no target was set. */
  readonly target?: Readonly<Record<Access, number>>;
  /** What came before in the same process, and is not counted. */
  readonly before?: (gantry: Gantry, image: string) => Promise<unknown>;
  readonly run: (gantry: Gantry, image: string) => Promise<unknown>;
  readonly peers: readonly PeerOperation[];
}

type PeerOperation = (target: PeerTarget, digest: string) => Promise<Peer>;

const copyBySkopeo: PeerOperation = (peerTarget, digest) =>
  skopeoPeer(peerTarget, (target) =>
    skopeo('copy', ...sourceFlags(target), ...destinationFlags(target), ...copyReferences(target, digest)),
  );

const deleteBySkopeo: PeerOperation = (peerTarget, digest) =>
  skopeoPeer(peerTarget, (target) =>
    skopeo('delete', ...registryFlags(target), dockerReference(target, repository, digest)),
  );

/** It finds the digest of a tag, and deletes that without a look at other tags. */
const deleteByMicrosoft: PeerOperation = async (target) => ({
  name: 'Microsoft',
  figure: await microsoftPeer(target, (client) =>
    countRequests(target.registry, () => client.deleteTag(repository, '1.0.0')),
  ),
});

const operations: readonly Operation[] = [
  {
    what: 'tag an image that was looked at',
    target: { anonymous: 2, bearer: 4 },
    before: (gantry, image) => gantry.inspect(image),
    run: (gantry, image) => gantry.tag(image, 'stable'),
    peers: [copyBySkopeo],
  },
  {
    what: 'tag another, moving what the tag names',
    target: { anonymous: 2, bearer: 4 },
    run: (gantry, image) => gantry.tag(image, 'stable', { overwrite: true }),
    peers: [copyBySkopeo],
  },
  {
    what: 'tag another, with a look at the tag before',
    run: (gantry, image) => gantry.tag(image, 'stable'),
    peers: [copyBySkopeo],
  },
  {
    what: 'delete a digest whose tags were looked for',
    target: { anonymous: 2, bearer: 4 },
    before: (gantry, image) => gantry.planDelete(image),
    run: deleteDigest,
    peers: [deleteBySkopeo, deleteByMicrosoft],
  },
  {
    what: 'delete a digest, looking at its 3 tags first',
    run: deleteDigest,
    peers: [deleteBySkopeo, deleteByMicrosoft],
  },
];

async function deleteDigest(gantry: Gantry, image: string): Promise<void> {
  await gantry.runDelete(await gantry.planDelete(image));
}

async function measure({ what, target, before, run, peers }: Operation, as: Access): Promise<BenchLine> {
  const gantry = await withImages(as, (registry, digest) =>
    withGantry({ registry, as }, async (client) => {
      const image = `${registry.host}/${repository}@${digest}`;
      await before?.(client.gantry, image);
      return countRequests(registry, () => run(client.gantry, image));
    }),
  );
  return {
    row,
    what: `${what}, ${as}`,
    gantry,
    peers: await Promise.all(peers.map((peer) => withImages(as, (registry, digest) => peer({ registry, as }, digest)))),
    ...(target !== undefined && { target: atMost(gantry, target[as]) }),
  };
}

async function withImages<T>(as: Access, use: (registry: SampleRegistry, digest: string) => Promise<T>): Promise<T> {
  const registry = await startSampleRegistry(access[as]);
  try {
    const created = '2026-03-01T00:00:00Z';
    const digest = registry.push(repository, buildTiny({ version: '1.0.0', created }), '1.0.0', 'latest');
    registry.push(repository, buildTiny({ version: '2.0.0', created }), '2.0.0');
    return await use(registry, digest);
  } finally {
    await registry.close();
  }
}

function copyReferences(target: SkopeoTarget, digest: string): readonly string[] {
  return [dockerReference(target, repository, digest), dockerReference(target, repository, 'stable')];
}
