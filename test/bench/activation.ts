import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser } from '../support/browser.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { startWorkbench } from '../support/workbench.ts';
import { packExtension, prepareExtension, prepareGantry } from './activationExtensions.ts';
import { type Activation, type ActivationResult, type ActivationTask, taskVariable } from './activationTask.ts';
import { countFigure, median, timeFigure } from './figures.ts';
import { bundleProbe, runProbe } from './hostProbe.ts';
import { atMost, type BenchLine, type BenchRow, type Figure } from './line.ts';

const row = 'P13';

export const activation: BenchRow = {
  row,
  title: 'Activation in the extension host of the VS Code server',
  note: 'Milliseconds of extension.activate(), with the loading of its code, as packaged and installed. The difference is that within one extension host; each host is new, and the first does not count.',
  measure: async ({ isQuick }) => describe(await measureActivations(isQuick ? 5 : 10)),
};

/** What the control does: were it not seen, seeing nothing of Gantry would mean nothing. */
const noise = `
  setTimeout(() => require('node:net').connect(1, '127.0.0.1').on('error', () => {}));
  require('node:child_process').execFile(process.execPath, ['--version'], () => {});`;

interface Pair {
  readonly gantry: Activation;
  readonly empty: Activation;
}

/** Each pair in an extension host of its own, by turns the one and the other first; the first host does not count. */
function measureActivations(runs: number): Promise<readonly Pair[]> {
  return withTemporaryFolder(async (folder) => {
    const gantry = await prepareGantry(folder);
    const empty = await prepareExtension(folder, { name: 'empty', activate: '' });
    const control = await prepareExtension(folder, { name: 'control', activate: noise });
    const workspace = join(folder, 'workspace');
    await mkdir(workspace);
    const taskFile = join(folder, 'task.json');
    const workbench = await startWorkbench({
      workspace,
      extension: control,
      otherExtensions: [await packExtension(gantry), await packExtension(empty)],
      hostTests: await bundleProbe('activationProbe', folder),
      env: { [taskVariable]: taskFile },
    });
    const browser = await launchBrowser();
    try {
      const pairs: Pair[] = [];
      for (let run = 0; run <= runs; run++) {
        const extensions = run % 2 === 0 ? [gantry.id, empty.id] : [empty.id, gantry.id];
        const task: ActivationTask = { control: control.id, extensions, resultFile: join(folder, 'result.json') };
        await writeFile(taskFile, JSON.stringify(task));
        await runProbe(browser, workbench);
        const activations = await readActivations(task.resultFile);
        pairs.push({ gantry: findActivation(activations, gantry.id), empty: findActivation(activations, empty.id) });
      }
      return pairs.slice(1);
    } finally {
      await browser.close();
      await workbench.dispose();
    }
  });
}

async function readActivations(resultFile: string): Promise<readonly Activation[]> {
  const { activations, controlEffects } = JSON.parse(await readFile(resultFile, 'utf8')) as ActivationResult;
  if (controlEffects.length < 2) throw new Error(`Of the control was seen only: ${controlEffects.join(', ')}.`);
  return activations;
}

function findActivation(activations: readonly Activation[], id: string): Activation {
  const found = activations.find((activation) => activation.id === id);
  if (found === undefined) throw new Error(`${id} was not activated.`);
  return found;
}

function describe(pairs: readonly Pair[]): readonly BenchLine[] {
  const times = (key: keyof Pair): Figure => timeFigure(pairs.map((pair) => pair[key].milliseconds));
  const [gantry, empty] = [times('gantry'), times('empty')];
  const extra = timeFigure(pairs.map((pair) => pair.gantry.milliseconds - pair.empty.milliseconds));
  const bytes = countFigure(median(pairs.map((pair) => pair.gantry.bytes)));
  const effects = countFigure(pairs.reduce((sum, pair) => sum + pair.gantry.effects.length, 0));
  return [
    { row, what: 'activate()', gantry, peers: [{ name: 'empty extension', figure: empty }] },
    { row, what: 'more than an empty extension', gantry: extra, peers: [], target: atMost(extra, 15, ' ms') },
    { row, what: 'bytes of JavaScript loaded', gantry: bytes, peers: [], target: atMost(bytes, 100 * 1024) },
    { row, what: 'sockets opened, processes started', gantry: effects, peers: [], target: atMost(effects, 0) },
  ];
}
