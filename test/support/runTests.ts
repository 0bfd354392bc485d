// Runs the tests, all layers but the extra one or those named, and ends with the line "N passed, N failed, N skipped".
//   npm test -- [unit] [registry] [host] [ui] [more] [--grep <text>]
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { evidenceFolder } from './evidence.ts';
import { outFolder } from './paths.ts';
import { runMain } from './runMain.ts';
import type { TestCounts } from './runMocha.ts';
import { type TestLayer, type TestLayerName, testLayers } from './testLayers.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });
const grep = values.grep;
const resultFolder = join(outFolder, 'results');
let built: Promise<void> | undefined;

await runMain(async () => {
  const names = positionals.length === 0 ? layerNames().filter(isUsual) : positionals.map(parseLayerName);
  await rm(resultFolder, { recursive: true, force: true });
  await rm(evidenceFolder, { recursive: true, force: true });
  await mkdir(resultFolder, { recursive: true });

  const counts: TestCounts[] = [];
  for (const name of names) counts.push(await runLayer(name));

  const total = sum(counts);
  const isEmpty = total.passed + total.failed + total.skipped === 0;
  if (isEmpty) console.log(`No test matches ${JSON.stringify(grep)}.`);
  if (isEmpty || total.failed > 0) process.exitCode = 1;
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
});

function layerNames(): TestLayerName[] {
  return Object.keys(testLayers) as TestLayerName[];
}

function isUsual(name: TestLayerName): boolean {
  const layer: TestLayer = testLayers[name];
  return layer.isExtra !== true;
}

function parseLayerName(text: string): TestLayerName {
  const found = layerNames().find((name) => name === text);
  if (found === undefined) throw new Error(`There is no layer ${text}: choose of ${layerNames().join(', ')}.`);
  return found;
}

async function runLayer(name: TestLayerName): Promise<TestCounts> {
  const { script, needsBuild, prepare } = testLayers[name];
  const resultFile = join(resultFolder, `${name}.json`);
  console.log(`\n── ${name} ──`);
  try {
    if (needsBuild) await buildOnce();
    await prepare();
    const exitCode = await runScript(script, [name, resultFile, ...(grep === undefined ? [] : [grep])]);
    if (!existsSync(resultFile)) throw new Error(`it ended with ${exitCode} before it had counted its tests`);
    const counted = JSON.parse(await readFile(resultFile, 'utf8')) as TestCounts;
    if (grep === undefined && counted.passed + counted.failed + counted.skipped === 0)
      throw new Error('it has no test');
    if (exitCode !== 0 && counted.failed === 0) throw new Error(`its tests passed, and yet it ended with ${exitCode}`);
    return counted;
  } catch (error) {
    // Counts as one failed test: a layer that could not run must be seen in the last line.
    console.error(`The layer ${name} failed: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function buildOnce(): Promise<void> {
  built ??= build({ tests: true });
  return built;
}

function runScript(script: string, args: readonly string[]): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
    // Ends with the layer, which cleans up first.
    const interrupt = (signal: NodeJS.Signals): void => {
      child.once('close', () => process.exit(130));
      child.kill(signal);
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    child.once('close', () => process.off('SIGINT', interrupt).off('SIGTERM', interrupt));
  });
}

function sum(counts: readonly TestCounts[]): TestCounts {
  const add = (key: keyof TestCounts): number => counts.reduce((total, count) => total + count[key], 0);
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped') };
}
