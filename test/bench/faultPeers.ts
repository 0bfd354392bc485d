// What other clients do with the same faults: node test/bench/faultPeers.ts
import { execFile } from 'node:child_process';
import { isDeepStrictEqual, promisify } from 'node:util';
import { readLayer } from '../registry/faults/cases/blobs.ts';
import { faultCases } from '../registry/faults/cases.ts';
import type { FaultCase } from '../registry/faults/faultCase.ts';
import { runCase } from '../registry/faults/runCase.ts';
import { openWorld, type World } from '../registry/faults/world.ts';
import { skopeoProgram } from '../support/skopeo.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { openMicrosoft } from './microsoft.ts';

/** Milliseconds after which a peer counts as hanging. */
const patience = 15_000;
const atOnce = 4;

/** Lists the tags of the world's repository. */
type ListTags = (world: World, signal: AbortSignal) => Promise<readonly string[]>;
/** Fetches the image with its layer. */
type Fetch = (world: World, signal: AbortSignal) => Promise<void>;

interface Peer {
  readonly name: string;
  readonly listTags: ListTags;
  readonly fetch?: Fetch;
}

const microsoft: Peer = {
  name: "Microsoft's",
  listTags: async ({ registry, login }) => {
    const target = login && { user: login.username, password: login.password };
    const client = await openMicrosoft({ url: registry.url, ...(target && { login: target }) });
    const { names, allRead } = await client.listTags('shop/web');
    allRead.catch(() => {});
    return names;
  },
};

const skopeo: Peer = {
  name: 'skopeo',
  listTags: async (world, signal) => {
    const args = ['list-tags', '--tls-verify=false', ...creds('--creds', world), `docker://${world.repository}`];
    const { stdout } = await runSkopeo(args, signal);
    return (JSON.parse(stdout) as { Tags: string[] }).Tags;
  },
  fetch: async (world, signal) => {
    await withTemporaryFolder(async (folder) => {
      const flags = ['--src-tls-verify=false', ...creds('--src-creds', world)];
      await runSkopeo(['copy', ...flags, `docker://${world.repository}:1.0`, `dir:${folder}`], signal);
    });
  },
};

const results = new Map<string, Map<string, boolean>>();
const waiting = [...faultCases];
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) await compare(fault);
  }),
);
print();
process.exit(0);

/** Only what each can be asked for by its own commands, and what does not need a clock of the suite's own. */
async function compare(fault: FaultCase): Promise<void> {
  const isFetch = fault.act === readLayer;
  if ((fault.act !== undefined && !isFetch) || fault.hasShortDeadlines === true) return;
  if (/^1[bcd]$/.test(fault.id)) return;
  const row = new Map<string, boolean>();
  results.set(fault.id, row);
  row.set(
    'Gantry',
    await runCase(fault).then(
      () => true,
      () => false,
    ),
  );
  for (const peer of [skopeo, microsoft]) {
    const ask = isFetch ? peer.fetch : peer.listTags;
    if (ask !== undefined) row.set(peer.name, await isHandled(fault, ask));
  }
}

/** The same outcome as is expected of Gantry, in time, and no credential at another origin. Requests are not counted. */
async function isHandled(fault: FaultCase, ask: ListTags | Fetch): Promise<boolean> {
  const world = await openWorld(fault);
  try {
    const plan = fault.fault?.(world);
    // Skopeo begins with a look at `/v2/`, which is none of the case's.
    world.registry.fault = plan && ((request) => (request.url.pathname === '/v2/' ? undefined : plan(request)));
    const stop = AbortSignal.timeout(patience);
    const late = new Promise<'late'>((resolve) => stop.addEventListener('abort', () => resolve('late')));
    const outcome = await Promise.race([
      late,
      ask(world, stop).then(
        (value) => ({ value }),
        () => 'error' as const,
      ),
    ]);
    const sent = JSON.stringify(world.elsewhere.requests.map(({ headers }) => headers));
    if (outcome === 'late' || world.credentials.some((credential) => sent.includes(credential))) return false;
    if ('error' in fault.outcome) return outcome === 'error';
    if (outcome === 'error') return false;
    return outcome.value === undefined || isDeepStrictEqual([...outcome.value].sort(), fault.outcome.value);
  } finally {
    await world.close();
  }
}

function creds(flag: string, { login }: World): readonly string[] {
  return login === undefined ? [] : [flag, `${login.username}:${login.password}`];
}

function runSkopeo(args: readonly string[], signal: AbortSignal): Promise<{ readonly stdout: string }> {
  return promisify(execFile)(skopeoProgram, ['--insecure-policy', ...args], { signal, maxBuffer: 64 * 1024 * 1024 });
}

function print(): void {
  const names = ['Gantry', skopeo.name, microsoft.name];
  console.log(`| case | the server | ${names.join(' | ')} |\n| --- | --- | ${names.map(() => '---').join(' | ')} |`);
  for (const { id, server } of faultCases) {
    const row = results.get(id);
    if (row === undefined) continue;
    const marks = names.map((name) => (row.has(name) ? (row.get(name) === true ? 'yes' : 'NO') : '-'));
    console.log(`| ${id} | ${server.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')} | ${marks.join(' | ')} |`);
  }
  for (const name of names) {
    const marks = [...results.values()].flatMap((row) => row.get(name) ?? []);
    console.log(`${name}: ${marks.filter(Boolean).length} of ${marks.length}`);
  }
}
