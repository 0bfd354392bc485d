import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DiagnosticFacts, formatDiagnostics, originOnly } from '../../../src/core/diagnostics.ts';
import { redact } from '../../../src/core/redact.ts';

const facts: DiagnosticFacts = {
  versions: { Gantry: '1.2.3' },
  settings: { 'http.proxy': 'http://proxy.example:3128' },
  environment: { DOCKER_CONFIG: '/home/alice/.docker' },
  connections: [
    {
      url: 'https://registry.example.com',
      kind: 'oci',
      origin: 'added',
      state: 'failed',
      lastError: 'tls',
      login: 'docker-config',
      loginExpiresAt: '2026-11-24T12:00:00.000Z',
      tls: { ca: '/home/alice/ca.pem', insecure: true },
      notices: ['registry.example.com: moving soon'],
    },
  ],
  log: ['#1 GET https://registry.example.com/v2/ → 401 (3 ms)'],
};
const who = { secrets: [], homeFolder: '/home/alice' };

describe('formatDiagnostics', () => {
  it('tells versions, settings, environment, registries with their state, and the end of the log', () => {
    assert.equal(
      formatDiagnostics(facts, who),
      `# Gantry diagnostics

## Versions

- Gantry: 1.2.3

## Settings

- http.proxy: http://proxy.example:3128

## Environment

- DOCKER_CONFIG: ~/.docker

## Registries

- https://registry.example.com: oci, added, failed, last error: tls, login: docker-config until 2026-11-24T12:00:00.000Z, own CA, NOT VERIFIED
  - registry.example.com: moving soon

## Log

\`\`\`text
#1 GET https://registry.example.com/v2/ → 401 (3 ms)
\`\`\`
`,
    );
  });

  it('holds no secret that Gantry keeps, wherever it has slipped in', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4, unit: 'binary' }).filter((text) => /\S{4}/.test(text)),
        (secret) => {
          const planted = `CANARY${secret}CANARY`;
          const forms = [planted, JSON.stringify(planted), encodeURIComponent(planted)];
          const report = formatDiagnostics(
            { ...facts, log: forms.map((form) => `got ${form} back`) },
            {
              ...who,
              secrets: [planted],
            },
          );
          assert.ok(!report.includes('CANARY'), report);
        },
      ),
    );
  });
});

describe('redact', () => {
  const secret = 'S3cr3tCANARY';
  const jwt = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJDQU5BUlkifQ.${secret}`;
  for (const line of [
    `Authorization: Basic ${secret}`,
    `proxy-authorization: ${secret}`,
    `sent Bearer ${secret} to it`,
    `token ${jwt} expired`,
    `https://alice:${secret}@registry.example.com/v2/`,
    `https://storage.example/blob?X-Amz-Signature=${secret}&n=1`,
    `{"identitytoken": "${secret}"}`,
    `password=${secret}`,
    `ghp_${secret} and glpat-${secret}`,
    `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----`,
  ]) {
    it(`takes the secret out of ${JSON.stringify(line.replace(secret, '…').slice(0, 60))}`, () => {
      assert.ok(!redact(line).includes('CANARY'), redact(line));
    });
  }

  it('leaves what is no secret', () => {
    const line = '#7 GET https://registry.example.com:5000/v2/_catalog?n=100&last=team/app → 200 (12 ms)';
    assert.equal(redact(line), line);
  });

  it('takes time that grows with the text alone', () => {
    for (const piece of ['a', '://', 'Bearer ', '?a=', 'password', '@', 'eyJ']) {
      assert.equal(typeof redact(piece.repeat(30_000)), 'string');
    }
  });
});

describe('originOnly', () => {
  it('says where a proxy is, and of its login that there is one', () => {
    assert.equal(originOnly(''), 'not set');
    assert.equal(originOnly('proxy.example:3128'), 'http://proxy.example:3128');
    assert.equal(originOnly('http://alice:CANARY@proxy.example:3128/x?y'), 'http://proxy.example:3128 with a login');
    assert.equal(originOnly('::'), 'set, and no address');
  });
});
