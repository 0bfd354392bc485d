import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { bundleWithThreads } from '../support/bundleWithThreads.ts';
import { distributionProgram, startDistribution } from '../support/distribution.ts';
import { findOnPath } from '../support/findOnPath.ts';
import { writeImage } from '../support/imageWriter.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { destinationFlags, skopeo, skopeoProgram, sourceFlags } from '../support/skopeo.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { countFigure, median, timeFigure } from './figures.ts';
import type { LayerCost, LayerTask } from './layerClient.ts';
import { atMost, atMostOf, type BenchLine, type BenchOptions, type BenchRow, type Figure } from './line.ts';
import { formatMebibytes, mebibyte, type PackedLayer, packLayer } from './packedLayer.ts';

const bytesOfFile = 10_000;
/** MiB of the archives: of files as there are many of, they pack to some 40 %. */
const archiveSizes = { small: 130, large: 640, largest: 1300 } as const;
const quickSizes = { small: 130, large: 200, largest: 320 } as const;
const run = promisify(execFile);

export const layerTimes: BenchRow = {
  row: 'P6',
  title: 'Files of a layer: listed, read, memory, event loop (P6, P7, P8, P10, P11)',
  note: 'Gzip layers of what this machine has in /usr, on Distribution 2.8; each run of Gantry is a process of its own with nothing kept, by turns with the peers. Listing verifies the digests of the layer and of its archive.',
  measure: async (options) => {
    const missing = [distributionProgram, skopeoProgram, 'curl', 'tar'].filter(
      (name) => findOnPath(name) === undefined,
    );
    if (missing.length > 0) throw new Error(`this machine has no ${missing.join(', ')}`);
    return withTemporaryFolder((folder) => measureIn(folder, options));
  },
};

async function measureIn(folder: string, { isQuick }: BenchOptions): Promise<readonly BenchLine[]> {
  const sizes = isQuick ? quickSizes : archiveSizes;
  const [large, small, largest] = await Promise.all(
    (['large', 'small', 'largest'] as const).map((name) => packLayer(folder, name, sizes[name])),
  );
  if (small === undefined || large === undefined || largest === undefined) throw new Error('not all are packed');
  const client = await bundleWithThreads(join(import.meta.dirname, 'layerClient.ts'), folder);
  const registry = await startDistribution();
  try {
    for (const { name, file, diffId } of [small, large, largest]) {
      const layer = { compression: 'gzip', bytes: await readFile(file), diffId } as const;
      const steps = [{ createdBy: 'COPY', layer }];
      const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps });
      await pushOverHttp(registry, `files/${name}`, image, '1');
    }
    const task = { url: registry.url, reference: `${registry.host}/files/large:1`, bytesOfFile };
    const costs: LayerCost[] = [];
    const peers = { inflate: [] as number[], skopeo: [] as number[], curl: [] as number[] };
    for (let turn = 0; turn < (isQuick ? 4 : 8); turn++) {
      costs.push(await runClient(client, task));
      peers.inflate.push(await time(() => inflate(large.file)));
      peers.skopeo.push(await time(() => skopeoAndTar(folder, task.reference, large.digest)));
      const blob = `${registry.url}/v2/files/large/blobs/${large.digest}`;
      peers.curl.push(await time(() => run('sh', ['-c', `curl -s ${blob} | tar tz > /dev/null`])));
    }
    const memory = async ({ name }: PackedLayer): Promise<readonly LayerCost[]> => {
      const other = { ...task, reference: `${registry.host}/files/${name}:1` };
      return [await runClient(client, other), await runClient(client, other), await runClient(client, other)];
    };
    const peaks = [
      { layer: small, costs: await memory(small) },
      { layer: large, costs },
      { layer: largest, costs: await memory(largest) },
    ];
    // The first turn warms what the machine keeps in memory.
    const lines = gzipLines(large, costs.slice(1), {
      inflate: timeFigure(peers.inflate.slice(1)),
      skopeo: timeFigure(peers.skopeo.slice(1)),
      curl: timeFigure(peers.curl.slice(1)),
    });
    const chunked = await measureChunked({ folder, client, registry, task });
    return [...lines, ...memoryLines(peaks), ...chunked];
  } finally {
    await registry.close();
  }
}

function gzipLines(
  layer: PackedLayer,
  costs: readonly LayerCost[],
  peers: { readonly inflate: Figure; readonly skopeo: Figure; readonly curl: Figure },
): readonly BenchLine[] {
  const [cost] = costs;
  if (cost === undefined) return [];
  const list = timeFigure(costs.map(({ listMilliseconds }) => listMilliseconds));
  const what = `list ${formatMebibytes(layer.size)} of gzip, ${cost.entries.toLocaleString('en')} entries`;
  const against = (name: string, figure: Figure, share: number): BenchLine => {
    const peer = { name, figure };
    return { row: 'P6', what, gantry: list, peers: [peer], target: atMostOf(list, peer, share) };
  };
  const share = countFigure(Math.round((cost.shareForHundred ?? 1) * 10_000) / 100, '%');
  const readShare = countFigure(Math.round((cost.readBytes / layer.size) * 10_000) / 100, '% of the layer');
  const requests = countFigure(cost.readRequests);
  const again = countFigure(cost.secondReadRequests);
  const againTime = timeFigure(costs.map(({ secondReadMilliseconds }) => secondReadMilliseconds));
  const p99 = timeFigure(costs.map(({ delayP99 }) => delayP99));
  const longest = timeFigure(costs.map(({ delayMax }) => delayMax));
  return [
    against('inflate alone', peers.inflate, 1.15),
    against('skopeo copy + tar tzf', peers.skopeo, 0.6),
    against('curl | tar tz', peers.curl, 0.65),
    { row: 'P6', what: 'bytes before 100 entries are known', gantry: share, peers: [], target: atMost(share, 2, ' %') },
    { row: 'P8', what: 'one file of 10 KB: bytes', gantry: readShare, peers: [], target: atMost(readShare, 2, ' %') },
    { row: 'P8', what: 'one file of 10 KB: requests', gantry: requests, peers: [], target: atMost(requests, 1) },
    { row: 'P8', what: 'the same file again: requests', gantry: again, peers: [], target: atMost(again, 0) },
    { row: 'P8', what: 'the same file again', gantry: againTime, peers: [], target: atMost(againTime, 50, ' ms') },
    { row: 'P11', what: 'event loop while listing, p99', gantry: p99, peers: [], target: atMost(p99, 25, ' ms') },
    {
      row: 'P11',
      what: 'event loop while listing, most',
      gantry: longest,
      peers: [],
      target: atMost(longest, 50, ' ms'),
    },
  ];
}

