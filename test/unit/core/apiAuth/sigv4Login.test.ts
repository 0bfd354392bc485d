import assert from 'node:assert/strict';
import { sigv4Login } from '../../../../src/core/apiAuth/sigv4Login.ts';
import type { CloudCredential, FindLogin } from '../../../../src/core/credential.ts';
import type { HttpRequest } from '../../../../src/core/ports.ts';
import { createHash } from '../../../../src/node/hash.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { answersInTurn, type FakeSend, fakeSend, jsonResponse, noAbort, readText } from '../registry/fakeHttp.ts';

const origin = 'https://api.ecr.eu-central-1.amazonaws.com';
const request: HttpRequest = {
  method: 'POST',
  url: new URL(origin),
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'X.DescribeImages' },
  body: new TextEncoder().encode('{}'),
};

describe('Login at the API of ECR', () => {
  it('signs with the AWS credentials of the machine, whatever the registry is logged in to by', async () => {
    const wire = answersInTurn(jsonResponse({ ok: true }));
    const asked: unknown[] = [];
    await send(wire, async (_signal, cloud) => {
      asked.push(cloud);
      return aws('AKID1');
    });
    assert.deepEqual(asked, ['aws']);
    const { authorization = '' } = wire.requests[0]?.headers ?? {};
    assert.match(authorization, /^AWS4-HMAC-SHA256 Credential=AKID1\/19700101\/eu-central-1\/ecr\/aws4_request, /);
    assert.match(authorization, /SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,/);
  });

  it('sends nothing without AWS credentials, and says how to get some', async () => {
    const wire = answersInTurn();
    const none: readonly FindLogin[] = [
      async () => undefined,
      async () => ({ kind: 'password', username: 'AWS', password: 'secret' }),
    ];
    for (const find of none) {
      const { message } = await rejection(send(wire, find), 'unauthorized');
      assert.match(message, /api\.ecr\.eu-central-1\.amazonaws\.com.*aws sso login/);
    }
    assert.deepEqual(wire.requests, []);
  });

  it('signs nothing for another origin', async () => {
    const wire = answersInTurn();
    const url = new URL('https://evil.example/');
    await rejection(
      send(wire, async () => aws('AKID1'), { ...request, url }),
      'invalid',
    );
    await rejection(
      sigv4Login({ origin: url.origin, findLogin: async () => aws('AKID1'), now: () => 0, createHash })(wire.send)(
        { ...request, url },
        noAbort(),
      ),
      'invalid',
    );
    assert.deepEqual(wire.requests, []);
  });

  it('looks for new credentials once when those of a session have ended', async () => {
    const found = [aws('AKID1'), aws('AKID2')];
    const wire = answersInTurn(jsonResponse({ __type: 'ExpiredTokenException' }, { status: 400 }), jsonResponse({}));
    const answer = await send(wire, async () => found.shift());
    assert.equal(answer.status, 200);
    assert.deepEqual(
      wire.requests.map(({ headers }) => /Credential=(\w+)/.exec(headers['authorization'] ?? '')?.[1]),
      ['AKID1', 'AKID2'],
    );
  });

  it('gives the refusal on where there are no others', async () => {
    const refusal = { __type: 'UnrecognizedClientException', message: 'no' };
    const wire = fakeSend(() => jsonResponse(refusal, { status: 400 }));
    const answer = await send(wire, async () => aws('AKID1'));
    assert.equal(answer.status, 400);
    assert.equal(await readText(answer), JSON.stringify(refusal));
    assert.equal(wire.requests.length, 1);
  });

  it('gives other errors on as they are', async () => {
    const refusal = { __type: 'RepositoryNotFoundException' };
    const wire = answersInTurn(jsonResponse(refusal, { status: 400 }));
    assert.equal(await readText(await send(wire, async () => aws('AKID1'))), JSON.stringify(refusal));
  });
});

function send(wire: FakeSend, findLogin: FindLogin, what: HttpRequest = request) {
  return sigv4Login({ origin, findLogin, now: () => 0, createHash })(wire.send)(what, noAbort());
}

function aws(accessKeyId: string): CloudCredential {
  return { kind: 'aws', accessKeyId, secretAccessKey: 'secret', sessionToken: 'session' };
}
