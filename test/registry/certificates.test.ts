import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { distributionProgram, startDistribution, startDistribution3 } from '../support/distribution.ts';
import { distribution3, needsGoProgram } from '../support/goPrograms.ts';
import { needsPrograms } from '../support/programs.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTestCertificates, type TestCertificates, type Validity } from '../support/testCertificates.ts';
import { makeMachine, type TestMachine, transportsForEach, type WorldOptions } from './transportWorld.ts';

const startRegistry = closeAfterEach(startSampleRegistry);
const start2 = closeAfterEach(startDistribution);
const start3 = closeAfterEach(startDistribution3);
const open = transportsForEach();
const newMachine = closeAfterEach(() => makeMachine());

const distributions = [
  ['Distribution 2.8', start2, (test: Mocha.Context) => needsPrograms(test, distributionProgram)],
  ['Distribution 3', start3, (test: Mocha.Context) => needsGoProgram(test, distribution3)],
] as const;

describe('certificates', () => {
  let certificates: TestCertificates;
  let other: TestCertificates;
  before(async function () {
    needsPrograms(this, 'openssl');
    [certificates, other] = await Promise.all([
      makeTestCertificates(),
      makeTestCertificates({ names: ['DNS:a.test'] }),
    ]);
  });
  after(() => Promise.all([certificates?.close(), other?.close()]));

  const tlsOf = ({ key, certificate: cert }: TestCertificates): { key: string; cert: string } => ({ key, cert });

  type Way = (machine: TestMachine, host: string) => Promise<WorldOptions> | WorldOptions;
  const write =
    (folder: string): Way =>
    async (machine, host) => {
      await machine.write(`${folder}/${host}/ca.crt`, certificates.authority);
      return { machine };
    };
  const ways: readonly (readonly [name: string, way: Way])[] = [
    ['NODE_EXTRA_CA_CERTS', () => ({ env: { NODE_EXTRA_CA_CERTS: certificates.authorityFile } })],
    ['SSL_CERT_FILE', () => ({ env: { SSL_CERT_FILE: certificates.authorityFile } })],
    ['SSL_CERT_DIR', () => ({ env: { SSL_CERT_DIR: join(certificates.authorityFile, '..') } })],
    ["docker's /etc/docker/certs.d", write('etc/docker/certs.d')],
    ["docker's ~/.docker/certs.d", write('home/.docker/certs.d')],
    ["docker's ~/.config/docker/certs.d, without root", write('home/.config/docker/certs.d')],
    ['/etc/containers/certs.d', write('etc/containers/certs.d')],
    ['~/.config/containers/certs.d', write('home/.config/containers/certs.d')],
    ['/etc/containerd/certs.d', write('etc/containerd/certs.d')],
    [
      "containerd's hosts.toml",
      async (machine, host) => {
        await machine.write(`etc/containerd/certs.d/${host}/own.pem`, certificates.authority);
        await machine.write(
          `etc/containerd/certs.d/${host}/hosts.toml`,
          `server = "https://${host}"\nca = "own.pem"\n`,
        );
        return { machine };
      },
    ],
  ];
  for (const [name, way] of ways) {
    it(`of an authority are trusted by ${name}`, async () => {
      const [registry, machine] = await Promise.all([startRegistry({ tls: tlsOf(certificates) }), newMachine()]);
      const strange = await open({ machine });
      await rejection(strange.get(`${registry.url}/v2/`), 'tls');
      const { get } = await open(await way(machine, registry.host));
      assert.equal((await get(`${registry.url}/v2/`)).status, 200);
      assert.equal(registry.requests.length, 1);
    });
  }

  it('of an authority are trusted for the connection that names it, for all its hosts', async () => {
    const [registry, storage] = await Promise.all([
      startRegistry({ tls: tlsOf(certificates) }),
      startRegistry({ tls: tlsOf(certificates) }),
    ]);
    const { get } = await open();
    const tls = { ca: certificates.authorityFile };
    assert.equal((await get(`${registry.url}/v2/`, { tls })).status, 200);
    assert.equal((await get(`${storage.url}/v2/`, { tls, registry: registry.url })).status, 200);
    await rejection(get(`${registry.url}/v2/`), 'tls');
  });

  it('of the host itself are trusted as they are, like in Go', async () => {
    const [registry, { get }] = await Promise.all([startRegistry({ tls: tlsOf(certificates) }), open()]);
    assert.equal((await get(`${registry.url}/v2/`, { tls: { ca: certificates.certificateFile } })).status, 200);
  });

  it('are left unverified for the host and port of the connection alone', async () => {
    const [registry, storage] = await Promise.all([
      startRegistry({ tls: tlsOf(certificates) }),
      startRegistry({ tls: tlsOf(certificates) }),
    ]);
    const { get } = await open();
    const tls = { insecure: true };
    assert.equal((await get(`${registry.url}/v2/`, { tls })).status, 200);
    await rejection(get(`${storage.url}/v2/`, { tls, registry: registry.url }), 'tls');
    assert.equal(storage.requests.length, 0);
  });

  for (const [name, start, needs] of distributions) {
    it(`are verified with ${name}`, async function () {
      needs(this);
      const [registry, { get }] = await Promise.all([start({ certificate: certificates }), open()]);
      const { certificate } = await rejection(get(`${registry.url}/v2/`), 'tls');
      assert.equal(certificate?.problem, 'untrusted');
      assert.equal((await get(`${registry.url}/v2/`, { tls: { ca: certificates.authorityFile } })).status, 200);
    });
  }

  it('are named with subject, issuer, dates and fingerprint when their authority is unknown', async () => {
    const [registry, { get }] = await Promise.all([startRegistry({ tls: tlsOf(certificates) }), open()]);
    const { certificate, message } = await rejection(get(`${registry.url}/v2/`), 'tls');
    assert.deepEqual([certificate?.subject, certificate?.issuer], ['localhost', 'Test CA']);
    assert.deepEqual(certificate?.hosts, ['localhost', '127.0.0.1']);
    assert.match(certificate?.fingerprint256 ?? '', /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    assert.match(certificate?.validTo ?? '', /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.match(
      message,
      /\(localhost, valid from \S+ to \S+\) was issued by Test CA, which this machine does not trust/,
    );
  });

  it('are named when they are self-signed', async () => {
    const tls = { key: certificates.authorityKey, cert: certificates.authority };
    const [registry, { get }] = await Promise.all([startRegistry({ tls }), open()]);
    const { certificate, message } = await rejection(get(`${registry.url}/v2/`), 'tls');
    assert.equal(certificate?.problem, 'self-signed');
    assert.match(message, /\(Test CA, .*\) is self-signed/);
  });

  it('are named with the hosts that they are for', async () => {
    const [registry, { get }] = await Promise.all([startRegistry({ tls: tlsOf(other) }), open()]);
    const { certificate, message } = await rejection(
      get(`${registry.url}/v2/`, { tls: { ca: other.authorityFile } }),
      'tls',
    );
    assert.deepEqual([certificate?.problem, certificate?.hosts], ['wrong-host', ['a.test']]);
    assert.match(message, /is for a\.test\. Check the address/);
  });

  const times: readonly (readonly [validFor: Validity, problem: string, says: RegExp])[] = [
    ['past', 'expired', /\(localhost, issued by Test CA\) expired on 2020-02-01/],
    ['future', 'not-yet-valid', /is valid from 2040-01-01 on only/],
  ];
  for (const [validFor, problem, says] of times) {
    it(`are named with their dates when they are of the ${validFor}`, async () => {
      const made = await makeTestCertificates({ validFor });
      try {
        const [registry, { get }] = await Promise.all([startRegistry({ tls: tlsOf(made) }), open()]);
        const error = await rejection(get(`${registry.url}/v2/`, { tls: { ca: made.authorityFile } }), 'tls');
        assert.equal(error.certificate?.problem, problem);
        assert.match(error.message, says);
      } finally {
        await made.close();
      }
    });
  }

  it('that a connection names and nobody can read are named by their path', async () => {
    const { get } = await open();
    const machine = await newMachine();
    const missing = await rejection(
      get('https://127.0.0.1:1/', { tls: { ca: join(machine.root, 'ca.pem') } }),
      'unreachable',
    );
    assert.match(missing.message, /nothing answers on this port/);
    const registry = await startRegistry({ tls: tlsOf(certificates) });
    const gone = await rejection(get(registry.url, { tls: { ca: join(machine.root, 'ca.pem') } }), 'tls');
    assert.match(gone.message, /ca\.pem cannot be read: it is not there/);
    const text = await machine.write('notes.pem', 'no certificate');
    const empty = await rejection(get(registry.url, { tls: { ca: text } }), 'tls');
    assert.match(empty.message, /notes\.pem holds no certificates/);
  });

  describe('of clients', () => {
    const startServer = closeAfterEach(async () => {
      const tls = { ...tlsOf(certificates), ca: certificates.authority, requestCert: true, rejectUnauthorized: true };
      const server = createServer(tls, (_request, response) => response.end('in'));
      server.on('tlsClientError', () => {}).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      assert.ok(typeof address === 'object' && address !== null);
      const close = async (): Promise<void> => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      };
      return { host: `127.0.0.1:${address.port}`, close };
    });
    const ca = (): { ca: string } => ({ ca: certificates.authorityFile });
    const own = (): { certificate: string; key: string } => ({
      certificate: certificates.certificateFile,
      key: certificates.keyFile,
    });

    for (const [name, start, needs] of distributions) {
      it(`are asked for by name where ${name} wants one, and taken`, async function () {
        needs(this);
        const certificate = { ...certificates, clientAuthorityFile: certificates.authorityFile };
        const [registry, { get }] = await Promise.all([start({ certificate }), open()]);
        const error = await rejection(get(`${registry.url}/v2/`, { tls: ca() }), 'tls');
        assert.equal(error.wantsClientCertificate, true);
        assert.match(error.message, /wants a client certificate/);
        assert.equal((await get(`${registry.url}/v2/`, { tls: { ...ca(), ...own() } })).status, 200);
      });
    }

    it('are shown to the host and port of the connection, and to no other', async () => {
      const [server, another, { get }] = await Promise.all([startServer(), startServer(), open()]);
      const tls = { ...ca(), ...own() };
      assert.equal((await get(`https://${server.host}/`, { tls })).text, 'in');
      await rejection(get(`https://${another.host}/`, { tls, registry: `https://${server.host}` }), 'tls');
    });

    for (const folder of ['etc/docker/certs.d', 'home/.config/containers/certs.d']) {
      it(`are found in ${folder}`, async () => {
        const [server, machine] = await Promise.all([startServer(), newMachine()]);
        await machine.write(`${folder}/${server.host}/client.cert`, certificates.certificate);
        await machine.write(`${folder}/${server.host}/ca.crt`, certificates.authority);
        const { get } = await open({ machine });
        const { message } = await rejection(get(`https://${server.host}/`), 'tls');
        assert.match(message, /client\.cert has no client\.key beside it/);
        await machine.write(`${folder}/${server.host}/client.key`, certificates.key);
        assert.equal((await get(`https://${server.host}/`)).text, 'in');
      });
    }

    it("are found in containerd's hosts.toml", async () => {
      const [server, machine] = await Promise.all([startServer(), newMachine()]);
      const files = [certificates.authorityFile, certificates.certificateFile, certificates.keyFile];
      const [authority, certificate, key] = files.map((file) => JSON.stringify(file));
      const table = `[host."https://${server.host}"]\nca = [${authority}]\nclient = [[${certificate}, ${key}]]\n`;
      await machine.write(`etc/containerd/certs.d/${server.host}/hosts.toml`, table);
      const { get } = await open({ machine });
      assert.equal((await get(`https://${server.host}/`)).text, 'in');
    });

    it('that do not go with their key are named', async () => {
      const [server, { get }] = await Promise.all([startServer(), open()]);
      const tls = { ...ca(), certificate: certificates.certificateFile, key: other.keyFile };
      const { message } = await rejection(get(`https://${server.host}/`, { tls }), 'tls');
      assert.match(message, /^The client certificate .*server\.pem cannot be used/);
    });
  });

  describe('of a registry that another tool takes as insecure', () => {
    type Write = (machine: TestMachine, host: string) => Promise<unknown>;
    const tools: readonly (readonly [name: string, tool: string, write: Write])[] = [
      [
        "docker's list",
        'docker',
        (m, host) => m.write('etc/docker/daemon.json', JSON.stringify({ 'insecure-registries': [`http://${host}`] })),
      ],
      [
        "a network of docker's",
        'docker',
        (m) => m.write('home/.docker/daemon.json', '{"insecure-registries":["127.0.0.0/8"]}'),
      ],
      [
        'registries.conf',
        'podman and skopeo',
        (m, host) =>
          m.write('etc/containers/registries.conf', `[[registry]]\nlocation = "${host}/team"\ninsecure = true\n`),
      ],
      [
        'a drop-in',
        'podman and skopeo',
        (m, host) =>
          m.write(
            'home/.config/containers/registries.conf.d/1.conf',
            `[[registry]]\nprefix = "${host}"\ninsecure = true\n`,
          ),
      ],
      [
        'a mirror',
        'podman and skopeo',
        (m, host) =>
          m.write(
            'etc/containers/registries.conf',
            `[[registry]]\nprefix = "docker.io"\n[[registry.mirror]]\nlocation = "${host}"\ninsecure = true\n`,
          ),
      ],
      [
        'registries.conf of version 1',
        'podman and skopeo',
        (m, host) => m.write('etc/containers/registries.conf', `[registries.insecure]\nregistries = ["${host}"]\n`),
      ],
      [
        'hosts.toml',
        'containerd',
        (m, host) => m.write(`etc/containerd/certs.d/${host}/hosts.toml`, 'skip_verify = true\n'),
      ],
    ];
    for (const [name, tool, writeFile] of tools) {
      it(`are verified all the same, and the error says so: ${name}`, async () => {
        const [registry, machine] = await Promise.all([startRegistry({ tls: tlsOf(certificates) }), newMachine()]);
        await writeFile(machine, registry.host);
        const { get } = await open({ machine });
        const error = await rejection(get(`${registry.url}/v2/`), 'tls');
        assert.equal(error.insecureBy, tool);
        assert.equal(error.certificate?.problem, 'untrusted');
        assert.match(
          error.message,
          new RegExp(`${tool} takes ${registry.host} as insecure \\(.*\\)\\. To do the same, switch off`),
        );
        assert.equal(registry.requests.length, 0);
      });
    }

    it('are not replaced by plain HTTP, which the user has to ask for', async () => {
      const [registry, machine] = await Promise.all([startRegistry(), newMachine()]);
      await machine.write('etc/docker/daemon.json', JSON.stringify({ 'insecure-registries': [registry.host] }));
      const { get } = await open({ machine });
      const error = await rejection(get(registry.url.replace('http:', 'https:')), 'tls');
      assert.match(error.message, /To do the same, begin its address with http:\/\//);
      assert.equal(registry.requests.length, 0);
    });

    it('say nothing of it where no tool lists them, or where a file is broken', async () => {
      const [registry, machine] = await Promise.all([startRegistry({ tls: tlsOf(certificates) }), newMachine()]);
      await machine.write('etc/docker/daemon.json', '{"insecure-registries": [7, "other.example", "10.0.0.0/8"]');
      await machine.write('etc/containers/registries.conf', '[[registry]\nlocation = ');
      const { get } = await open({ machine });
      const error = await rejection(get(`${registry.url}/v2/`), 'tls');
      assert.equal(error.insecureBy, undefined);
    });
  });
});
