import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { launchBrowser } from '../support/browser.ts';
import { writeImage } from '../support/imageWriter.ts';
import { buildTiny } from '../support/sampleImages/crowd.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { sampleConnections } from '../support/sampleWorkspace.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { startWorkbench } from '../support/workbench.ts';
import { prepareGantry } from './activationExtensions.ts';
import { timeFigure } from './figures.ts';
import { type Delays, type HostDelaysResult, type HostDelaysTask, type Turn, taskVariable } from './hostDelaysTask.ts';
import { bundleProbe, runProbe } from './hostProbe.ts';
import { atMost, type BenchLine, type BenchRow } from './line.ts';
import { formatMebibytes, packLayer } from './packedLayer.ts';

const row = 'P11';
const count = 50_000;
const pageSize = 1000;

export const hostDelays: BenchRow = {
  row,
  title: 'Event loop of the extension host, with the view open',
  note: `As it is packaged, in the VS Code server: ${count.toLocaleString('en')} tags opened in the view to the last page and drawn, and a gzip layer listed that was never read. The first of each loads the code for it. The last lines are of a host with nothing to do.`,
  measure: async ({ isQuick }) =>
    withTemporaryFolder(async (folder) => {
      const registry = await startSampleRegistry();
      try {
        const { turns, size } = await pushTurns(registry, folder, isQuick ? 2 : 4);
        const result = await runHost(folder, registry, { turns, resultFile: join(folder, 'result.json') });
        const pages = registry.requests.filter(({ path }) => path.includes('/tags/list')).length;
        if (pages < (turns.length * count) / pageSize) throw new Error(`The tree read only ${pages} pages of tags.`);
        return describe(result, size);
      } finally {
        await registry.close();
      }
    }),
};

/** Layers have the same files and other digests, so that none is known from the one before. */
async function pushTurns(
  registry: SampleRegistry,
  folder: string,
  many: number,
): Promise<{ readonly turns: readonly Turn[]; readonly size: number }> {
  const tiny = buildTiny({ version: '1.0.0', created: '2026-03-01T00:00:00Z' });
  const tags = Array.from({ length: count }, (_, index) => `${index % 41}.${index % 97}.${index}`);
  const { file, diffId, size } = await packLayer(folder, 'large', 500);
  const packed = await readFile(file);
  const turns = Array.from({ length: many }, (_, turn): Turn => {
    registry.push(`tags/${turn}`, tiny, ...tags);
    const nothing = gzipSync('');
    // The time in the head of a member that holds nothing.
    nothing.writeUInt32LE(turn + 1, 4);
    const layer = { compression: 'gzip', bytes: Buffer.concat([packed, nothing]), diffId } as const;
    const platform = { os: 'linux', architecture: 'amd64' };
    registry.push(`layers/${turn}`, writeImage({ platform, steps: [{ createdBy: 'COPY', layer }] }), 'large');
    return { manyTags: `${registry.host}/tags/${turn}`, largeLayer: `${registry.host}/layers/${turn}:large` };
  });
  return { turns, size };
}

async function runHost(folder: string, registry: SampleRegistry, task: HostDelaysTask): Promise<HostDelaysResult> {
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  const workbench = await startWorkbench({
    workspace,
    extension: { folder: (await prepareGantry(folder)).folder },
    hostTests: await bundleProbe('hostDelaysProbe', folder),
    machineSettings: sampleConnections(registry),
    env: { [taskVariable]: JSON.stringify(task) },
  });
  const browser = await launchBrowser();
  try {
    await runProbe(browser, workbench);
    return JSON.parse(await readFile(task.resultFile, 'utf8')) as HostDelaysResult;
  } finally {
    await browser.close();
    await workbench.dispose();
  }
}

function describe({ idle, tags, layers }: HostDelaysResult, size: number): readonly BenchLine[] {
  const lines = (what: string, delays: readonly Delays[]): readonly BenchLine[] => {
    const p99 = timeFigure(delays.map((each) => each.p99));
    const worst = timeFigure(delays.map((each) => each.worst));
    return [
      { row, what: `${what}, p99`, gantry: p99, peers: [], target: atMost(p99, 25, ' ms') },
      { row, what: `${what}, most`, gantry: worst, peers: [], target: atMost(worst, 50, ' ms') },
    ];
  };
  return [
    ...lines(`extension host, ${count.toLocaleString('en')} tags in the view`, tags),
    ...lines(`extension host, ${formatMebibytes(size)} of gzip`, layers),
    ...lines('extension host, idle', [idle]).map(({ target: _none, ...line }) => line),
  ];
}
