import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { repositoryFolder } from '../../support/paths.ts';
import { runProgram } from '../../support/runProgram.ts';
import { makeTemporaryFolder, removeFolder } from '../../support/temporaryFolder.ts';

const kibibyte = 1024;

/** The most that a bundle may hold, in bytes. Whoever needs more moves something into a bundle that is loaded later. */
const budgets: Readonly<Record<string, number>> = {
  // Every window of everybody who has Gantry loads it.
  'extension.cjs': 100 * kibibyte,
  'network.cjs': 350 * kibibyte,
};
const panelBudget = 300 * kibibyte;

describe('bundles', () => {
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    folder = await makeTemporaryFolder();
    await runProgram(
      process.execPath,
      [join(repositoryFolder, 'esbuild.mjs'), '--production', '--outdir', join(folder, 'dist')],
      { output: 'keep' },
    );
  });

  after(() => removeFolder(folder));

  for (const [name, budget] of Object.entries(budgets)) {
    it(`hold at most ${budget / kibibyte} KiB in ${name}`, () => assertSize(join('dist', name), budget));
  }

  it(`hold at most ${panelBudget / kibibyte} KiB for each panel`, async () => {
    const panels = (await readdir(join(folder, 'dist', 'webview'))).filter((name) => name.endsWith('.js'));
    assert.ok(panels.length > 0);
    for (const name of panels) await assertSize(join('dist', 'webview', name), panelBudget);
  });

  it('load the network, the parser of Dockerfiles and the clouds later than the extension', async () => {
    const extension = await inputsOf('extension.cjs');
    assert.ok(extension.includes('src/extension.ts'));
    const inputs = [...extension, ...(await inputsOf('gantry.cjs'))];
    assert.deepEqual(
      inputs.filter((input) =>
        /node_modules\/(?:undici|jsonc-parser|yaml|@aws-sdk|@smithy|google-auth-library)\//.test(input),
      ),
      [],
    );
  });

  it('make one copy of the API of VS Code', async () => {
    const bundle = await readFile(join(folder, 'dist', 'extension.cjs'), 'utf8');
    assert.equal(bundle.match(/require\("vscode"\)/g)?.length, 1);
  });

  it("leave out the part of undici that takes the process-wide agent's place", async () => {
    const inputs = await inputsOf('network.cjs');
    assert.ok(inputs.some((input) => input.includes('node_modules/undici/lib/dispatcher/')));
    assert.deepEqual(
      inputs.filter((input) => /node_modules\/undici\/(?:index|lib\/global)\.js$/.test(input)),
      [],
    );
  });

  async function assertSize(path: string, budget: number): Promise<void> {
    const { size } = await stat(join(folder, path));
    assert.ok(size <= budget, `${path} has ${size} bytes, ${size - budget} too many`);
  }

  /** The sources in a bundle, by their paths in the repository. */
  async function inputsOf(bundle: string): Promise<readonly string[]> {
    const { outputs } = JSON.parse(await readFile(join(folder, 'dist', 'meta-extension.json'), 'utf8')) as Metafile;
    const [, output] = Object.entries(outputs).find(([path]) => path.endsWith(`/${bundle}`)) ?? [];
    return Object.keys(output?.inputs ?? {});
  }
});
