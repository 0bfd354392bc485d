// The suite of the extension host in desktop VS Code: the oldest version that is supported, and the newest.
//   npm run test:desktop -- [--grep <text>]
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { type HostEnvironment, hostEnvironmentVariable } from '../host/environment.ts';
import { build } from './build.ts';
import { outFolder, repositoryFolder } from './paths.ts';
import { runMain } from './runMain.ts';
import { startShelf, writeSampleAdapter } from './sampleAdapter.ts';
import { seedSampleRegistry } from './sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from './sampleRegistry.ts';
import { sampleConnections, writeSampleWorkspace } from './sampleWorkspace.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';
import { quietSettings, writeSettings } from './workbenchSettings.ts';

const { values } = parseArgs({ options: { grep: { type: 'string' } } });

await runMain(async () => {
  await build({ tests: true });
  const registry = await startSampleRegistry();
  seedSampleRegistry(registry);
  const shelf = await startShelf();
  for (const version of [await oldestVersion(), 'stable']) {
    console.log(`\n── desktop VS Code, ${version} ──`);
    await withTemporaryFolder((folder) => runInDesktop(version, folder, registry, shelf));
  }
  await Promise.all([registry.close(), shelf.close()]);
});

async function oldestVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(repositoryFolder, 'package.json'), 'utf8')) as {
    readonly engines: { readonly vscode: string };
  };
  return manifest.engines.vscode.replace(/^\D+/, '');
}

/** Downloads that VS Code where it is missing. Rejects when a test fails. */
async function runInDesktop(
  version: string,
  folder: string,
  registry: SampleRegistry,
  shelf: SampleRegistry,
): Promise<void> {
  const userData = join(folder, 'user-data');
  await writeSettings(join(userData, 'User/settings.json'), { ...quietSettings, ...sampleConnections(registry) });
  const workspace = await writeSampleWorkspace(folder, registry.host);
  const environment: HostEnvironment = {
    resultFile: join(outFolder, `results/desktop-${version}.json`),
    ...(values.grep !== undefined && { grep: values.grep }),
    registry: { url: registry.url, host: registry.host },
    shelf: { url: shelf.url, host: shelf.host },
  };
  await mkdir(dirname(environment.resultFile), { recursive: true });
  await runTests({
    version,
    extensionDevelopmentPath: [repositoryFolder, await writeSampleAdapter(join(folder, 'shelf'), shelf.host)],
    extensionTestsPath: join(outFolder, 'test/host/index.cjs'),
    extensionTestsEnv: { [hostEnvironmentVariable]: JSON.stringify(environment) },
    launchArgs: [workspace, '--user-data-dir', userData, '--disable-workspace-trust'],
  });
}
