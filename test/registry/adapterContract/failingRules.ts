import assert from 'node:assert/strict';
import type { CallOptions, GantryErrorCode } from '../../../src/api.ts';
import { cancelled } from '../../../src/core/errors.ts';
import type { HttpResponse } from '../../../src/core/ports.ts';
import { fakeResponse, jsonResponse } from '../../unit/core/registry/fakeHttp.ts';
import { type AdapterContract, nameOf, type Rule } from '../adapterContract.ts';
import { content } from './content.ts';
import {
  anySignal,
  type ContractServer,
  type Fault,
  type OpenedSession,
  open,
  readPages,
  typedRejection,
} from './session.ts';

const missingRepository = 'shop/no-such-thing';
/** Codes with which registries say that something is not there, or hide whether it is. */
const absence: readonly GantryErrorCode[] = ['not-found', 'unauthorized', 'denied'];
const canary = 'canary-3f7b';

/** What has to become of everything that goes wrong: an error with a code, and a sentence that helps. */
export function failingRules(contract: AdapterContract, rule: Rule): void {
  const { isRemote = true, wantsLogin = false, offers } = contract;

  rule('says that a tag or a manifest does not exist', async (server) => {
    const repository = open(server).session.repository(nameOf(server));
    const missing = `sha256:${'0'.repeat(64)}`;
    for (const reference of ['no-such-tag', missing]) {
      for (const call of ['resolve', 'fetchManifest'] as const) {
        const error = await typedRejection(repository[call](reference, anySignal()), call);
        assert.equal(error.code, 'not-found', error.message);
        assertHelpful(error, server);
      }
    }
  });

  if (!isRemote) return;

  rule('says that a repository does not exist, or may not', async (server) => {
    const repository = open(server).session.repository(nameOf(server, missingRepository));
    const calls = [
      () => repository.listTags(anySignal()),
      () => repository.resolve('latest', anySignal()),
      () => repository.fetchManifest('latest', anySignal()),
    ];
    for (const call of calls) {
      const error = await typedRejection(call(), 'a missing repository');
      assert.ok(absence.includes(error.code), `${error.code}: ${error.message}`);
      assert.ok(error.message.includes('no-such-thing'), error.message);
      assertHelpful(error, server);
    }
  });

  if (wantsLogin) {
    rule('says that a login is refused, and repeats nothing of it', async (server) => {
      const username = server.credential?.username ?? assert.fail();
      const opened = open(server, { credential: { kind: 'password', username, password: canary } });
      const error = await typedRejection(opened.session.test(anySignal()), 'a wrong login');
      assert.equal(error.code, 'unauthorized', error.message);
      assertHelpful(error, server);
      assertSilent(canary, [error.message, ...opened.logLines, ...opened.sent.map(({ url }) => url)]);
    });

    rule('tells no log and no address the login', async (server) => {
      const opened = open(server);
      await opened.session.test(anySignal());
      await listAll(opened, server);
      await opened.session.repository(nameOf(server)).fetchManifest('latest', anySignal());
      const secret = server.credential?.password ?? assert.fail();
      assertSilent(secret, [...opened.logLines, ...opened.sent.map(({ url }) => url)]);
      assert.ok(opened.sent.some(({ authorization }) => authorization !== undefined));
    });
  }

  const everything: Readonly<Record<string, Call>> = {
    'the test': ({ session }, _server, options) => session.test(options),
    ...(offers.includes('listRepositories') && { 'the list of repositories': listRepositories }),
    'the list of tags': listTags,
    'a manifest': ({ session }, server, options) => session.repository(nameOf(server)).fetchManifest('latest', options),
  };

  for (const [what, call] of Object.entries(everything)) {
    rule(`says of ${what} that the registry allows no more requests, and when it will`, async (server) => {
      const reply = async (): Promise<HttpResponse> =>
        jsonResponse({ errors: [] }, { status: 429, headers: { 'retry-after': '120' } });
      const error = await typedRejection(call(open(server, { fault: { reply } }), server, anySignal()), what);
      assert.equal(error.code, 'rate-limited', error.message);
      assert.match(error.message, /2 minutes/);
      assertHelpful(error, server);
    });

    rule(`says of ${what} that the registry failed`, async (server) => {
      const reply = async (): Promise<HttpResponse> => fakeResponse({ status: 500, body: 'oops' });
      const error = await typedRejection(call(open(server, { fault: { reply } }), server, anySignal()), what);
      assert.equal(error.code, 'server', error.message);
      assertHelpful(error, server);
    });

    rule(`takes a page for people for no answer to ${what}`, async (server) => {
      const reply = async (): Promise<HttpResponse> =>
        fakeResponse({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Sign in</title>' });
      const error = await typedRejection(call(open(server, { fault: { reply } }), server, anySignal()), what);
      assert.equal(error.code, 'protocol', error.message);
      assertHelpful(error, server);
    });

    rule(`stops ${what} at any request when it is cancelled`, async (server) => {
      const whole = open(server);
      await call(whole, server, anySignal());
      for (let at = 1; at <= whole.sent.length; at++) await assertCancelled(server, call, at);
    });
  }

  for (const body of [
    '{}',
    ...(contract.hasBareLists ? [] : ['[]']),
    'null',
    '"x"',
    '7',
    '{"errors":7}',
    '{"tags":7,"results":7,"repositories":7}',
  ]) {
    rule(`takes ${body} for no list`, async (server) => {
      for (const list of [listTags, ...(offers.includes('listRepositories') ? [listRepositories] : [])]) {
        const reply = async (): Promise<HttpResponse> =>
          fakeResponse({ headers: { 'content-type': 'application/json' }, body });
        const error = await typedRejection(
          list(open(server, { fault: { reply } }), server, anySignal()),
          'a list of nothing',
        );
        assert.equal(error.code, 'protocol', error.message);
      }
    });
  }

  rule('leaves out items that are none, and keeps the others', async (server) => {
    const alter: Fault['alter'] = async (response) => withStrangers(response);
    const opened = open(server, { fault: { alter } });
    const names = new Set((await listTags(opened, server, anySignal())).map(({ name }) => name));
    assert.deepEqual([...names].sort(), [...content.tags].sort());
    if (!offers.includes('listRepositories')) return;
    const repositories = (await listRepositories(opened, server, anySignal())).map(({ name }) => name);
    assert.ok(repositories.includes(nameOf(server)), `${repositories}`);
    for (const name of repositories) assert.match(name, /^[a-z0-9./_-]+$/);
  });
}

type Call = (opened: OpenedSession, server: ContractServer, options: CallOptions) => Promise<unknown>;

async function listTags(
  { session }: OpenedSession,
  server: ContractServer,
  options: CallOptions,
): Promise<readonly { readonly name: string }[]> {
  const repository = session.repository(nameOf(server));
  return (await readPages(() => (page) => repository.listTags(page), options)).flat();
}

async function listRepositories(
  { session }: OpenedSession,
  _server: ContractServer,
  options: CallOptions,
): Promise<readonly { readonly name: string }[]> {
  const list = session.listRepositories ?? assert.fail();
  if (session.listNamespaces === undefined) {
    return (await readPages(() => (page) => list(undefined, page), options)).flat();
  }
  const found: { readonly name: string }[] = [];
  for (const { name } of (await readPages(() => session.listNamespaces, options)).flat()) {
    found.push(...(await readPages(() => (page) => list(name, page), options)).flat());
  }
  return found;
}

async function listAll(opened: OpenedSession, server: ContractServer): Promise<void> {
  await listTags(opened, server, anySignal());
  if (opened.session.listRepositories !== undefined) await listRepositories(opened, server, anySignal());
}

/** The request with this number, from 1, is never answered. */
async function assertCancelled(server: ContractServer, call: Call, at: number): Promise<void> {
  const controller = new AbortController();
  let count = 0;
  const reply: Fault['reply'] = (_request, signal) => {
    if (++count < at) return undefined;
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(cancelled(signal)));
      setImmediate(() => controller.abort());
    });
  };
  const opened = open(server, { fault: { reply } });
  const error = await typedRejection(call(opened, server, controller), 'what was cancelled');
  assert.equal(error.code, 'cancelled', error.message);
  assert.equal(opened.sent.length, at, 'requests after it was cancelled');
}

