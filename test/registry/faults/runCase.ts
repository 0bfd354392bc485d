import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { isRegistryError } from '../../../src/core/errors.ts';
import type { LoggedRequest } from '../../support/sampleRegistry/server.ts';
import type { ExpectedError, FaultCase } from './faultCase.ts';
import { openWorld, type World } from './world.ts';

/** Runs a case and asserts what it expects: the outcome, the requests, the time, and that no secret leaked. */
export async function runCase(fault: FaultCase): Promise<void> {
  const world = await openWorld(fault);
  try {
    const startedAt = world.clock.elapsed;
    world.registry.fault = fault.fault?.(world);
    if (fault.elsewhereFault !== undefined) world.elsewhere.fault = fault.elsewhereFault(world);
    const act = fault.act ?? listTags;
    const result = await act(world).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    checkOutcome(fault, world, result);
    const sent = world.requests().map(({ method, path }) => `${method} ${path}`);
    checkCount('requests', sent, fault.requests);
    const elsewhere = world.elsewhere.requests.map(({ method, path }) => `${method} ${path}`);
    checkCount('requests elsewhere', elsewhere, fault.elsewhere ?? 0);
    const [least, longest] = fault.waits ?? [0, 0];
    const waited = world.clock.elapsed - startedAt;
    assert.ok(waited >= least && waited <= longest, `waited ${waited} s, not ${least} to ${longest} s`);
    checkLeaks(fault, world, 'error' in result ? result.error : undefined);
  } finally {
    await world.close();
  }
}

export async function listTags({ client, repository, signal }: World): Promise<readonly string[]> {
  const { items } = await client.gantry.listTags(repository, { signal });
  return items.map(({ name }) => name);
}

function checkCount(what: string, sent: readonly string[], expected: number | readonly [number, number]): void {
  const [fewest, most] = typeof expected === 'number' ? [expected, expected] : expected;
  const isRight = sent.length >= fewest && sent.length <= most;
  assert.ok(isRight, `${sent.length} ${what}, not ${expected}: ${sent.join(', ')}`);
}

type Result = { readonly value: unknown } | { readonly error: unknown };

function checkOutcome({ outcome }: FaultCase, world: World, result: Result): void {
  if ('error' in outcome) {
    if (!('error' in result))
      assert.fail(`it succeeded with ${inspect(result.value)}, where "${outcome.error}" was due`);
    checkError(outcome, world, result.error);
  } else {
    if ('error' in result) throw result.error;
    assert.deepEqual(result.value, outcome.value);
  }
}

function checkError(expected: ExpectedError, world: World, error: unknown): void {
  if (!isRegistryError(error)) throw error;
  assert.equal(error.code, expected.error, error.message);
  assert.match(error.message, expected.says);
  if (error.code === 'cancelled') return;
  const host = expected.host?.(world) ?? world.registry.host;
  assert.ok(error.message.includes(host), `names no host: ${error.message}`);
  assert.match(error.message, /\. [A-Z].*\.$/s, 'says no next step');
}

/** A credential belongs to the registry's origin and its token server, and neither to words nor to anybody else. */
function checkLeaks({ isRealmTrusted = false }: FaultCase, world: World, error: unknown): void {
  const { registry, elsewhere, client, secrets, credentials } = world;
  const texts = {
    log: client.ports.logLines.join('\n'),
    error: error === undefined ? '' : inspect(error, { depth: 10, showHidden: true }),
    state: JSON.stringify([...client.ports.stateValues]),
    connections: JSON.stringify(client.gantry.connections()),
    paths: [...registry.requests, ...elsewhere.requests]
      .filter(({ path }) => !path.includes('X-Amz-Signature'))
      .map(({ path }) => path)
      .join('\n'),
  };
  // Of tokens, what was sent.
  const sent = registry.requests.map(({ headers }) => headers.authorization?.replace(/^\S+ /, ''));
  for (const [where, text] of Object.entries(texts)) {
    for (const secret of [...secrets, ...sent.filter((value) => value !== undefined)])
      assert.ok(!text.includes(secret), `a secret is in the ${where}: ${text}`);
  }
  const strangers = isRealmTrusted ? elsewhere.requests.filter(({ server }) => server !== 'token') : elsewhere.requests;
  for (const request of strangers) checkStranger(request, credentials);
}

function checkStranger({ method, path, headers }: LoggedRequest, credentials: readonly string[]): void {
  const sent = JSON.stringify(headers);
  for (const credential of credentials) {
    assert.ok(!sent.includes(credential), `${method} ${path} carried a credential: ${sent}`);
  }
  for (const name of ['authorization', 'cookie', 'proxy-authorization']) {
    assert.equal(headers[name], undefined, `${method} ${path} had the header ${name}`);
  }
}
