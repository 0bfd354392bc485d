import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryFolder } from '../support/paths.ts';
import { runProgram } from '../support/runProgram.ts';

export interface PreparedExtension {
  readonly id: string;
  readonly folder: string;
}

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly engines: { readonly vscode: string };
}

/** Gantry as it is shipped, built outside of this repository. */
export async function prepareGantry(parentFolder: string): Promise<PreparedExtension> {
  const folder = join(parentFolder, 'gantry');
  const build = [join(repositoryFolder, 'esbuild.mjs'), '--production', '--outdir', join(folder, 'dist')];
  await runProgram(process.execPath, build, { output: 'keep' });
  for (const name of ['media', 'package.nls.json', '.vscodeignore']) {
    await cp(join(repositoryFolder, name), join(folder, name), { recursive: true });
  }
  // It is built already.
  const manifest = { ...(await readManifest()), scripts: undefined };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  return { id: `${manifest.publisher}.${manifest.name}`, folder };
}

/** An extension that does one thing when it is activated. */
export async function prepareExtension(
  parentFolder: string,
  { name, activate }: { readonly name: string; readonly activate: string },
): Promise<PreparedExtension> {
  const folder = join(parentFolder, name);
  const { engines } = await readManifest();
  const publisher = 'bench';
  const manifest = { name, publisher, version: '1.0.0', engines, main: './extension.cjs', activationEvents: [] };
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'extension.cjs'), `exports.activate = () => { ${activate} };\n`);
  return { id: `${publisher}.${name}`, folder };
}

/** Makes a `.vsix` of it, beside its folder. */
export async function packExtension({ folder }: PreparedExtension): Promise<string> {
  const file = `${folder}.vsix`;
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', file];
  await runProgram('vsce', args, { output: 'keep', cwd: folder });
  return file;
}

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(repositoryFolder, 'package.json'), 'utf8')) as Manifest;
}