function memoryLines(
  peaks: readonly { readonly layer: PackedLayer; readonly costs: readonly LayerCost[] }[],
): readonly BenchLine[] {
  const figures = peaks.map(({ layer, costs }) => {
    const samples = costs.map(({ peak }) => Math.round(peak / mebibyte));
    const range = `${Math.min(...samples)}–${Math.max(...samples)}`;
    const value = median(samples);
    return { name: formatMebibytes(layer.size), figure: { value, text: `${value} MiB (${range})`, samples } };
  });
  const lines = figures.map(({ name, figure }) => ({
    row: 'P10',
    what: `memory over idle, ${name}`,
    gantry: figure,
    peers: [],
    target: atMost(figure, 96, ' MiB'),
  }));
  const values = figures.map(({ figure }) => figure.value);
  const spread = countFigure(Math.max(...values) - Math.min(...values), 'MiB');
  const difference = 'memory over idle, between these';
  return [...lines, { row: 'P10', what: difference, gantry: spread, peers: [], target: atMost(spread, 16, ' MiB') }];
}

/** The same layer as zstd:chunked, made by skopeo, in a registry of its own: from one that has it, it would be taken as it is. */
async function measureChunked(options: {
  readonly folder: string;
  readonly client: string;
  readonly registry: { readonly url: string; readonly host: string };
  readonly task: LayerTask;
}): Promise<readonly BenchLine[]> {
  const { folder, client, registry, task } = options;
  const fresh = await startDistribution();
  try {
    const reference = `${fresh.host}/files/chunked:1`;
    const layout = join(folder, 'layout');
    await skopeo('copy', ...sourceFlags(registry), `docker://${task.reference}`, `dir:${layout}`);
    const flags = [...destinationFlags(fresh), '--dest-compress', '--dest-compress-format', 'zstd:chunked'];
    await skopeo('copy', ...flags, `dir:${layout}`, `docker://${reference}`);
    const cost = await runClient(client, { ...task, url: fresh.url, reference });
    const toc = await tableSize(`${fresh.url}/v2/files/chunked/manifests/1`);
    const bytes = countFigure(cost.listBytes);
    const requests = countFigure(cost.listRequests);
    const peers = [{ name: 'its table', figure: countFigure(toc) }];
    const target = atMost(bytes, toc + 64 * 1024);
    return [
      { row: 'P7', what: 'list zstd:chunked: bytes', gantry: bytes, peers, target },
      { row: 'P7', what: 'list zstd:chunked: requests', gantry: requests, peers: [], target: atMost(requests, 1) },
    ];
  } finally {
    await fresh.close();
  }
}

/** Bytes of the table of contents of an image's only layer. */
async function tableSize(manifestUrl: string): Promise<number> {
  const manifest = await fetch(manifestUrl, { headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } });
  const { layers } = (await manifest.json()) as {
    readonly layers: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
  };
  const annotations = Object.entries(layers[0]?.annotations ?? {});
  const position = annotations.find(([key]) => key.endsWith('.manifest-position'))?.[1];
  const size = Number(position?.split(':')[1]);
  if (!Number.isSafeInteger(size)) throw new Error('skopeo made no table of contents');
  return size;
}

async function runClient(script: string, task: LayerTask): Promise<LayerCost> {
  const { stdout } = await run(process.execPath, ['--expose-gc', script, JSON.stringify(task)]);
  return JSON.parse(stdout) as LayerCost;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function inflate(file: string): Promise<void> {
  const bytes = await readFile(file);
  const chunkSize = 256 * 1024;
  function* chunks(): Generator<Uint8Array, void, undefined> {
    for (let start = 0; start < bytes.length; start += chunkSize) yield bytes.subarray(start, start + chunkSize);
  }
  await pipeline(Readable.from(chunks()), createGunzip({ chunkSize }), async (unpacked) => {
    for await (const _ of unpacked) {
      // Only unpacked.
    }
  });
}

async function skopeoAndTar(folder: string, reference: string, digest: string): Promise<void> {
  const target = join(folder, 'copy');
  await skopeo('copy', '--src-tls-verify=false', `docker://${reference}`, `dir:${target}`);
  await run('sh', ['-c', `tar tzf ${join(target, digest.replace('sha256:', ''))} > /dev/null`]);
  await rm(target, { recursive: true });
}
