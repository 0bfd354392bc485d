import { type OpenedWorkbench, type OpenWorkbenchOptions, openWorkbench } from './openWorkbench.ts';
import { seedSampleRegistry } from './sampleImages.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from './sampleRegistry.ts';
import { sampleConnections, writeSampleWorkspace } from './sampleWorkspace.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

export interface SampleWorkbenchOptions extends Omit<OpenWorkbenchOptions, 'workspace'> {
  /** What the registry holds: the whole sample unless told. */
  readonly seed?: (registry: SampleRegistry) => void;
  readonly registry?: SampleRegistryOptions;
}

export interface SampleWorkbench extends OpenedWorkbench {
  readonly registry: SampleRegistry;
  /** The folder that is open. */
  readonly workspace: string;
}

/** A workbench with the sample workspace, connected with a sample registry of its own. */
export async function openSampleWorkbench(options: SampleWorkbenchOptions = {}): Promise<SampleWorkbench> {
  const { seed = seedSampleRegistry, registry: registryOptions, ...workbenchOptions } = options;
  const folder = await makeTemporaryFolder();
  const registry = await startSampleRegistry(registryOptions);
  async function clean(): Promise<void> {
    await registry.close();
    await removeFolder(folder);
  }
  try {
    seed(registry);
    const workspace = await writeSampleWorkspace(folder, registry.host);
    const machineSettings = { ...sampleConnections(registry), ...options.machineSettings };
    const opened = await openWorkbench({ ...workbenchOptions, workspace, machineSettings });
    const dispose = (): Promise<void> => opened.dispose().then(clean);
    return { ...opened, registry, workspace, dispose };
  } catch (error) {
    await clean();
    throw error;
  }
}
