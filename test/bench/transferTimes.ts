import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleWithThreads } from '../support/bundleWithThreads.ts';
import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { findOnPath } from '../support/findOnPath.ts';
import { crane, ensureGoPrograms, goProgramFile, regctl } from '../support/goPrograms.ts';
import { writeImage } from '../support/imageWriter.ts';
import { type Artifact, sha256 } from '../support/oci.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { destinationFlags, skopeo, skopeoProgram, sourceFlags } from '../support/skopeo.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { countFigure, median, timeFigure } from './figures.ts';
import { atMost, atMostOf, type BenchLine, type BenchOptions, type BenchRow, type Figure } from './line.ts';
import type { TransferCost, TransferTask } from './transferClient.ts';

const mebibyte = 1024 * 1024;
const megabyte = 1_000_000;
const run = promisify(execFile);

export const transferTimes: BenchRow = {
  row: 'P9',
  title: 'Images pulled and copied (P9, P10, P11, P12)',
  note: 'Layers of random bytes on Distribution 2.8, all on this machine; each run is a process of its own, by turns. Everybody verifies digests. Gantry and skopeo wait until the disk has what they wrote, crane, regctl and curl do not: the lines with sync have them wait too. Copies go to another Distribution 2.8, a new one each time: skopeo remembers what a registry has.',
  measure: async (options) => {
    const missing = [distributionProgram, skopeoProgram, 'curl', 'openssl'].filter(
      (name) => findOnPath(name) === undefined,
    );
    if (missing.length > 0) throw new Error(`this machine has no ${missing.join(', ')}`);
    await ensureGoPrograms([crane, regctl]);
    return withTemporaryFolder((folder) => measureIn(folder, options));
  },
};

/** One way to do it, with the time of each run. */
interface Contender {
  readonly name: string;
  readonly samples: number[];
  /** Milliseconds that it took, where it measures itself. */
  readonly transfer: (target: string) => Promise<number | undefined>;
}

async function measureIn(folder: string, { isQuick }: BenchOptions): Promise<readonly BenchLine[]> {
  const turns = isQuick ? 4 : 8;
  const size = (isQuick ? 200 : 500) * megabyte;
  const client = await bundleWithThreads(join(import.meta.dirname, 'transferClient.ts'), join(folder, 'client'));
  const registry = await startDistribution();
  const inFolder = async (name: string): Promise<Place> => {
    const target = join(folder, name);
    return { target, leave: () => rm(target, { recursive: true }) };
  };
  try {
    const [one, eight, small] = ['one', 'eight', 'small'].map((name) => `${registry.host}/bench/${name}:1`);
    const largest = imageOf(1, size);
    await pushOverHttp(registry, 'bench/one', largest, '1');
    await pushOverHttp(registry, 'bench/eight', imageOf(8, size / 8), '1');
    await pushOverHttp(registry, 'bench/small', imageOf(1, size / 10), '1');
    const costs = new Map<string, TransferCost[]>();
    const gantry = (source: string | undefined): Contender => ({
      name: 'Gantry',
      samples: [],
      transfer: async (target) => {
        const cost = await runClient(client, { source: source ?? '', target });
        const kind = `${source} ${target.startsWith('/') ? 'pulled' : 'copied'}`;
        costs.set(kind, [...(costs.get(kind) ?? []), cost]);
        return cost.milliseconds;
      },
    });
    const download = await race(turns, inFolder, [
      gantry(one),
      byCommand('skopeo copy dir:', (target) =>
        skopeo('copy', ...sourceFlags(registry), `docker://${one}`, `dir:${target}`),
      ),
      ...withAndWithoutSync('curl, openssl dgst', async (target) => {
        await run('curl', ['-s', '-o', target, `${registry.url}/v2/bench/one/blobs/${layerOf(largest)}`]);
        await run('openssl', ['dgst', '-sha256', target]);
      }),
    ]);
    const layout = await race(turns, inFolder, [
      gantry(eight),
      byCommand('skopeo', (target) => skopeo('copy', ...sourceFlags(registry), `docker://${eight}`, `oci:${target}:1`)),
      ...withAndWithoutSync('crane', (target) =>
        run(goProgramFile(crane), ['pull', '--insecure', '--format', 'oci', eight ?? '', target]),
      ),
      ...withAndWithoutSync('regctl', (target) =>
        regctlRun([registry.host], ['image', 'copy', eight ?? '', `ocidir://${target}:1`]),
      ),
    ]);
    const copy = await race(turns, intoNewRegistry, [
      gantry(eight),
      byCommand('skopeo', (target) =>
        skopeo(
          'copy',
          ...sourceFlags(registry),
          ...destinationFlags({ host: hostOf(target) }),
          `docker://${eight}`,
          `docker://${target}:1`,
        ),
      ),
      byCommand('crane', (target) => run(goProgramFile(crane), ['copy', '--insecure', eight ?? '', `${target}:1`])),
      byCommand('regctl', (target) =>
        regctlRun([registry.host, hostOf(target)], ['image', 'copy', eight ?? '', `${target}:1`]),
      ),
    ]);
    const ofSmall = await runClient(client, { source: small ?? '', target: join(folder, 'small') });
    const ofLarge = [...costs.values()];
    const what = `${size / megabyte} MB`;
    return [
      ...linesOf('P9', `download and verify ${what}, one layer`, download, (name) =>
        name.startsWith('skopeo') ? 0.6 : 1.6,
      ),
      ...linesOf('P12', `pull ${what} in 8 layers into a layout`, layout, (name) => (name === 'skopeo' ? 1 : 1.1)),
      ...linesOf('P12', `copy ${what} in 8 layers`, copy, (name) => (name === 'skopeo' ? 1 : 1.1)),
      memoryLine(what, ofLarge, ofSmall),
      ...delayLines(ofLarge),
    ];
  } finally {
    await registry.close();
  }
}

