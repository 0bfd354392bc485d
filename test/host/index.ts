import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { runMocha } from '../support/runMocha.ts';
import { hostEnvironment } from './environment.ts';
import { hostLinePrefix } from './hostLine.ts';

/** VS Code calls this in the extension host, and ends when it settles. */
export async function run(): Promise<void> {
  const { grep, resultFile } = hostEnvironment();
  // Everything that extensions print shares one console: the prefix tells the runner which lines are the suite's.
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => console.log(`${hostLinePrefix}${format(...args)}`);
  const mocha = new Mocha({
    timeout: 20_000,
    color: false,
    forbidOnly: 'CI' in process.env,
    ...(grep !== undefined && { grep }),
  });

  for (const name of await suites()) mocha.addFile(join(__dirname, name));
  const counts = await runMocha(mocha);
  await writeFile(resultFile, JSON.stringify(counts));
  if (counts.failed > 0) throw new Error(`${counts.failed} tests failed`);
}

/** This file is bundled to CommonJS, and the suites beside it. One needs an extension that nothing has activated yet. */
async function suites(): Promise<readonly string[]> {
  const first = 'activationCost.test.cjs';
  const names = await readdir(__dirname, { recursive: true });
  return [first, ...names.filter((name) => name.endsWith('.test.cjs') && name !== first).sort()];
}
