import assert from 'node:assert/strict';
import type { FaultPlan } from '../../../support/sampleRegistry/faults.ts';
import { json, type Reply } from '../../../support/sampleRegistry/http.ts';
import { type FaultCase, webTags } from '../faultCase.ts';
import { always, replies, times } from '../plans.ts';
import { listTags } from '../runCase.ts';
import { image, type World } from '../world.ts';

const onTokens =
  (plan: FaultPlan): FaultPlan =>
  (request) =>
    request.server === 'token' ? plan(request) : undefined;

/** What the registry answers with 401 asks for this instead. */
function challenging(challenge: string | string[]): FaultPlan {
  return always({
    alter: (reply: Reply) =>
      reply.status === 401 ? { ...reply, headers: { ...reply.headers, 'WWW-Authenticate': challenge } } : reply,
  });
}

/** Lists tags with a token that the registry has taken back meanwhile. */
async function listWithStaleToken(world: World): Promise<unknown> {
  await listTags(world);
  world.registry.revokeTokens();
  return listTags(world);
}

/** A token and a list; a refused list, a token and a list. */
const renewed = { outcome: webTags, requests: 5 } as const;

const scope = 'repository:shop/web:pull';

/** 6: tokens that end, and token servers that fail. 7: the many forms of a challenge. */
export const tokenCases: readonly FaultCase[] = [
  {
    id: '6-revoked',
    server: 'takes a token back that should hold for minutes',
    expected: 'gets a new one, asks once more',
    auth: 'bearer',
    act: listWithStaleToken,
    ...renewed,
  },
  {
    id: '6-refused',
    server: 'refuses every token',
    expected: 'gets one new token, then says that it wants a login',
    auth: 'bearer',
    fault:
      ({ registry }) =>
      ({ server }) =>
        server === 'token'
          ? undefined
          : replies(401, {
              'WWW-Authenticate': `Bearer realm="${registry.realm}",service="sample-registry",scope="${scope}"`,
            }),
    outcome: { error: 'unauthorized', says: /wants a login/ },
    // A token, the list, one more of each.
    requests: 4,
  },
  {
    id: '6-parallel',
    server: 'takes the token back while 50 requests are made',
    expected: 'gets one new token for all of them',
    auth: 'bearer',
    act: async (world) => {
      const { client, repository, registry } = world;
      await listTags(world);
      registry.revokeTokens();
      const before = world.requests().length;
      const found = await Promise.all(Array.from({ length: 50 }, () => client.gantry.resolve(`${repository}:1.0`)));
      const tokens = world
        .requests()
        .slice(before)
        .filter(({ server }) => server === 'token');
      return [tokens.length, new Set(found.map(({ digest }) => digest)).size];
    },
    outcome: { value: [1, 1] },
    // Those under way at first are refused.
    requests: [2 + 1 + 51, 2 + 1 + 100],
  },
  ...(['0', '-1', '1e99', '"300"', 'null', '{}'] as const).map(
    (expires): FaultCase => ({
      id: `6-expires-${expires.replaceAll(/[^\w-]/g, '')}`,
      server: `says that tokens expire in ${expires}`,
      expected: 'uses one for a minute at least',
      auth: 'bearer',
      fault: () =>
        onTokens(
          always({
            alter: (reply) => ({
              ...reply,
              body: Buffer.from(String(reply.body).replace(/"expires_in":\d+/, `"expires_in":${expires}`)),
            }),
          }),
        ),
      act: async (world) => {
        await listTags(world);
        return listTags(world);
      },
      outcome: webTags,
      requests: 3,
    }),
  ),
  {
    id: '6-503',
    server: 'answers the request for a token with 503, once',
    expected: 'asks once more after a short wait',
    auth: 'bearer',
    fault: () => onTokens(times(1, replies(503))),
    outcome: webTags,
    requests: 3,
    waits: [0.15, 0.35],
  },
  {
    id: '6-none',
    server: 'answers the request for a token without one',
    expected: 'says so',
    auth: 'bearer',
    fault: () => onTokens(() => ({ reply: json(200, { expires_in: 300 }) })),
    outcome: { error: 'protocol', says: /without a token/ },
    requests: 1,
  },
  {
    id: '6-newline',
    server: 'sends a token with a line break and a header in it',
    expected: 'does not use it',
    auth: 'bearer',
    fault: () => onTokens(() => ({ reply: json(200, { token: 'abc\r\nX-Evil: 1' }) })),
    outcome: { error: 'protocol', says: /without a token/ },
    requests: 1,
  },
  {
    id: '6-large',
    server: 'sends a token of 100 MB',
    expected: 'stops at 1 MiB',
    auth: 'bearer',
    fault: () => onTokens(() => replies(200, {}, Buffer.alloc(100 * 1024 * 1024, 'x'))),
    outcome: { error: 'too-large', says: /more than 1 MiB/ },
    requests: 1,
  },
  {
    id: '6-html',
    server: 'answers the request for a token with a page for people',
    expected: 'says so',
    auth: 'bearer',
    fault: () => onTokens(() => replies(200, { 'Content-Type': 'text/html' }, '<html>')),
    outcome: { error: 'protocol', says: /a web page/ },
    requests: 1,
  },
  {
    id: '6-basic',
    server: 'does not take the password any more',
    expected: 'sends it once, then asks to sign in',
    fault: () => () => replies(401, { 'WWW-Authenticate': 'Basic realm="a"' }),
    outcome: { error: 'unauthorized', says: /[Ss]ign in/ },
    requests: 1,
  },
  {
    id: '7-scope',
    server: 'wants more for a deletion than the token holds (insufficient_scope)',
    expected: 'widens the token once',
    auth: 'bearer',
    fault:
      ({ registry }) =>
      ({ method, headers }) =>
        method === 'DELETE' && headers.authorization !== undefined && isFirst(registry)
          ? replies(401, {
              'WWW-Authenticate': `Bearer realm="${registry.realm}",service="sample-registry",scope="repository:shop/web:pull,push,delete",error="insufficient_scope"`,
            })
          : undefined,
    act: async (world) => {
      await (await world.session('delete')).deleteTag?.('1.0', world);
      return world.registry.storage.repositories.get('shop/web')?.tags.has('1.0');
    },
    outcome: { value: false },
    // A token, DELETE; a token, DELETE.
    requests: 4,
  },
  {
    id: '7-mount',
    server: 'wants rights to both repositories for a mount',
    expected: 'asks for both in one token',
    auth: 'bearer',
    act: async (world) => {
      world.registry.push('shop/base', image);
      const blob = image.blobs[0]?.descriptor;
      assert.ok(blob);
      world.registry.storage.repositories.get('shop/web')?.blobs.delete(blob.digest);
      const isMounted = await (await world.session('push')).mountBlob?.(blob, 'shop/base', world);
      const scopes = world.requests().flatMap(({ path }) => new URL(path, 'http://x').searchParams.getAll('scope'));
      return [isMounted, scopes.sort()];
    },
    outcome: { value: [true, ['repository:shop/base:pull', 'repository:shop/web:pull,push']] },
    requests: 2,
  },
  ...(
    [
      ['upper', (realm: string) => `BEARER REALM="${realm}",SERVICE="sample-registry",SCOPE="${scope}"`],
      ['order', (realm: string) => `Bearer scope="${scope}", service="sample-registry", realm="${realm}"`],
      ['unquoted', (realm: string) => `Bearer realm="${realm}",service=sample-registry,scope=${scope}`],
      [
        'commas',
        (realm: string) => `Bearer realm="${realm}",service="sample-registry",scope="repository:shop/web:pull,push"`,
      ],
      ['two', (realm: string) => `Basic realm="a, b", Bearer realm="${realm}",service="sample-registry"`],
      [
        'headers',
        (realm: string) => ['Negotiate', 'Basic realm="a"', `Bearer realm="${realm}",service="sample-registry"`],
      ],
      ['no-scope', (realm: string) => `Bearer realm="${realm}",service="sample-registry"`],
      ['no-service', (realm: string) => `Bearer realm="${realm}"`],
      ['relative', () => 'Bearer realm="/token",service="sample-registry"'],
      ['spaces', (realm: string) => `  Bearer   realm = "${realm}" ,  service = "sample-registry"  `],
    ] as const
  ).map(
    ([variant, challenge]): FaultCase => ({
      id: `7-${variant}`,
      server: `challenges with ${[challenge('REALM')].flat().join(' | ')}`,
      expected: 'understands it',
      auth: 'bearer',
      fault: (world) => challenging([challenge(world.registry.realm)].flat() as string[]),
      act: listWithStaleToken,
      ...renewed,
    }),
  ),
  {
    id: '7-garbage',
    server: 'challenges with what nobody can read',
    expected: 'says that it names no usable token server',
    auth: 'bearer',
    fault: () => challenging('Bearer realm="'),
    act: listWithStaleToken,
    outcome: { error: 'protocol', says: /no usable address/ },
    requests: [3, 4],
  },
];

