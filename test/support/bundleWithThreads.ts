import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { repositoryFolder } from './paths.ts';

/**
 * A script that reads layers or blobs as users run it: in one file, with those of its threads beside it. Sources cost each
 * thread a compiler, which would be measured too.
 */
export async function bundleWithThreads(script: string, folder: string): Promise<string> {
  const name = basename(script, '.ts');
  const layers = join(repositoryFolder, 'src/node/layers');
  await build({
    entryPoints: {
      [name]: script,
      layerWorker: join(layers, 'layerWorker.ts'),
      hashWorker: join(layers, 'hashWorker.ts'),
      blobHashWorker: join(layers, 'blobHashWorker.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    logLevel: 'error',
  });
  return join(folder, `${name}.cjs`);
}
