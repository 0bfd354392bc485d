import assert from 'node:assert/strict';
import { RegistryError } from '../../../src/core/errors.ts';
import type { CredentialTarget, MachineCredentials } from '../../../src/core/ports.ts';
import { type CloudLogins, createCloudProvider } from '../../../src/node/cloudCredentials.ts';
import { createDockerCredentials } from '../../../src/node/dockerCredentials.ts';
import { createMachineCredentials } from '../../../src/node/machineCredentials.ts';
import { type AuthenticationSessions, createSessionProvider } from '../../../src/node/vscodeCredentials.ts';
import { fakePorts } from '../../support/fakePorts.ts';
import { rejection } from '../../support/registryErrors.ts';

const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

describe('The logins of clouds and of VS Code', () => {
  const places: readonly (readonly [registry: string, sources: readonly string[]])[] = [
    [ecr, ['aws']],
    ['public.ecr.aws', ['aws']],
    ['europe-docker.pkg.dev', ['google']],
    ['eu.gcr.io', ['google']],
    ['ghcr.io', ['vscode-github']],
    ['team.azurecr.io', ['vscode-microsoft']],
    ['quay.io', []],
    ['docker.io', []],
    [`${ecr}.evil.example`, []],
    [`evil.example:443`, []],
    ['ghcr.io.evil.example', []],
    ['ghcr.io:5000', []],
    ['evilgcr.io', []],
    ['azurecr.io', []],
    ['team.azurecr.io.evil.example', []],
  ];
  for (const [registry, sources] of places) {
    it(`are ${sources.join() || 'none'} for ${registry}`, async () => {
      assert.deepEqual(await listed(open(), target(registry)), sources);
    });
  }

  it('never go to a registry that is not encrypted', async () => {
    for (const [registry] of places)
      assert.deepEqual(await listed(open(), { ...target(registry), isEncrypted: false }), []);
  });

  it('are found as they are, with account and end', async () => {
    const found = await open().find(target(ecr), noAbort());
    assert.equal(found?.credential.kind, 'aws');
    assert.deepEqual([found?.source.account, found?.source.expiresAt], ['123456789012', 7]);
    assert.ok(!JSON.stringify(found?.source).includes('canary'));
  });

  it('are those of one cloud alone where that is asked for', async () => {
    assert.equal(await open().find(target(ecr), noAbort(), { cloud: 'google' }), undefined);
    assert.equal((await open().find(target(ecr), noAbort(), { cloud: 'aws' }))?.source.id, 'aws');
  });

  it('are looked for without asking anybody, unless the user has chosen one', async () => {
    const asked: boolean[] = [];
    const machine = open({
      get: async (_provider, _scopes, { createIfNone }) => {
        asked.push(createIfNone);
        return createIfNone ? { accessToken: 'canary', account: 'alice' } : undefined;
      },
    });
    assert.equal(await machine.find(target('ghcr.io'), noAbort()), undefined);
    const [source] = await machine.list(target('ghcr.io'), noAbort());
    assert.equal(source?.needsSignIn, true);
    assert.deepEqual(asked, [false, false]);
    const sourceId = 'vscode-github';
    await rejection(machine.find(target('ghcr.io'), noAbort(), { sourceId }), 'unauthorized');
    const found = await machine.find(target('ghcr.io'), noAbort(), { sourceId, isInteractive: true });
    assert.deepEqual(found?.credential, { kind: 'password', username: 'alice', password: 'canary' });
    assert.deepEqual(asked, [false, false, false, true]);
  });

  it('ask for no more than reading packages, and for what registries of Azure take', async () => {
    const asked: unknown[] = [];
    const machine = open({
      get: async (provider, scopes) => {
        asked.push([provider, ...scopes]);
        return { accessToken: 'canary', account: 'alice' };
      },
    });
    await machine.find(target('ghcr.io'), noAbort());
    assert.deepEqual((await machine.find(target('team.azurecr.io'), noAbort()))?.credential, {
      kind: 'microsoft',
      token: 'canary',
    });
    assert.deepEqual(asked, [
      ['github', 'read:packages'],
      ['microsoft', 'https://management.azure.com/.default'],
    ]);
  });

  it('do not keep a public image from being read when they cannot be used', async () => {
    const broken = async (): Promise<never> => {
      throw new RegistryError('storage', 'The AWS credentials of this machine cannot be used.');
    };
    const machine = open(undefined, { aws: broken, google: broken });
    assert.equal(await machine.find(target('public.ecr.aws'), noAbort()), undefined);
    const [source] = await machine.list(target('public.ecr.aws'), noAbort());
    assert.equal(source?.problem, 'The AWS credentials of this machine cannot be used.');
  });

  it('are left when it is cancelled', async () => {
    const never = (): Promise<never> => new Promise(() => {});
    const controller = new AbortController();
    const finding = rejection(
      open(undefined, { aws: never, google: never }).find(target(ecr), controller.signal),
      'cancelled',
    );
    controller.abort();
    await finding;
  });
});

const session: AuthenticationSessions = { get: async () => ({ accessToken: 'canary', account: 'alice' }) };

const clouds: CloudLogins = {
  aws: async () => ({
    credential: { kind: 'aws', accessKeyId: 'canary', secretAccessKey: 'canary', expiresAt: 7 },
    account: '123456789012',
  }),
  google: async () => ({ credential: { kind: 'google', token: 'canary' } }),
};

function open(sessions: AuthenticationSessions = session, logins: CloudLogins = clouds): MachineCredentials {
  const { log } = fakePorts();
  const docker = createDockerCredentials(log, {
    files: () => [],
    askHelper: async () => undefined,
    listHelper: async () => ({}),
  });
  return createMachineCredentials(log, docker, [createCloudProvider(logins), createSessionProvider(sessions)]);
}

async function listed(machine: MachineCredentials, where: CredentialTarget): Promise<readonly string[]> {
  return (await machine.list(where, noAbort())).map(({ id }) => id);
}

function target(registry: string): CredentialTarget {
  return { registry, path: '/', isEncrypted: true };
}

function noAbort(): AbortSignal {
  return new AbortController().signal;
}
