// Runs in the extension host of the VS Code server in place of a suite: opens what is large, and watches the event loop.
import { writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { GantryExports } from '../../src/api.ts';
import { commandIds } from '../../src/host/ids.ts';
import { type Delays, type HostDelaysResult, type HostDelaysTask, taskVariable } from './hostDelaysTask.ts';
import { untilQuiet } from './untilQuiet.ts';

/** Milliseconds in which the tree draws what has come last. */
const patience = 2000;

export async function run(): Promise<void> {
  const task = JSON.parse(process.env[taskVariable] ?? '') as HostDelaysTask;
  const found = await vscode.extensions.getExtension<GantryExports>('gantry.gantry')?.activate();
  const answer = found?.getApi(1);
  if (answer?.available !== true) throw new Error('Gantry is not there.');
  const { api } = answer;
  await untilQuiet();

  const idle = await watched(() => wait(patience));
  const tags: Delays[] = [];
  const layers: Delays[] = [];
  for (const { manyTags, largeLayer } of task.turns) {
    await untilQuiet();
    tags.push(await watched(() => openTags(manyTags)));
    await untilQuiet();
    layers.push(await watched(() => api.listFiles(largeLayer, { limit: 1 })));
  }
  const result: HostDelaysResult = { idle, tags, layers };
  await writeFile(task.resultFile, JSON.stringify(result));
}

/** Opens the repository in the view, and waits until all of its tags are read and drawn. */
async function openTags(repository: string): Promise<void> {
  if (!(await vscode.commands.executeCommand(commandIds.reveal, repository))) throw new Error('It is not in the tree.');
  await vscode.commands.executeCommand(commandIds.loadAll);
  await wait(patience);
}

async function watched(work: () => Promise<unknown>): Promise<Delays> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await work();
  delays.disable();
  return { p99: delays.percentile(99) / 1e6, worst: delays.max / 1e6 };
}
