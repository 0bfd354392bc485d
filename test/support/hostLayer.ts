// The suite in the extension host of the VS Code server: node test/support/hostLayer.ts host <result file> [grep]
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostEnvironment, hostEnvironmentVariable } from '../host/environment.ts';
import { hostLinePrefix } from '../host/hostLine.ts';
import { runHostTests } from './automatedRun.ts';
import { launchBrowser } from './browser.ts';
import { exitOnSignals } from './exitOnSignals.ts';
import { outFolder } from './paths.ts';
import { startShelf, writeSampleAdapter } from './sampleAdapter.ts';
import { seedSampleRegistry } from './sampleImages.ts';
import { startSampleRegistry } from './sampleRegistry.ts';
import { sampleConnections, writeSampleWorkspace } from './sampleWorkspace.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';
import { startWorkbench, type Workbench } from './workbench.ts';

const logFile = join(outFolder, 'host.log');

const [, resultFile = '', grep] = process.argv.slice(2);
exitOnSignals();
process.exit(await withTemporaryFolder(runLayer));

async function runLayer(folder: string): Promise<number> {
  const registry = await startSampleRegistry();
  seedSampleRegistry(registry);
  const shelf = await startShelf();
  const environment: HostEnvironment = {
    resultFile,
    ...(grep !== undefined && { grep }),
    registry: { url: registry.url, host: registry.host },
    shelf: { url: shelf.url, host: shelf.host },
  };
  const workbench = await startWorkbench({
    workspace: await writeSampleWorkspace(folder, registry.host),
    otherFolders: [await writeSampleAdapter(join(folder, 'shelf'), shelf.host)],
    hostTests: join(outFolder, 'test/host/index.cjs'),
    machineSettings: sampleConnections(registry),
    env: { [hostEnvironmentVariable]: JSON.stringify(environment) },
  });
  try {
    return await runInBrowser(workbench);
  } finally {
    await workbench.dispose();
    await Promise.all([registry.close(), shelf.close()]);
  }
}

async function runInBrowser(workbench: Workbench): Promise<number> {
  const browser = await launchBrowser();
  const log: string[] = [];
  try {
    return await runHostTests(browser, workbench, (type, text) => {
      log.push(`${type}: ${text}`);
      if (text.startsWith(hostLinePrefix)) console.log(text.slice(hostLinePrefix.length));
    });
  } finally {
    await browser.close();
    await writeFile(logFile, [...log, '', 'The server printed:', workbench.output()].join('\n'));
  }
}