const seen = new WeakSet<object>();
function isFirst(registry: object): boolean {
  if (seen.has(registry)) return false;
  seen.add(registry);
  return true;
}

function realmCase(
  variant: string,
  what: string,
  realm: (world: World) => string,
  error: 'untrusted-realm' | 'protocol',
  says: RegExp,
): FaultCase {
  return {
    id: `12-${variant}`,
    server: `names ${what} as its token server`,
    expected: 'sends nothing there',
    auth: 'bearer',
    fault: (world) => challenging(`Bearer realm="${realm(world)}",service="sample-registry",scope="${scope}"`),
    act: listWithStaleToken,
    outcome: { error, says },
    // A token, the list; the refused list, and /v2/, which is asked whether it says the same.
    requests: [3, 4],
  };
}

/** 12: where tokens come from. */
export const realmCases: readonly FaultCase[] = [
  realmCase(
    'foreign',
    'another origin',
    ({ elsewhere }) => `${elsewhere.url}/token`,
    'untrusted-realm',
    /It was not sent/,
  ),
  realmCase(
    'metadata',
    'the metadata service of a cloud',
    () => 'http://169.254.169.254/token',
    'protocol',
    /169\.254\.169\.254/,
  ),
  realmCase('zero', '0.0.0.0', () => 'http://0.0.0.0:1/token', 'untrusted-realm', /It was not sent/),
  realmCase(
    'mapped',
    '[::ffff:127.0.0.1]',
    () => 'http://[::ffff:127.0.0.1]:1/token',
    'untrusted-realm',
    /It was not sent/,
  ),
  realmCase('decimal', 'a decimal address', () => 'http://2852039166/token', 'protocol', /169\.254\.169\.254/),
  realmCase(
    'user',
    'an address with a user name',
    ({ registry }) => registry.realm.replace('://', '://a:b@'),
    'protocol',
    /user name in it/,
  ),
  realmCase('file', 'a file', () => 'file:///token', 'protocol', /not encrypted/),
  {
    id: '12-trusted',
    server: 'names another origin as its token server, which the user trusts',
    expected: 'sends the login there and nowhere else',
    auth: 'bearer',
    isRealmTrusted: true,
    fault: (world) => {
      world.elsewhere.fault = ({ server }) => (server === 'token' ? { reply: json(200, { token: 'abc' }) } : undefined);
      let count = 0;
      return ({ server, headers }) => {
        if (server === 'token') return undefined;
        if (headers.authorization === 'Bearer abc') return { reply: json(200, { tags: ['1.0', 'latest'] }) };
        if (count++ === 0) world.registry.revokeTokens();
        return replies(401, { 'WWW-Authenticate': `Bearer realm="${world.elsewhere.url}/token",scope="${scope}"` });
      };
    },
    act: async (world) => {
      const [connection] = world.client.gantry.connections();
      await world.client.gantry.trustRealm(connection?.id ?? '', world.elsewhere.url);
      return listTags(world);
    },
    outcome: webTags,
    requests: [2, 5],
    elsewhere: 1,
  },
  {
    id: '12-anonymous',
    server: 'names another origin as its token server to somebody without a login',
    expected: 'asks there for a token for nobody',
    auth: false,
    fault: (world) => {
      world.elsewhere.fault = ({ headers }) =>
        headers.authorization === undefined ? { reply: json(200, { token: 'abc' }) } : replies(400);
      return ({ headers }) =>
        headers.authorization === 'Bearer abc'
          ? undefined
          : replies(401, { 'WWW-Authenticate': `Bearer realm="${world.elsewhere.url}/token",scope="${scope}"` });
    },
    outcome: webTags,
    requests: 2,
    elsewhere: 1,
  },
  {
    id: '12-redirect',
    server: 'redirects the request for a token to another origin',
    expected: 'does not follow',
    auth: 'bearer',
    fault: ({ elsewhere }) => onTokens(always(replies(307, { Location: `${elsewhere.url}/token` }))),
    outcome: { error: 'protocol', says: /redirects the login to/ },
    requests: 1,
  },
  {
    id: '12-preemptive',
    server: 'asks for nothing at first',
    expected: 'gets no credential before it asks for one',
    act: async ({ client, registry }) => {
      registry.fault = () => ({ reply: json(200, {}) });
      const before = registry.requests.length;
      const login = { username: 'other', password: 'x' };
      await client.gantry.addConnection({ url: `${registry.url}/other`, adapterId: 'oci', ...login });
      return registry.requests.slice(before).map(({ headers }) => headers.authorization);
    },
    outcome: { value: [undefined] },
    requests: 1,
  },
];

