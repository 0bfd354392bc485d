import assert from 'node:assert/strict';
import { signV4 } from '../../src/core/apiAuth/sigv4.ts';
import type { AwsCredential } from '../../src/core/credential.ts';
import type { HttpRequest } from '../../src/core/ports.ts';
import { createHash } from '../../src/node/hash.ts';
import { type Moto, needsMoto, startMoto } from '../support/moto.ts';

const region = 'eu-west-1';

describe('requests to the API of ECR, signed for moto', () => {
  let moto: Moto;
  let credential: AwsCredential;

  before(async function () {
    needsMoto(this);
    moto = await startMoto({ freeRequests: 3 });
    credential = await makeUser(moto);
  });

  after(() => moto?.close());

  it('are taken', async () => {
    const created = await askEcr('CreateRepository', { repositoryName: 'shop/web' });
    assert.equal(created.status, 200);
    const { repositories } = (await (await askEcr('DescribeRepositories', {})).json()) as {
      readonly repositories: readonly { readonly repositoryName: string }[];
    };
    assert.deepEqual(
      repositories.map(({ repositoryName }) => repositoryName),
      ['shop/web'],
    );
  });

  it('are refused when another secret signed them', async () => {
    const answer = await askEcr('DescribeRepositories', {}, { ...credential, secretAccessKey: 'another' });
    assert.notEqual(answer.status, 200);
    assert.match(await answer.text(), /InvalidSignatureException|SignatureDoesNotMatch/);
  });

  function askEcr(action: string, body: object, by: AwsCredential = credential): Promise<Response> {
    const request: HttpRequest = {
      method: 'POST',
      url: new URL(moto.url),
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${action}`,
      },
      body: new TextEncoder().encode(JSON.stringify(body)),
    };
    return send(signV4(request, { credential: by, scope: { service: 'ecr', region }, at: Date.now(), createHash }));
  }
});

/** Somebody who may do everything; nothing is signed yet, since nobody is known. */
async function makeUser(moto: Moto): Promise<AwsCredential> {
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  await askIam(moto, { Action: 'CreateUser', UserName: 'ada' });
  const rights = { PolicyName: 'all', PolicyDocument: JSON.stringify(policy) };
  await askIam(moto, { Action: 'PutUserPolicy', UserName: 'ada', ...rights });
  const key = await askIam(moto, { Action: 'CreateAccessKey', UserName: 'ada' });
  const [, accessKeyId = ''] = /<AccessKeyId>([^<]+)</.exec(key) ?? [];
  const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)</.exec(key) ?? [];
  return { accessKeyId, secretAccessKey };
}

async function askIam(moto: Moto, form: Readonly<Record<string, string>>): Promise<string> {
  // moto finds the service in the header; while requests are free it looks at nothing else of it.
  const authorization = `AWS4-HMAC-SHA256 Credential=nobody/20260101/${region}/iam/aws4_request, SignedHeaders=host, Signature=none`;
  const body = new URLSearchParams({ ...form, Version: '2010-05-08' });
  const answer = await fetch(moto.url, { method: 'POST', headers: { authorization }, body });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}

function send({ method, url, headers, body }: HttpRequest): Promise<Response> {
  return fetch(url, { method, headers, ...(body !== undefined && { body: new Uint8Array(body) }) });
}
