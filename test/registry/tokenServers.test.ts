import assert from 'node:assert/strict';
import type { Credential } from '../../src/core/credential.ts';
import { createPipeline } from '../../src/core/registry/pipeline.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { neededAccess, parseScope } from '../support/sampleRegistry/access.ts';
import { json, notFound, ociError, tokenPath } from '../support/sampleRegistry/http.ts';
import { bearerChallenge, type TokenQuirks } from '../support/sampleRegistry/tokenQuirks.ts';
import { type BearerAuth, type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { type Client, openClient } from './openClient.ts';

/*
 * The ways in which real registries hand out tokens, each by what is known of them: one registry after the other is used
 * from the first list of tags to a deletion, and again after all its tokens have ended.
 */
const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'COPY', layer: writeLayer([file('srv/app', 'one')]) }],
});
const { digest } = image.manifest.descriptor;
const login = { username: 'ada', password: 'canary-8e41' };
const users = { [login.username]: login.password };

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

interface Variant extends Pick<BearerAuth, 'needs' | 'quirks' | 'takesPost'> {
  readonly title: string;
}

const plain = ({ error: _error, ...parameters }: { readonly error?: unknown } & Record<string, unknown>): string =>
  bearerChallenge(parameters as Record<string, string>);

const variants: readonly Variant[] = [
  { title: 'Distribution' },
  {
    title: 'Gitea: Bearer and Basic in one header, scope "*", only `token`, no POST',
    takesPost: false,
    quirks: {
      challenge: ({ realm }) => [
        `${bearerChallenge({ realm, service: 'container_registry', scope: '*' })},Basic realm="Gitea"`,
      ],
      reply: ({ token }) => ({ token }),
    },
  },
  {
    title: 'several headers: Negotiate, Basic, then Bearer in an odd order and case',
    quirks: {
      challenge: ({ realm, service, scope }) => [
        'Negotiate, NTLM',
        'BASIC Realm="a, b"',
        `bEARER  SCOPE="${scope}" , Service=${service},\tREALM="${realm}"`,
      ],
    },
  },
  {
    title: 'unquoted, with commas in the scope',
    quirks: { challenge: ({ realm, scope }) => [`Bearer scope=${scope.split(' ')[0]},realm=${realm}`] },
  },
  { title: 'a relative realm', quirks: { challenge: ({ scope }) => [bearerChallenge({ realm: tokenPath, scope })] } },
  {
    title: 'neither service nor scope, as OpenShift',
    quirks: { challenge: ({ realm }) => [bearerChallenge({ realm })] },
  },
  {
    title: 'NVIDIA: no service, an answer of text/plain, and another realm for a token that has ended',
    quirks: {
      challenge: ({ realm, scope, error }) => [
        error === 'invalid_token'
          ? bearerChallenge({ realm: 'https://authn.example/token', scope })
          : bearerChallenge({ realm, scope }),
      ],
      replyType: 'text/plain; charset=utf-8',
    },
  },
  {
    title: 'Quay: only `token`, no `delete`, no catalogue, nothing for nobody without a scope',
    takesPost: false,
    needs: (request) =>
      request.method === 'DELETE'
        ? neededAccess(request).map((access) => ({ ...access, actions: ['push'] }))
        : undefined,
    quirks: {
      intercept: ({ url, headers }) => {
        const scopes = url.searchParams.getAll('scope');
        if (scopes.length === 0 && headers.authorization === undefined) return ociError('UNAUTHORIZED');
        const isKnown = (scope: string): boolean =>
          scope.startsWith('repository:') &&
          parseScope(scope)?.actions.every((action) => ['pull', 'push', '*'].includes(action)) === true;
        return scopes.every(isKnown) ? undefined : json(400, { error: 'INVALID_REQUEST' });
      },
      reply: ({ token }) => ({ token }),
    },
  },
  {
    title: 'Azure: only `access_token`, and `metadata_read` for lists',
    needs: (request) =>
      request.url.pathname.endsWith('/tags/list')
        ? neededAccess(request).map((access) => ({ ...access, actions: ['metadata_read'] }))
        : undefined,
    quirks: {
      reply: ({ access_token }) => ({ access_token }),
    },
  },
  {
    title: "Google's first: a challenge only at /v2/",
    quirks: { challenge: (parameters, { url }) => (url.pathname === '/v2/' ? [plain({ ...parameters })] : []) },
  },
  {
    title: 'GitHub: a placeholder as scope at /v2/',
    takesPost: false,
    quirks: {
      challenge: (parameters, { url }) => [
        plain({ ...parameters, ...(url.pathname === '/v2/' && { scope: 'repository:user/image:pull' }) }),
      ],
      reply: ({ token }) => ({ token }),
    },
  },
  { title: 'no lifetime told', quirks: { reply: ({ token }) => ({ token }) } },
  { title: 'a lifetime of 0 told', quirks: { reply: (reply) => ({ ...reply, expires_in: 0 }) } },
  { title: 'a lifetime written as text', quirks: { reply: (reply) => ({ ...reply, expires_in: '300' }) } },
  {
    title: 'a token server that reads the first scope only',
    quirks: {
      intercept: ({ url }) => {
        const [first, ...others] = url.searchParams.getAll('scope');
        if (others.length > 0 && first !== undefined) url.searchParams.set('scope', first);
        return undefined;
      },
    },
  },
  {
    title: 'a token server that knows POST only (404)',
    quirks: { intercept: ({ method }) => (method === 'GET' ? notFound() : undefined) },
  },
  {
    title: 'a token server that knows POST only (405)',
    quirks: { intercept: ({ method }) => (method === 'GET' ? ociError('UNSUPPORTED') : undefined) },
  },
  {
    title: 'a token server that redirects on its own origin',
    quirks: {
      intercept: ({ url }) =>
        url.searchParams.has('again')
          ? undefined
          : { status: 307, headers: { Location: `${url.pathname}${url.search || '?'}&again=1` } },
    },
  },
];