const redirected =
  (status: number, location: (world: World) => string) =>
  (world: World): FaultPlan => {
    const plan = replies(status, { Location: location(world) });
    return ({ url }) => (url.pathname.endsWith('/tags/list') ? plan : undefined);
  };

function refusedRedirect(variant: string, what: string, location: string, says: RegExp): FaultCase {
  return {
    id: `11-${variant}`,
    server: `redirects to ${what}`,
    expected: 'does not follow',
    fault: redirected(302, () => location),
    outcome: { error: 'protocol', says },
    requests: 1,
  };
}

/** 11: redirects. */
export const redirectCases: readonly FaultCase[] = [
  {
    id: '11-loop',
    server: 'redirects to itself',
    expected: 'ends after five hops',
    fault: redirected(302, ({ repository }) => `http://${repository.replace('/shop', '/v2/shop')}/tags/list`),
    outcome: { error: 'protocol', says: /more than 5 times/ },
    requests: 6,
  },
  refusedRedirect('file', 'a file', 'file:///etc/passwd', /the kind file:/),
  refusedRedirect('data', 'data in the address', 'data:application/json,{"tags":[]}', /the kind data:/),
  refusedRedirect('script', 'a script', 'javascript:alert(1)', /the kind javascript:/),
  refusedRedirect('user', 'an address with a password', 'http://a:b@127.0.0.1:1/', /user name in it/),
  refusedRedirect('none', 'what is no address', 'http://[', /no address/),
  refusedRedirect('metadata', 'the metadata service of a cloud', 'http://169.254.169.254/', /169\.254\.169\.254/),
  refusedRedirect('decimal', 'the same in decimal', 'http://2852039166/', /169\.254\.169\.254/),
  ...(
    [
      ['relative', 'a relative address', () => '../tags/all'],
      ['absolute', 'a path', () => '/v2/shop/web/tags/all'],
      ['protocol', 'an address without its scheme', ({ registry }: World) => `//${registry.host}/v2/shop/web/tags/all`],
    ] as const
  ).map(
    ([variant, what, location]): FaultCase => ({
      id: `11-${variant}`,
      server: `redirects to ${what} of its own`,
      expected: 'follows with the credential',
      fault:
        (world) =>
        ({ url, headers }) => {
          if (url.pathname.endsWith('/tags/list')) return replies(307, { Location: location(world) });
          return headers.authorization === undefined ? replies(403) : { reply: json(200, { tags: ['1.0', 'latest'] }) };
        },
      outcome: webTags,
      requests: 2,
    }),
  ),
  {
    id: '11-cross',
    server: 'redirects to another host',
    expected: 'follows without credential, cookie or headers of its own',
    fault: (world) => {
      world.elsewhere.fault = ({ headers }) => {
        assert.deepEqual(
          Object.keys(headers).filter((name) => name.startsWith('x-')),
          [],
        );
        return { reply: json(200, { tags: ['1.0', 'latest'] }) };
      };
      return always({
        reply: { status: 307, headers: { Location: `${world.elsewhere.url}/list`, 'Set-Cookie': 'session=1; Path=/' } },
      });
    },
    outcome: webTags,
    requests: 1,
    elsewhere: 1,
  },
  {
    id: '11-delete',
    server: 'redirects a deletion to another host',
    expected: 'does not follow: what changes a registry stays there',
    fault: ({ elsewhere }) => always(replies(307, { Location: `${elsewhere.url}/v2/shop/web/manifests/1.0` })),
    act: async (world) => (await world.session('delete')).deleteTag?.('1.0', world),
    outcome: { error: 'protocol', says: /redirected a change to/ },
    requests: 1,
  },
  {
    id: '11-post',
    server: 'redirects the beginning of an upload on its own origin (307)',
    expected: 'follows with the same method',
    fault:
      () =>
      ({ method, url }) =>
        method === 'POST' && !url.search.includes('again')
          ? replies(307, { Location: '/v2/shop/web/blobs/uploads/?again' })
          : undefined,
    act: async (world) => {
      const blob = image.blobs[0];
      assert.ok(blob);
      world.registry.storage.repositories.get('shop/web')?.blobs.delete(blob.descriptor.digest);
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield blob.bytes;
      };
      return (await (await world.session('push')).uploadBlob?.(blob.descriptor, source, world))?.how;
    },
    outcome: { value: 'sent' },
    // HEAD, POST twice, PUT
    requests: 4,
  },
];
