import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
  title: 'Images pulled and copied (P9, P10, P12)',
  note: 'Layers of random bytes on Distribution 2.8, all on this machine; each run is a process of its own, by turns. Everybody verifies digests. Copies go to another Distribution 2.8, into a new repository each time.',
  measure: async (options) => {
    const missing = [distributionProgram, skopeoProgram].filter((name) => findOnPath(name) === undefined);
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
  const [registry, other] = await Promise.all([startDistribution(), startDistribution()]);
  try {
    const [one, eight, small] = ['one', 'eight', 'small'].map((name) => `${registry.host}/bench/${name}:1`);
    await pushOverHttp(registry, 'bench/one', imageOf(1, size), '1');
    await pushOverHttp(registry, 'bench/eight', imageOf(8, size / 8), '1');
    await pushOverHttp(registry, 'bench/small', imageOf(1, size / 10), '1');
    const peaks = new Map<string, number[]>();
    const gantry = (source: string | undefined): Contender => ({
      name: 'Gantry',
      samples: [],
      transfer: async (target) => {
        const { milliseconds, peak } = await runClient({ source: source ?? '', target });
        peaks.set(source ?? '', [...(peaks.get(source ?? '') ?? []), peak]);
        return milliseconds;
      },
    });
    const download = await race(turns, folder, [
      gantry(one),
      byCommand('skopeo copy dir:', (target) =>
        skopeo('copy', ...sourceFlags(registry), `docker://${one}`, `dir:${target}`),
      ),
    ]);
    const layout = await race(turns, folder, [
      gantry(eight),
      byCommand('skopeo', (target) => skopeo('copy', ...sourceFlags(registry), `docker://${eight}`, `oci:${target}:1`)),
      byCommand('crane', (target) =>
        run(goProgramFile(crane), ['pull', '--insecure', '--format', 'oci', eight ?? '', target]),
      ),
      byCommand('regctl', (target) => regctlRun(registry, ['image', 'copy', eight ?? '', `ocidir://${target}:1`])),
    ]);
    const copy = await race(turns, `${other.host}/copies`, [
      gantry(eight),
      byCommand('skopeo', (target) =>
        skopeo(
          'copy',
          ...sourceFlags(registry),
          ...destinationFlags(other),
          `docker://${eight}`,
          `docker://${target}:1`,
        ),
      ),
      byCommand('crane', (target) => run(goProgramFile(crane), ['copy', '--insecure', eight ?? '', `${target}:1`])),
      byCommand('regctl', (target) => regctlRun(registry, ['image', 'copy', eight ?? '', `${target}:1`], other)),
    ]);
    await runClient({ source: small ?? '', target: join(folder, 'small') }).then(({ peak }) =>
      peaks.set('small', [peak]),
    );
    const what = `${size / megabyte} MB`;
    return [
      ...linesOf('P9', `download and verify ${what}, one layer`, download, () => 0.6),
      ...linesOf('P12', `pull ${what} in 8 layers into a layout`, layout, (name) => (name === 'skopeo' ? 1 : 1.1)),
      ...linesOf('P12', `copy ${what} in 8 layers`, copy, (name) => (name === 'skopeo' ? 1 : 1.1)),
      memoryLine(what, peaks, one ?? '', eight ?? ''),
    ];
  } finally {
    await Promise.all([registry.close(), other.close()]);
  }
}

/** By turns; the first turn warms what the machine keeps in memory. */
async function race(turns: number, place: string, contenders: readonly Contender[]): Promise<readonly Contender[]> {
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, { samples, transfer }] of contenders.entries()) {
      const target = `${place}/${turn}-${index}`;
      const started = performance.now();
      const own = await transfer(target);
      const taken = own ?? performance.now() - started;
      if (turn > 0) samples.push(taken);
      if (place.startsWith('/')) await rm(target, { recursive: true });
    }
  }
  return contenders;
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

function regctlRun(
  { host }: { readonly host: string },
  args: readonly string[],
  other?: { readonly host: string },
): Promise<unknown> {
  const hosts = [host, ...(other === undefined ? [] : [other.host])];
  return run(goProgramFile(regctl), [...hosts.flatMap((each) => ['--host', `reg=${each},tls=disabled`]), ...args]);
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

function memoryLine(
  what: string,
  peaks: ReadonlyMap<string, readonly number[]>,
  one: string,
  eight: string,
): BenchLine {
  const peakOf = (source: string): number => Math.round(median(peaks.get(source) ?? []) / mebibyte);
  const most = countFigure(Math.max(peakOf(one), peakOf(eight)), 'MiB');
  return {
    row: 'P10',
    what: `memory over idle, pulling and copying ${what}`,
    gantry: most,
    peers: [{ name: 'a tenth of it', figure: countFigure(peakOf('small'), 'MiB') }],
    target: atMost(most, 96, ' MiB'),
  };
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

async function runClient(task: TransferTask): Promise<TransferCost> {
  const script = join(import.meta.dirname, 'transferClient.ts');
  const { stdout } = await run(process.execPath, ['--expose-gc', script, JSON.stringify(task)]);
  return JSON.parse(stdout) as TransferCost;
}
