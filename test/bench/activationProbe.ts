// Runs in the extension host of the VS Code server in place of a suite: activates extensions one after the other.
import { readFile, stat, writeFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import { watchSideEffects } from '../support/sideEffects.ts';
import { type Activation, type ActivationResult, type ActivationTask, taskVariable } from './activationTask.ts';
import { untilQuiet } from './untilQuiet.ts';

/** Milliseconds in which an activation may do what it left for later. */
const patience = 500;

export async function run(): Promise<void> {
  const task = JSON.parse(await readFile(process.env[taskVariable] ?? '', 'utf8')) as ActivationTask;
  await untilQuiet();
  // Goes first: the first activation of all takes longer than the others.
  const control = await activate(task.control);
  const activations: Activation[] = [];
  for (const id of task.extensions) activations.push(await activate(id));
  const result: ActivationResult = { controlEffects: control.effects, activations };
  await writeFile(task.resultFile, JSON.stringify(result));
}

async function activate(id: string): Promise<Activation> {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined) throw new Error(`${id} is not there.`);
  if (extension.isActive) throw new Error(`${id} was activated before.`);
  const watch = watchSideEffects();
  try {
    const start = performance.now();
    await watch.run(() => extension.activate());
    const milliseconds = performance.now() - start;
    await wait(patience);
    return { id, milliseconds, bytes: await loadedBytes(extension.extensionPath), effects: watch.effects };
  } finally {
    watch.dispose();
  }
}

async function loadedBytes(folder: string): Promise<number> {
  const files = Object.keys(require.cache).filter((file) => file.startsWith(folder + sep));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
