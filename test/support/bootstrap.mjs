// The way into every script of package.json: runs on whatever Node a machine has, with nothing installed yet.
//   node test/support/bootstrap.mjs install | <task> [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** @type {Record<string, string>} */
const tasks = {
  start: 'start.ts',
  test: 'runTests.ts',
  package: 'package.ts',
  screenshots: 'screenshots.ts',
  desktop: 'desktop.ts',
  bench: '../bench/bench.ts',
  faults: '../registry/faults/printTable.ts',
  faultPeers: '../bench/faultPeers.ts',
  soak: '../bench/soak.ts',
  fuzz: '../fuzz/fuzz.ts',
};

const repository = resolve(import.meta.dirname, '../..');
const isWindows = process.platform === 'win32';
// Node 24 runs TypeScript as it is; the package `node` brings it to any machine.
const node = join(repository, 'node_modules/node/bin', isWindows ? 'node.exe' : 'node');

const [task = '', ...taskArguments] = process.argv.slice(2);
const script = tasks[task];
if (script === undefined && task !== 'install') {
  fail(`Usage: node test/support/bootstrap.mjs install|${Object.keys(tasks).join('|')} [arguments]`);
}
if (!isInstalled()) install();
if (script !== undefined) run(join(import.meta.dirname, script), taskArguments);

/** Whether node_modules holds what package-lock.json names; packages of other platforms may be missing. */
function isInstalled() {
  const installedLock = join(repository, 'node_modules/.package-lock.json');
  if (!existsSync(node) || !existsSync(installedLock)) return false;
  const installed = readPackages(installedLock);
  return Object.entries(readPackages(join(repository, 'package-lock.json'))).every(([path, { version, optional }]) => {
    const found = installed[path];
    return path === '' || found?.version === version || (found === undefined && optional === true);
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function install() {
  console.log('Installing the packages that package-lock.json names (npm ci, about half a minute) …');
  const { status, error } = spawnSync('npm', ['ci'], { cwd: repository, stdio: 'inherit', shell: isWindows });
  if (error !== undefined) fail(`npm did not start: ${error.message}`);
  if (status !== 0) fail('npm ci failed: see its messages above.');
  if (!existsSync(node)) fail('npm ci left out Node 24: allow the install script of the package "node", then repeat.');
}

/**
 * @param {string} file
 * @param {string[]} fileArguments
 */
function run(file, fileArguments) {
  const path = [join(repository, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(node, [file, ...fileArguments], { stdio: 'inherit', env: { ...process.env, PATH: path } });
  // The child ends what it started; this process waits for that.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  whenNpmIsGone(() => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`${node} did not start: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? 1));
}

/**
 * npm passes a signal to the shell between it and this process, and that shell dies without passing it on.
 * @param {() => void} then
 */
function whenNpmIsGone(then) {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    then();
  }, 500);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}
