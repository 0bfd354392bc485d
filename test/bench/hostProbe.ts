import { join } from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser } from 'playwright-core';
import { runHostTests } from '../support/automatedRun.ts';
import type { Workbench } from '../support/workbench.ts';

/** Bundles a script of this folder that runs in an extension host in place of a suite. */
export async function bundleProbe(name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.cjs`);
  await esbuild.build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'silent',
  });
  return outfile;
}

/** Runs it in a new extension host of the workbench. */
export async function runProbe(browser: Browser, workbench: Workbench): Promise<void> {
  const lines: string[] = [];
  const exitCode = await runHostTests(browser, workbench, (_type, text) => lines.push(text));
  const errors = lines.filter((line) => line.startsWith('Error:')).join('\n');
  if (exitCode !== 0) throw new Error(`The probe in the extension host failed. ${errors}`);
}
