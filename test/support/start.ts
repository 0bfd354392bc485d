// A VS Code with Gantry, a sample registry and a sample workspace; Ctrl-C ends all of it.
//   npm start -- [--server] [--no-open]
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { openDesktopCode } from './desktopCode.ts';
import { findOnPath } from './findOnPath.ts';
import { openInBrowser } from './openInBrowser.ts';
import { withProgress } from './progress.ts';
import { runMain } from './runMain.ts';
import { seedSampleRegistry } from './sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from './sampleRegistry.ts';
import { sampleConnections, writeSampleWorkspace } from './sampleWorkspace.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';
import { startWorkbench } from './workbench.ts';

interface Sample {
  readonly registry: SampleRegistry;
  readonly folder: string;
  readonly workspace: string;
}

interface Window {
  /** Where to look, such as a URL. */
  readonly place: string;
  /** Resolves when it is gone, for whatever reason. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

const { values: flags } = parseArgs({
  options: {
    /** The VS Code server in a browser, also where desktop VS Code is installed. */
    server: { type: 'boolean', default: false },
    'no-open': { type: 'boolean', default: false },
  },
});

const greeting = { 'workbench.startupEditor': 'readme' };

/** What ends the parts that run, the last started first. */
const closers: (() => Promise<void>)[] = [];
let isStopping = false;
process.on('SIGINT', () => void stop(0)).on('SIGTERM', () => void stop(0));

await runMain(async () => {
  await withProgress('Building the extension', 'a few seconds', () => build({ tests: false }));
  const sample = await startSample();
  const code = flags.server || flags['no-open'] ? undefined : findOnPath('code');
  const window = code === undefined ? await serve(sample) : await openDesktop(code, sample);
  closers.unshift(window.close);
  console.log(`ready: ${window.place}`);
  await window.ended;
  await stop(0);
});

async function startSample(): Promise<Sample> {
  const folder = await makeTemporaryFolder();
  closers.unshift(() => removeFolder(folder));
  const registry = await startSampleRegistry();
  closers.unshift(() => registry.close());
  seedSampleRegistry(registry);
  return { registry, folder, workspace: await writeSampleWorkspace(folder, registry.host) };
}

async function serve({ registry, workspace }: Sample): Promise<Window> {
  const workbench = await startWorkbench({
    workspace,
    settings: greeting,
    machineSettings: sampleConnections(registry),
    connectionToken: randomBytes(16).toString('hex'),
    workspaceTrust: true,
  });
  // It answers the token by a cookie and a redirect.
  const { status } = await fetch(workbench.url, { redirect: 'manual' });
  if (status >= 400) throw new Error(`The VS Code server answers ${status}:\n${workbench.output()}`);
  if (!flags['no-open']) openInBrowser(workbench.url);
  return { place: workbench.url, ended: workbench.ended, close: workbench.dispose };
}

async function openDesktop(program: string, { registry, folder, workspace }: Sample): Promise<Window> {
  const settings = { ...greeting, ...sampleConnections(registry) };
  const code = await openDesktopCode({ program, workspace, dataFolder: folder, settings });
  return { place: 'the window that VS Code opens', ...code };
}

async function stop(exitCode: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  for (const close of closers) await close();
  process.exit(exitCode);
}