describe('a registry with tokens as real ones have them:', () => {
  for (const { title, ...auth } of variants) {
    it(title, async () => {
      const registry = await start({ auth: { scheme: 'bearer', users, ...auth } });
      registry.push('shop/web', image, '1.0', 'latest');
      const { gantry, ports } = await open();
      const { id } = await gantry.addConnection({ url: registry.url, ...login });
      await use({ gantry, ports }, registry);
      registry.revokeTokens();
      assert.equal((await gantry.tagNames(`${registry.host}/shop/web`)).tags.length, 0);
      assertSafe(registry, ports.logLines);

      await gantry.removeConnection(id);
      const wrong = { ...login, password: 'wrong' };
      await rejection(gantry.addConnection({ url: registry.url, ...wrong }), 'unauthorized');
    });
  }

  for (const [title, quirks] of [
    ['by POST', {}],
    ['by GET where POST is not known', { intercept: ({ method }) => (method === 'POST' ? notFound() : undefined) }],
    [
      'by GET where POST is refused',
      { intercept: ({ method }) => (method === 'POST' ? ociError('UNAUTHORIZED') : undefined) },
    ],
  ] as readonly (readonly [string, TokenQuirks])[]) {
    it(`an identity token, ${title}`, async () => {
      const known = { '<token>': 'identity-1' };
      const registry = await start({
        auth: { scheme: 'bearer', users: title === 'by POST' ? {} : known, quirks },
      });
      registry.push('shop/web', image, '1.0', 'latest');
      const token = title === 'by POST' ? registry.issueIdentityToken('ada') : 'identity-1';
      const { gantry, ports } = await open(machineLogin({ kind: 'identity-token', token }));
      await gantry.addConnection({ url: registry.url });
      await use({ gantry, ports }, registry);
      assert.ok(!ports.logLines.join('\n').includes(token));
    });
  }

  it('a registry token, which goes to the registry as it is', async () => {
    const registry = await start({ auth: { scheme: 'bearer', users } });
    registry.push('shop/web', image, 'latest');
    const basic = `Basic ${btoa(`${login.username}:${login.password}`)}`;
    const reply = await fetch(`${registry.realm}?scope=repository:shop/web:pull`, {
      headers: { authorization: basic },
    });
    const { token } = (await reply.json()) as { readonly token: string };
    const { gantry } = await open(machineLogin({ kind: 'registry-token', token }));
    await gantry.addConnection({ url: registry.url });
    const before = registry.requests.length;
    assert.equal((await gantry.tagNames(`${registry.host}/shop/web`)).tags.length, 1);
    assert.deepEqual(
      registry.requests.slice(before).map(({ server }) => server),
      ['registry', 'registry'],
    );
  });

  it('a mount: both repositories in one token, also where the challenge names them one by one', async () => {
    const registry = await start({
      auth: {
        scheme: 'bearer',
        users,
        quirks: {
          challenge: ({ realm, scope }) =>
            scope
              .split(' ')
              .map((one) => bearerChallenge({ realm, scope: one }))
              .slice(0, 1),
        },
      },
    });
    registry.push('shop/web', image, 'latest');
    const { ports } = await open();
    const url = new URL(registry.url);
    const findCredential = async (): Promise<Credential> => ({ kind: 'password', ...login });
    const transport = ports.openTransport({ registry: url });
    const send = createPipeline({ ...ports, registry: url, findCredential, transport });
    const layer = image.blobs[0]?.descriptor.digest;
    const response = await send(
      {
        method: 'POST',
        url: new URL(`/v2/shop/copy/blobs/uploads/?mount=${layer}&from=shop/web`, url),
        headers: {},
        scopes: ['repository:shop/copy:pull,push', 'repository:shop/web:pull'],
      },
      new AbortController().signal,
    );
    response.discard();
    assert.equal(response.status, 201);
    assert.deepEqual(
      registry.requests.filter(({ server }) => server === 'token').map(({ status }) => status),
      [200],
    );
  });
});

async function use({ gantry }: Pick<Client, 'gantry' | 'ports'>, registry: SampleRegistry): Promise<void> {
  const name = `${registry.host}/shop/web`;
  assert.deepEqual(
    (await gantry.tagNames(name)).tags.map((tag) => tag.name),
    ['latest', '1.0'],
  );
  assert.equal((await gantry.inspect(`${name}:latest`)).digest, digest);
  await gantry.tag(`${name}:latest`, 'stable');
  await gantry.runDelete(await gantry.planDelete(`${name}@${digest}`));
}

/** The password went to the token server only, and nothing secret into the log. */
function assertSafe(registry: SampleRegistry, logLines: readonly string[]): void {
  for (const { server, headers, path } of registry.requests) {
    if (server === 'registry') assert.doesNotMatch(headers.authorization ?? '', /^Basic/, path);
    assert.ok(!path.includes(login.password));
  }
  assert.ok(!logLines.join('\n').includes(login.password));
  assert.doesNotMatch(logLines.join('\n'), /token-\d/);
}

function machineLogin(credential: Credential): Parameters<typeof openClient>[0] {
  const source = { id: 'a', kind: 'docker-config', label: 'docker', detail: 'config.json' } as const;
  return {
    machineCredentials: {
      find: async () => ({ credential, source }),
      list: async () => [source],
      discover: async () => [],
    },
  };
}
