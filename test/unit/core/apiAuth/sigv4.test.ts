import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { type SignatureScope, signV4 } from '../../../../src/core/apiAuth/sigv4.ts';
import type { AwsCredential } from '../../../../src/core/credential.ts';
import type { HttpRequest } from '../../../../src/core/ports.ts';
import { createHash } from '../../../../src/node/hash.ts';

/*
 * Names and signatures are those of AWS's test suite for Signature Version 4
 * (https://docs.aws.amazon.com/general/latest/gr/signature-v4-test-suite.html, kept by AWS in the repository
 * awslabs/aws-c-auth under tests/aws-signing-test-suite/v4), and of the example in the documentation of IAM.
 */
const credential: AwsCredential = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const scope: SignatureScope = { service: 'service', region: 'us-east-1' };
const at = Date.UTC(2015, 7, 30, 12, 36);
const host = 'https://example.amazonaws.com';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
/** That of the suite's post-sts-token. */
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

describe('Signature Version 4', () => {
  const suite: readonly (readonly [name: string, request: HttpRequest, signature: string])[] = [
    ['get-vanilla', get('/'), '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', post(), '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'get-vanilla-query-order-key-case',
      get('/?Param2=value2&Param1=value1'),
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-vanilla-query-order-key',
      get('/?Param1=value2&Param1=Value1'),
      'eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1',
    ],
    ['get-vanilla-utf8-query', get('/?ሴ=bar'), '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
    [
      'get-unreserved',
      get('/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'),
      '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
    ],
    [
      'get-header-value-trim',
      { ...get('/'), headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' } },
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    [
      'post-header-value-case',
      post({ 'my-header1': 'VALUE1' }),
      'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
    ],
    [
      'post-x-www-form-urlencoded',
      post(form, 'Param1=value1'),
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ];
  for (const [name, request, signature] of suite) {
    it(`is that of AWS for ${name}`, () => {
      const names = Object.keys(request.headers).concat('host', 'x-amz-date').sort().join(';');
      assert.equal(
        sign(request).headers['authorization'],
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
      );
    });
  }

  it('is that of AWS for post-sts-header-before: the token of a session is signed', () => {
    const { headers } = sign(post(), { credential: { ...credential, sessionToken } });
    assert.equal(headers['x-amz-security-token'], sessionToken);
    assert.match(
      headers['authorization'] ?? '',
      /SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead$/,
    );
  });

  it("is that of AWS for the example in IAM's documentation", () => {
    const url = new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08');
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const signed = sign({ method: 'GET', url, headers }, { scope: { service: 'iam', region: 'us-east-1' } });
    assert.match(
      signed.headers['authorization'] ?? '',
      /Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7$/,
    );
  });

  it('leaves the request as it is but for its headers, and the secret out of them', () => {
    const request = post(form, 'Param1=value1');
    const signed = sign(request, { credential: { ...credential, sessionToken } });
    const { authorization, 'x-amz-date': date, 'x-amz-security-token': token, ...others } = signed.headers;
    assert.deepEqual({ ...signed, headers: others }, request);
    assert.equal(date, '20150830T123600Z');
    assert.equal(token, sessionToken);
    assert.doesNotMatch(authorization ?? '', /wJalr/);
  });

  it('changes with everything that is signed', () => {
    const base = post({ 'x-amz-target': 'a' }, '{}');
    const others: readonly HttpRequest[] = [
      { ...base, method: 'PUT' },
      { ...base, url: new URL('/x', host) },
      { ...base, url: new URL('/?x=', host) },
      { ...base, url: new URL('https://other.amazonaws.com/') },
      { ...base, headers: { 'x-amz-target': 'b' } },
      { ...base, body: new TextEncoder().encode('{ }') },
    ];
    const signatures = [base, ...others].map((request) => sign(request).headers['authorization']);
    assert.equal(new Set(signatures).size, signatures.length);
  });

  it('derives keys by the HMAC of RFC 2104, for secrets of any length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (secretAccessKey) => {
        const signed = sign(get('/'), { credential: { accessKeyId: 'A', secretAccessKey } });
        const toSign = [
          'AWS4-HMAC-SHA256',
          '20150830T123600Z',
          '20150830/us-east-1/service/aws4_request',
          // Of the canonical request of get-vanilla, as the suite has it.
          'bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63',
        ].join('\n');
        const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
        const key = ['20150830', 'us-east-1', 'service', 'aws4_request'].reduce<Buffer>(
          hmac,
          Buffer.from(`AWS4${secretAccessKey}`),
        );
        assert.ok(signed.headers['authorization']?.endsWith(`Signature=${hmac(key, toSign).toString('hex')}`));
      }),
    );
  });
});

function sign(
  request: HttpRequest,
  options: { readonly credential?: AwsCredential; readonly scope?: SignatureScope } = {},
): HttpRequest {
  return signV4(request, { credential, scope, at, createHash, ...options });
}

function get(path: string): HttpRequest {
  return { method: 'GET', url: new URL(path, host), headers: {} };
}

function post(headers: Readonly<Record<string, string>> = {}, body?: string): HttpRequest {
  const request: HttpRequest = { method: 'POST', url: new URL(host), headers };
  return body === undefined ? request : { ...request, body: new TextEncoder().encode(body) };
}
