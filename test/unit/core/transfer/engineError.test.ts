import assert from 'node:assert/strict';
import { engineError } from '../../../../src/core/transfer/engineError.ts';

const registry = 'registry.example:5000';
const docker = { kind: 'docker', name: 'Docker 20.10.24', architecture: 'amd64' } as const;
const podman = { kind: 'podman', name: 'Podman 4.3.1', architecture: 'amd64' } as const;

/** Said by Docker 20.10 and podman 4.3. */
const said = [
  ['tls', 'Get "https://registry.example:5000/v2/": http: server gave HTTP response to HTTPS client'],
  [
    'tls',
    'initializing source docker://registry.example:5000/a:1: pinging container registry registry.example:5000: Get "https://registry.example:5000/v2/": x509: certificate signed by unknown authority',
  ],
  [
    'storage',
    'writing blob: storing blob to file "/var/tmp/storage1/1": write /var/tmp/storage1/1: no space left on device',
  ],
  ['not-found', 'no matching manifest for linux/s390x in the manifest list entries'],
  [
    'not-found',
    'choosing an image from manifest list docker://registry.example:5000/a:1: no image found in image index for architecture s390x, variant "", OS linux',
  ],
  ['not-found', 'manifest for registry.example:5000/a:1 not found: manifest unknown: manifest unknown'],
  [
    'not-found',
    'initializing source docker://registry.example:5000/a:1: reading manifest 1 in registry.example:5000/a: manifest unknown: manifest unknown',
  ],
  ['rate-limited', 'toomanyrequests: You have reached your pull rate limit.'],
  [
    'unauthorized',
    "pull access denied for registry.example:5000/a, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
  ],
  ['unauthorized', 'unable to retrieve auth token: invalid username/password: unauthorized: authentication required'],
  [
    'unreachable',
    'Get "https://registry.example:5000/v2/": dial tcp: lookup registry.example on 127.0.0.53:53: no such host',
  ],
  ['unreachable', 'Get "http://127.0.0.1:5998/v2/": dial tcp 127.0.0.1:5998: connect: connection refused'],
  ['server', 'something nobody has seen yet'],
] as const;

describe('what an engine says about a failed pull', () => {
  for (const [code, words] of said) {
    it(`is "${code}": ${words.slice(0, 60)}`, () => {
      const error = engineError(words, { engine: docker, registry, reference: `${registry}/a:1` });
      assert.equal(error.code, code, error.message);
      assert.match(error.message, /^(?:Docker 20\.10\.24|registry\.example:5000) .*\. It said: ".*"\./);
    });
  }

  it('is followed by the way to allow plain HTTP in that engine', () => {
    const words = 'http: server gave HTTP response to HTTPS client';
    const message = (engine: typeof docker | typeof podman): string =>
      engineError(words, { engine, registry, reference: `${registry}/a:1` }).message;
    assert.match(message(docker), /add "registry\.example:5000" to "insecure-registries" in the engine's daemon\.json/);
    assert.match(
      message(podman),
      /registries\.conf: \[\[registry\]\] location = "registry\.example:5000", insecure = true/,
    );
  });

  it('is told without the permissions in addresses, on one line, and not at any length', () => {
    const words = `read https://bucket.example/blob?X-Amz-Signature=canary\u001b[31m\nfailed ${'x'.repeat(1000)}`;
    const { message } = engineError(words, { engine: docker, registry, reference: `${registry}/a:1` });
    assert.ok(!message.includes('canary'), message);
    assert.match(message, /bucket\.example\/blob\?…/);
    assert.ok(!/\p{Cc}/u.test(message) && message.length < 400, message);
  });
});