/** Where one of them puts it, once. */
interface Place {
  readonly target: string;
  readonly leave: () => Promise<void>;
}

/** By turns; the first turn warms what the machine keeps in memory. */
async function race(
  turns: number,
  open: (name: string) => Promise<Place>,
  contenders: readonly Contender[],
): Promise<readonly Contender[]> {
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, { samples, transfer }] of contenders.entries()) {
      const { target, leave } = await open(`${turn}-${index}`);
      const started = performance.now();
      const own = await transfer(target);
      const taken = own ?? performance.now() - started;
      if (turn > 0) samples.push(taken);
      await leave();
    }
  }
  return contenders;
}

async function intoNewRegistry(name: string): Promise<Place> {
  const { host, close } = await startDistribution();
  return { target: `${host}/copies/${name}`, leave: close };
}

function hostOf(target: string): string {
  return target.slice(0, target.indexOf('/'));
}

function byCommand(name: string, command: (target: string) => Promise<unknown>): Contender {
  return {
    name,
    samples: [],
    transfer: async (target) => {
      await command(target);
      return undefined;
    },
  };
}

/** What does not wait for the disk, as it is, and followed by what does. */
function withAndWithoutSync(name: string, command: (target: string) => Promise<unknown>): readonly Contender[] {
  return [
    byCommand(name, command),
    byCommand(`${name}, sync`, async (target) => {
      await command(target);
      await run('sync', ['-f', target]);
    }),
  ];
}

function regctlRun(hosts: readonly string[], args: readonly string[]): Promise<unknown> {
  return run(goProgramFile(regctl), [...hosts.flatMap((host) => ['--host', `reg=${host},tls=disabled`]), ...args]);
}

function linesOf(
  row: string,
  what: string,
  [gantry, ...peers]: readonly Contender[],
  share: (name: string) => number,
): readonly BenchLine[] {
  if (gantry === undefined) return [];
  const figure = timeFigure(gantry.samples);
  return peers.map(({ name, samples }) => {
    const peer: { readonly name: string; readonly figure: Figure } = { name, figure: timeFigure(samples) };
    return { row, what, gantry: figure, peers: [peer], target: atMostOf(figure, peer, share(name)) };
  });
}

function memoryLine(what: string, large: readonly (readonly TransferCost[])[], small: TransferCost): BenchLine {
  const mebibytes = (costs: readonly TransferCost[]): number => median(costs.map(({ peak }) => peak)) / mebibyte;
  const most = countFigure(Math.round(Math.max(...large.map(mebibytes))), 'MiB');
  return {
    row: 'P10',
    what: `memory over idle, pulling and copying ${what}`,
    gantry: most,
    peers: [{ name: 'a tenth of it', figure: countFigure(Math.round(mebibytes([small])), 'MiB') }],
    target: atMost(most, 96, ' MiB'),
  };
}

function delayLines(large: readonly (readonly TransferCost[])[]): readonly BenchLine[] {
  const most = (of: (cost: TransferCost) => number): Figure =>
    timeFigure([Math.max(...large.map((costs) => median(costs.map(of))))]);
  const [p99, longest] = [most(({ delayP99 }) => delayP99), most(({ delayMax }) => delayMax)];
  const what = 'event loop while pulling and copying';
  return [
    { row: 'P11', what: `${what}, p99`, gantry: p99, peers: [], target: atMost(p99, 25, ' ms') },
    { row: 'P11', what: `${what}, longest`, gantry: longest, peers: [], target: atMost(longest, 50, ' ms') },
  ];
}

function layerOf({ blobs }: Artifact): string {
  return blobs.reduce((largest, { descriptor }) => (descriptor.size > largest.size ? descriptor : largest), {
    digest: '',
    size: 0,
  }).digest;
}

function imageOf(layers: number, size: number): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: Array.from({ length: layers }, () => {
      const bytes = randomBytes(size);
      return { createdBy: 'COPY', layer: { compression: 'none', bytes, diffId: sha256(bytes) } };
    }),
  });
}

async function runClient(client: string, task: TransferTask): Promise<TransferCost> {
  const { stdout } = await run(process.execPath, ['--expose-gc', client, JSON.stringify(task)]);
  return JSON.parse(stdout) as TransferCost;
}
