// The suite in the extension host of the VS Code server: node test/support/hostLayer.ts host <result file> [grep]
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostEnvironment, hostEnvironmentVariable } from '../host/environment.ts';
import { hostLinePrefix } from '../host/hostLine.ts';
import { launchBrowser } from './browser.ts';
import { exitOnSignals } from './exitOnSignals.ts';
import { outFolder } from './paths.ts';
import { seedSampleRegistry } from './sampleImages.ts';
import { startSampleRegistry } from './sampleRegistry.ts';
import { sampleConnections, writeSampleWorkspace } from './sampleWorkspace.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';
import { startWorkbench, type Workbench } from './workbench.ts';

const deadline = 10 * 60_000;
const logFile = join(outFolder, 'host.log');

const [, resultFile = '', grep] = process.argv.slice(2);
exitOnSignals();
process.exit(await withTemporaryFolder(runHostTests));

async function runHostTests(folder: string): Promise<number> {
  const registry = await startSampleRegistry();
  seedSampleRegistry(registry);
  const environment: HostEnvironment = {
    resultFile,
    ...(grep !== undefined && { grep }),
    registry: { url: registry.url, host: registry.host },
  };
  const workbench = await startWorkbench({
    workspace: await writeSampleWorkspace(folder, registry.host),
    hostTests: join(outFolder, 'test/host/index.cjs'),
    machineSettings: sampleConnections(registry),
    env: { [hostEnvironmentVariable]: JSON.stringify(environment) },
  });
  try {
    return await runInBrowser(workbench);
  } finally {
    await workbench.dispose();
    await registry.close();
  }
}

/** Opens the page, which makes the server run the suite, and returns the suite's exit code. */
async function runInBrowser(workbench: Workbench): Promise<number> {
  const browser = await launchBrowser();
  const log: string[] = [];
  try {
    const page = await browser.newPage();
    // Names that VS Code calls in the page of an automated run.
    await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
      const text = args.map(String).join(' ');
      log.push(`${type}: ${text}`);
      if (text.startsWith(hostLinePrefix)) console.log(text.slice(hostLinePrefix.length));
    });
    const exitCode = new Promise<number>((resolve, reject) => {
      page.exposeFunction('codeAutomationExit', resolve).catch(reject);
      page.once('crash', () => reject(new Error('The page of the workbench crashed.')));
      void workbench.ended.then(() => reject(new Error('The VS Code server ended before the tests did.')));
      setTimeout(reject, deadline, new Error(`The tests did not end within ${deadline / 60_000} minutes.`)).unref();
    });
    await Promise.all([page.goto(workbench.url), exitCode]);
    return await exitCode;
  } finally {
    await browser.close();
    await writeFile(logFile, [...log, '', 'The server printed:', workbench.output()].join('\n'));
  }
}