function assertHelpful(error: Error & { readonly host?: string | undefined }, server: ContractServer): void {
  const { message, host } = error;
  const place = host ?? new URL(server.connection.url).host;
  assert.ok(place === '' || message.includes(place), `no host in: ${message}`);
  assert.ok(message.length < 1000 && !message.includes('\n'), message);
  assert.match(message, /[.!"]$/);
  assert.doesNotMatch(message, /undefined|\[object|fetch failed/);
}

function assertSilent(secret: string, texts: readonly string[]): void {
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')];
  for (const text of texts) for (const form of forms) assert.ok(!text.includes(form), `a secret in: ${text}`);
}

/** The same answer with things among the items of its lists that no server should send. */
async function withStrangers(response: HttpResponse): Promise<HttpResponse> {
  if (!/json/.test(response.headers.get('content-type') ?? '')) return response;
  const parts: Uint8Array[] = [];
  for await (const chunk of response.body) parts.push(chunk);
  const text = Buffer.concat(parts).toString();
  const invaded = JSON.stringify(invade(JSON.parse(text)));
  const headers: HttpResponse['headers'] = {
    get: (name) => (name === 'content-length' ? undefined : response.headers.get(name)),
    all: (name) => (name === 'content-length' ? [] : response.headers.all(name)),
  };
  return { ...response, headers, body: fakeResponse({ body: invaded }).body };
}

const strangers = [null, 7, {}, [], 'UPPER/\u0000case', { name: 7, tag: '..', repositoryName: null, digest: 'x' }];

function invade(value: unknown): unknown {
  if (Array.isArray(value)) return [...strangers, ...value.map(invade)];
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, invade(item)]));
}
