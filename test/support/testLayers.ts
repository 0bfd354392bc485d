import { join } from 'node:path';
import { browserPackages, ensureDebianPackages, registryPackages } from './debianPackages.ts';
import { ensureGoPrograms, gitea, registryGoPrograms } from './goPrograms.ts';
import { installVsCodeServer } from './installVsCodeServer.ts';
import { ensureMoto, motoPackages } from './moto.ts';

export interface TestLayer {
  /** Takes the layer's name, the file for its counts, and a grep. */
  readonly script: string;
  /** Whether it tests the built extension. */
  readonly needsBuild: boolean;
  /** Only run when it is named: what it needs takes long to have. */
  readonly isExtra?: boolean;
  /** Installs what the machine lacks, so that no test waits for that. */
  prepare(): Promise<void>;
}

const mochaScript = join(import.meta.dirname, 'mochaLayer.ts');
const hostScript = join(import.meta.dirname, 'hostLayer.ts');

export const testLayers = {
  unit: { script: mochaScript, needsBuild: false, prepare: async () => {} },
  registry: { script: mochaScript, needsBuild: false, prepare: prepareRegistries },
  host: { script: hostScript, needsBuild: true, prepare: prepareHost },
  ui: { script: mochaScript, needsBuild: true, prepare: prepareWorkbench },
  more: { script: mochaScript, needsBuild: false, isExtra: true, prepare: prepareMore },
} as const satisfies Readonly<Record<string, TestLayer>>;

export type TestLayerName = keyof typeof testLayers;

async function prepareRegistries(): Promise<void> {
  await ensureDebianPackages(registryPackages);
  await ensureGoPrograms(registryGoPrograms);
}

async function prepareMore(): Promise<void> {
  await ensureDebianPackages([...registryPackages, ...motoPackages]);
  await ensureGoPrograms([gitea]);
  await ensureMoto();
}

async function prepareHost(): Promise<void> {
  await prepareRegistries();
  await prepareWorkbench();
}

async function prepareWorkbench(): Promise<void> {
  await ensureDebianPackages(browserPackages);
  await installVsCodeServer();
}
