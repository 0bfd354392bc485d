import assert from 'node:assert/strict';
import { registryLogin } from '../../../../src/core/apiAuth/registryLogin.ts';
import type { CloudCredential, Credential, FindCredential } from '../../../../src/core/credential.ts';
import type { HttpRequest } from '../../../../src/core/ports.ts';
import { createHash } from '../../../../src/node/hash.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { answersInTurn, type FakeSend, fakeSend, jsonResponse, noAbort } from '../registry/fakeHttp.ts';

const ecr = 'https://123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const acr = 'https://shop.azurecr.io';
const pkg = 'https://europe-west3-docker.pkg.dev';
const aws: CloudCredential = { kind: 'aws', accessKeyId: 'AKID1', secretAccessKey: 'topsecret' };
const hour = 3600 * 1000;

describe('Login of a registry', () => {
  it('is the credential as it is where it is one for registries', async () => {
    const plain: readonly Credential[] = [
      { kind: 'password', username: 'alice', password: 'secret' },
      { kind: 'identity-token', token: 'x' },
      { kind: 'registry-token', token: 'x' },
    ];
    for (const credential of plain) {
      assert.deepEqual(await open(answersInTurn(), ecr, () => credential)(noAbort()), credential);
    }
    assert.equal(await open(answersInTurn(), ecr, () => undefined)(noAbort()), undefined);
  });

  it('exchanges AWS credentials for the password of ECR, signed, and keeps it until shortly before its end', async () => {
    let now = 0;
    const wire = fakeSend(() => ecrAnswer([{ authorizationToken: btoa('AWS:pa:ss'), expiresAt: now / 1000 + 43_200 }]));
    const find = open(
      wire,
      ecr,
      () => aws,
      () => now,
    );
    const password: Credential = { kind: 'password', username: 'AWS', password: 'pa:ss' };
    assert.deepEqual(await Promise.all([find(noAbort()), find(noAbort())]), [password, password]);
    now = 12 * hour - 61_000;
    await find(noAbort());
    assert.equal(wire.requests.length, 1);
    now = 12 * hour - 60_000;
    await find(noAbort());
    assert.equal(wire.requests.length, 2);
    const { method, url, headers, body } = wire.requests[0] as HttpRequest;
    assert.deepEqual(
      [method, url.href, headers['x-amz-target'], new TextDecoder().decode(body)],
      [
        'POST',
        'https://api.ecr.eu-central-1.amazonaws.com/',
        'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
        '{}',
      ],
    );
    assert.match(headers['authorization'] ?? '', /Credential=AKID1\/\d+\/eu-central-1\/ecr\/aws4_request/);
  });

  it('exchanges anew when the AWS credentials are others', async () => {
    const wire = fakeSend(() => ecrAnswer([{ authorizationToken: btoa('AWS:pw'), expiresAt: 43_200 }]));
    let accessKeyId = 'AKID1';
    const find = open(wire, ecr, () => ({ ...aws, accessKeyId }));
    await find(noAbort());
    accessKeyId = 'AKID2';
    await find(noAbort());
    assert.equal(wire.requests.length, 2);
  });

  it('asks ECR Public in its own words', async () => {
    const wire = answersInTurn(ecrAnswer({ authorizationToken: btoa('AWS:pw') }));
    const found = await open(wire, 'https://public.ecr.aws', () => aws)(noAbort());
    assert.deepEqual(found, { kind: 'password', username: 'AWS', password: 'pw' });
    const [request] = wire.requests;
    assert.equal(request?.url.href, 'https://api.ecr-public.us-east-1.amazonaws.com/');
    assert.equal(request?.headers['x-amz-target'], 'SpencerFrontendService.GetAuthorizationToken');
    assert.match(request?.headers['authorization'] ?? '', /us-east-1\/ecr-public\/aws4_request/);
  });

  it('says what AWS refuses, without a secret', async () => {
    const wire = answersInTurn(
      jsonResponse(
        { __type: 'UnrecognizedClientException', message: 'The security token is invalid.' },
        { status: 400 },
      ),
      jsonResponse({}, { status: 503 }),
      jsonResponse({ authorizationData: [{ authorizationToken: '%%%' }] }),
      jsonResponse({ authorizationData: null }),
    );
    const find = open(wire, ecr, () => aws);
    const { message } = await rejection(find(noAbort()), 'unauthorized');
    assert.match(message, /api\.ecr\.eu-central-1\.amazonaws\.com refuses the AWS credentials.*security token/);
    assert.doesNotMatch(message, /topsecret/);
    await rejection(find(noAbort()), 'server');
    await rejection(find(noAbort()), 'protocol');
    await rejection(find(noAbort()), 'protocol');
  });

  it("is the token of a Google account, under the name that Google's registries want", async () => {
    const google: CloudCredential = { kind: 'google', token: 'ya29.a' };
    for (const registry of [pkg, 'https://gcr.io', 'https://eu.gcr.io']) {
      assert.deepEqual(await open(answersInTurn(), registry, () => google)(noAbort()), {
        kind: 'password',
        username: 'oauth2accesstoken',
        password: 'ya29.a',
      });
    }
  });

  it('exchanges the token of a Microsoft account at the registry of Azure itself', async () => {
    const wire = answersInTurn(jsonResponse({ refresh_token: 'refresh' }));
    const microsoft: CloudCredential = { kind: 'microsoft', token: 'eyJ.entra' };
    const found = await open(wire, acr, () => microsoft)(noAbort());
    assert.deepEqual(found, { kind: 'identity-token', token: 'refresh' });
    const [request] = wire.requests;
    assert.equal(request?.url.href, 'https://shop.azurecr.io/oauth2/exchange');
    assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(
      new TextDecoder().decode(request?.body),
      'grant_type=access_token&service=shop.azurecr.io&access_token=eyJ.entra',
    );
  });

  it('says when a Microsoft account may not use a registry', async () => {
    for (const status of [401, 403]) {
      const wire = answersInTurn(jsonResponse({}, { status }));
      const find = open(wire, acr, () => ({ kind: 'microsoft', token: 'secret-token' }));
      const { message } = await rejection(find(noAbort()), 'unauthorized');
      assert.match(message, /shop\.azurecr\.io refuses this Microsoft account.*AcrPull/);
      assert.doesNotMatch(message, /secret-token/);
    }
  });

  it('takes no login to a cloud anywhere but to that cloud, and nowhere unencrypted', async () => {
    const logins: readonly CloudCredential[] = [aws, { kind: 'google', token: 'x' }, { kind: 'microsoft', token: 'x' }];
    const elsewhere = [
      'https://evil.example',
      'https://123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.example',
      'https://gcr.io.evil.example',
      'https://evilgcr.io',
      'https://azurecr.io.evil.example',
      'https://docker.pkg.dev.evil.example',
      ...[ecr, acr, pkg].map((url) => url.replace('https:', 'http:')),
    ];
    for (const login of logins) {
      for (const url of elsewhere) {
        assert.equal(await open(answersInTurn(), url, () => login)(noAbort()), undefined, `${login.kind} at ${url}`);
      }
    }
    assert.equal(await open(answersInTurn(), pkg, () => aws)(noAbort()), undefined);
  });
});

function open(
  wire: FakeSend,
  registry: string,
  login: () => Credential | CloudCredential | undefined,
  now: () => number = () => 0,
): FindCredential {
  return registryLogin({
    registry: new URL(registry),
    findLogin: async () => login(),
    send: wire.send,
    now,
    createHash,
  });
}

function ecrAnswer(authorizationData: unknown) {
  return jsonResponse({ authorizationData });
}
