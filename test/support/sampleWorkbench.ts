import { type OpenedWorkbench, type OpenWorkbenchOptions, openWorkbench } from './openWorkbench.ts';
import { seedSampleRegistry } from './sampleImages.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from './sampleRegistry.ts';
import { type SampleConnection, sampleConnections, writeSampleWorkspace } from './sampleWorkspace.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

export interface SampleWorkbenchOptions extends Omit<OpenWorkbenchOptions, 'workspace'> {
  /** What the registry holds: the whole sample unless told. */
  readonly seed?: (registry: SampleRegistry) => void;
  readonly registry?: SampleRegistryOptions;
  /** Further files of the workspace, for the host of the registry. */
  readonly files?: (registryHost: string) => Readonly<Record<string, string>>;
  /** Further registries in the settings. */
  readonly connections?: readonly SampleConnection[];
  /** How settings and files name the registry's host: `127.0.0.1` unless told. */
  readonly hostName?: 'localhost';
}

export interface SampleWorkbench extends OpenedWorkbench {
  readonly registry: SampleRegistry;
  /** The folder that is open. */
  readonly workspace: string;
}

/** A workbench with the sample workspace, connected with a sample registry of its own. */
export async function openSampleWorkbench(options: SampleWorkbenchOptions = {}): Promise<SampleWorkbench> {
  const {
    seed = seedSampleRegistry,
    registry: registryOptions,
    hostName = '127.0.0.1',
    connections,
    files,
    ...workbenchOptions
  } = options;
  const folder = await makeTemporaryFolder();
  const registry = await startSampleRegistry(registryOptions);
  async function clean(): Promise<void> {
    await registry.close();
    await removeFolder(folder);
  }
  try {
    seed(registry);
    const url = new URL(registry.url);
    url.hostname = hostName;
    const workspace = await writeSampleWorkspace(folder, url.host, files?.(url.host));
    const machineSettings = { ...sampleConnections({ url: url.origin }, connections), ...options.machineSettings };
    const opened = await openWorkbench({ ...workbenchOptions, workspace, machineSettings });
    const dispose = (): Promise<void> => opened.dispose().then(clean);
    return { ...opened, registry, workspace, dispose };
  } catch (error) {
    await clean();
    throw error;
  }
}
