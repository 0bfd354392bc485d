// One layer of tests that runs in Node: node test/support/mochaLayer.ts <layer> <result file> [grep]
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Mocha from 'mocha';
import { keepEvidence } from './evidence.ts';
import { exitOnSignals } from './exitOnSignals.ts';
import { repositoryFolder } from './paths.ts';
import { runMocha } from './runMocha.ts';

const timeouts: Readonly<Record<string, number>> = { unit: 20_000, registry: 30_000, ui: 120_000, more: 60_000 };

/** A workbench has clocks of its own that no test can wait for: what fails there counts when it fails twice, and is named anyway. */
const retries: Readonly<Record<string, number>> = { ui: 1 };

const [layer = '', resultFile = '', grep] = process.argv.slice(2);
exitOnSignals();

const mocha = new Mocha({
  timeout: timeouts[layer],
  retries: retries[layer] ?? 0,
  color: process.stdout.isTTY === true,
  forbidOnly: 'CI' in process.env,
  ...(grep && { grep }),
});
const folder = join(repositoryFolder, 'test', layer);
const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.test.ts'));
for (const name of files.sort()) mocha.addFile(join(folder, name));
await mocha.loadFilesAsync();

const counts = await runMocha(mocha, keepEvidence);
await writeFile(resultFile, JSON.stringify(counts));
// What a test forgot to close does not keep the layer from ending.
process.exit(counts.failed === 0 ? 0 : 1);
