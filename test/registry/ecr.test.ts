import assert from 'node:assert/strict';
import type { PageCallOptions, RegistrySession } from '../../src/api.ts';
import { ecrAdapter } from '../../src/core/adapters/ecr.ts';
import { kindOfHost } from '../../src/core/adapters/kinds.ts';
import type { CloudCredential, Credential } from '../../src/core/credential.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { failure } from '../support/ecr/ecrApi.ts';
import { awsLogin, ecrAccount, ecrOrigins, ecrPassword, type FakeEcr, startFakeEcr } from '../support/ecr/fakeEcr.ts';
import { type FakePorts, fakePorts } from '../support/fakePorts.ts';
import { writeImage, writeIndex } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { describeAdapterContract, distributionAbilities, pushContent } from './adapterContract.ts';

const { signal } = new AbortController();
const amd64 = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const arm64 = writeImage({ platform: { os: 'linux', architecture: 'arm64' }, steps: [] });
const index = writeIndex([amd64, arm64]);
const digest = index.manifest.descriptor.digest;
const dockerLogin: Extract<Credential, { readonly kind: 'password' }> = {
  kind: 'password',
  username: 'AWS',
  password: ecrPassword,
};

const start = closeAfterEach(startFakeEcr);

describeAdapterContract({
  name: 'Amazon ECR (emulated)',
  start: async (content) => {
    const ecr = await startFakeEcr();
    pushContent(content, ecr.push);
    return {
      adapter: ecrAdapter,
      connection: { url: ecrOrigins.registry, account: 'AWS' },
      credential: dockerLogin,
      cloudLogin: awsLogin,
      send: ecr.send,
      holdsUntagged: true,
      holdsReferrer: true,
      close: () => ecr.close(),
    };
  },
  offers: [
    ...distributionAbilities,
    'createRepository',
    'deleteRepository',
    'listUntagged',
    'vulnerabilities',
    'webUrl',
  ],
  tags: { tells: ['digest', 'size', 'pushedAt'], requests: 1 },
  wantsLogin: true,
  // A page of images has all of their tags.
  ignoresLimits: true,
});

describe('Amazon ECR: logins', () => {
  it('needs nothing but AWS credentials: the password of the registry is asked for, once', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'latest');
    const { session } = open(ecr);
    await session.test({ signal });
    const { digest: resolved } = await session.repository('shop/web').resolve('latest', { signal });
    assert.equal(resolved, digest);
    assert.deepEqual(actionsOf(ecr), ['GetAuthorizationToken']);
  });

  it('signs for the API only, and shows the password to the registry only', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'latest');
    const { session, ports } = open(ecr);
    await session.test({ signal });
    await session.repository('shop/web').listTags({ signal });
    for (const { origin, authorization = '', headers } of ecr.requests) {
      const [wanted, other] = origin === ecrOrigins.api ? [/^AWS4-HMAC-SHA256 /, 'Basic'] : [/^(?:Basic |$)/, 'AWS4'];
      assert.match(authorization, wanted);
      assert.ok(!authorization.startsWith(other));
      assert.equal(headers['x-amz-security-token'], origin === ecrOrigins.api ? awsLogin.sessionToken : undefined);
    }
    const secrets = [awsLogin.secretAccessKey, awsLogin.sessionToken ?? '', ecrPassword];
    for (const line of ports.logLines) for (const secret of secrets) assert.ok(!line.includes(secret), line);
  });

  it('says what AWS refuses', async () => {
    const ecr = await start();
    const { message } = await rejection(
      open(ecr, { aws: { ...awsLogin, accessKeyId: 'AKIAUNKNOWN' } }).session.test({ signal }),
      'unauthorized',
    );
    assert.match(message, /api\.ecr\.eu-central-1\.amazonaws\.com refuses the AWS credentials.*aws sso login/);
    const wrongKey = open(ecr, { aws: { ...awsLogin, secretAccessKey: 'wrong' } }).session;
    assert.match((await rejection(wrongKey.test({ signal }), 'unauthorized')).message, /InvalidSignature.*clock/);
  });

  it('knows its hosts, and whose registries they are', () => {
    const hosts = [
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com',
      '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com',
      '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
      '123456789012.dkr-ecr.us-east-1.on.aws',
    ];
    for (const host of hosts) assert.equal(kindOfHost(host).id, 'ecr', host);
    for (const host of ['ecr.amazonaws.com', 'dkr.ecr.amazonaws.com.evil.example']) {
      assert.notEqual(kindOfHost(host).id, 'ecr', host);
    }
  });
});

describe('Amazon ECR: repositories', () => {
  it('lists them by the API, 1,000 a page', async () => {
    const ecr = await start();
    for (let number = 0; number < 1500; number++) ecr.store.create(`team/image-${number}`);
    const { session } = open(ecr);
    const { pages, items } = await readAll((options) => session.listRepositories?.(undefined, options));
    assert.deepEqual([pages, items.length, new Set(items.map(({ name }) => name)).size], [2, 1500, 1500]);
    assert.deepEqual(actionsOf(ecr), ['DescribeRepositories', 'DescribeRepositories']);
    assert.deepEqual(JSON.parse(ecr.requests[0]?.body ?? ''), { registryId: ecrAccount, maxResults: 1000 });
  });

  it('lists those below the path of a connection', async () => {
    const ecr = await start();
    for (const name of ['shop', 'shop/web', 'shopping', 'team/api']) ecr.store.create(name);
    const { session } = open(ecr, { aws: awsLogin }, `${ecrOrigins.registry}/shop`);
    const page = await session.listRepositories?.(undefined, { signal });
    assert.deepEqual(
      page?.items.map(({ name }) => name),
      ['shop', 'shop/web'],
    );
  });

  it('makes one, and says when it is there already', async () => {
    const ecr = await start();
    const { session } = open(ecr);
    await session.createRepository?.('shop/new', { signal });
    assert.ok(ecr.store.repositories.has('shop/new'));
    assert.match(
      (await rejection(session.createRepository?.('shop/new', { signal }), 'conflict')).message,
      /already exists/,
    );
    await rejection(session.createRepository?.('Shop/New', { signal }), 'invalid');
  });

  it('deletes one with its images', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'latest');
    await open(ecr).session.repository('shop/web', 'delete').deleteRepository?.({ signal });
    assert.deepEqual([...ecr.store.repositories.keys()], []);
  });

  it('leads to their pages, and to those of images', () => {
    const page = (url: string, reference?: string): string | undefined =>
      open(undefined, {}, url).session.repository('shop/web').webUrl?.(reference);
    assert.equal(
      page(ecrOrigins.registry, 'latest'),
      `https://eu-central-1.console.aws.amazon.com/ecr/repositories/private/${ecrAccount}/shop/web?region=eu-central-1`,
    );
    assert.equal(
      page('https://123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', digest),
      `https://console.amazonaws.cn/ecr/repositories/private/${ecrAccount}/shop/web/_/image/${digest}/details?region=cn-north-1`,
    );
  });
});

describe('Amazon ECR: tags', () => {
  it('tells digest, size, dates of push and pull, and whether they may be moved, of a page in one request', async () => {
    const ecr = await start();
    ecr.push('shop/web', amd64, 'v1', 'latest');
    const repository = ecr.store.repositories.get('shop/web');
    assert.ok(repository);
    repository.mutability = 'IMMUTABLE_WITH_EXCLUSION';
    repository.exclusions = ['lat*'];
    const { session } = open(ecr);
    await session.listRepositories?.(undefined, { signal });
    const before = ecr.requests.length;
    const page = await session.repository('shop/web').listTags({ signal });
    assert.equal(ecr.requests.length - before, 1);
    const image = {
      digest: amd64.manifest.descriptor.digest,
      size: repository.images.get(amd64.manifest.descriptor.digest)?.size,
      pushedAt: '2025-06-01T00:00:00.250Z',
      pulledAt: '2025-06-01T00:00:30.250Z',
    };
    assert.deepEqual(page, {
      items: [
        { name: 'v1', ...image, protectedFrom: ['move'] },
        { name: 'latest', ...image, protectedFrom: [] },
      ],
    });
  });

  it('leaves out what only an index names, and lists it as untagged', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'latest');
    const repository = open(ecr).session.repository('shop/web');
    const tags = await repository.listTags({ signal });
    assert.deepEqual(
      tags.items.map((tag) => [tag.name, tag.digest]),
      [['latest', digest]],
    );
    const untagged = await repository.listUntagged?.({ signal });
    assert.deepEqual(
      untagged?.items.map((image) => image.digest),
      [amd64, arm64].map(({ manifest }) => manifest.descriptor.digest),
    );
    assert.deepEqual(Object.keys(untagged?.items[0] ?? {}).sort(), ['digest', 'mediaType', 'pushedAt', 'size']);
  });

  it('pages by the tokens of the API', async () => {
    const ecr = await start({ maximumPageSize: 2 });
    for (const architecture of ['amd64', 'arm64', 's390x', 'ppc64le', 'riscv64']) {
      const image = writeImage({ platform: { os: 'linux', architecture }, steps: [] });
      ecr.push('shop/web', image, architecture, `${architecture}-too`);
    }
    const repository = open(ecr).session.repository('shop/web');
    const { pages, items } = await readAll((options) => repository.listTags(options));
    assert.deepEqual([pages, items.length], [3, 10]);
  });

  it('are names only where there are no AWS credentials: the registry lists them, and the log says why', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'v1', 'v2', 'latest');
    const { session, ports } = open(ecr, { docker: dockerLogin });
    const repository = session.repository('shop/web');
    const { pages, items } = await readAll((options) => repository.listTags({ ...options, limit: 2 }));
    assert.deepEqual([pages, items.map(({ name }) => name).sort()], [2, ['latest', 'v1', 'v2']]);
    assert.deepEqual(actionsOf(ecr), []);
    const page = await session.listRepositories?.(undefined, { signal });
    assert.deepEqual(page?.items, [{ name: 'shop/web' }]);
    const told = ports.logLines.filter((line) => line.includes('without the API of Amazon ECR'));
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /only to AWS credentials/);
  });

  it('asks the registry too when the API is not allowed, throttles or fails', async () => {
    for (const type of ['AccessDeniedException', 'ThrottlingException', 'ServerException']) {
      const ecr = await start();
      ecr.push('shop/web', index, 'latest');
      const { session } = open(ecr, { aws: awsLogin, docker: dockerLogin });
      ecr.answerApi = () => failure(type, 'no');
      assert.deepEqual((await session.repository('shop/web').listTags({ signal })).items, [{ name: 'latest' }]);
    }
  });

  it('does not mix the lists of API and registry', async () => {
    const ecr = await start({ maximumPageSize: 1 });
    ecr.push('shop/web', amd64, 'v1');
    ecr.push('shop/web', arm64, 'v2');
    const repository = open(ecr).session.repository('shop/web');
    const { cursor = '' } = await repository.listTags({ signal });
    ecr.answerApi = () => failure('ThrottlingException', 'Rate exceeded');
    const { message } = await rejection(repository.listTags({ signal, cursor }), 'rate-limited');
    assert.match(message, /api\.ecr\.eu-central-1.*ThrottlingException.*Rate exceeded.*again/);
  });

  it('says that a repository does not exist', async () => {
    const ecr = await start();
    const { message } = await rejection(open(ecr).session.repository('shop/nope').listTags({ signal }), 'not-found');
    assert.match(message, /does not have the tags of shop\/nope \(RepositoryNotFoundException\).*region/);
  });

  it('explains an immutable tag, and changes nothing', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'v1');
    ecr.push('shop/web', amd64, 'v2');
    const repository = ecr.store.repositories.get('shop/web');
    if (repository) repository.mutability = 'IMMUTABLE';
    const session = open(ecr).session.repository('shop/web', 'push');
    const manifest = await session.fetchManifest('v1', { signal });
    const { message } = await rejection(session.putManifest?.('v2', manifest, { signal }), 'conflict');
    assert.match(message, /^v2 is there already, and tags of shop\/web are immutable.*another tag/);
    await session.putManifest?.('v3', manifest, { signal });
    assert.equal((await session.resolve('v3', { signal })).digest, digest);
  });
});

describe('Amazon ECR: deleting', () => {
  it('removes a tag and leaves the others', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'v1', 'latest');
    const repository = open(ecr).session.repository('shop/web', 'delete');
    await repository.deleteTag?.('v1', { signal });
    assert.deepEqual(
      (await repository.listTags({ signal })).items.map(({ name }) => name),
      ['latest'],
    );
  });

  it('leaves the last tag, with which ECR would delete the image', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'latest');
    const repository = open(ecr).session.repository('shop/web', 'delete');
    const { message } = await rejection(repository.deleteTag?.('latest', { signal }), 'unsupported');
    assert.match(message, /last tag.*Nothing was removed.*Delete the digest/);
    assert.deepEqual(actionsOf(ecr).slice(-1), ['DescribeImages']);
    assert.equal((await repository.resolve('latest', { signal })).digest, digest);
  });

  it('removes a digest with all of its tags', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'v1', 'latest');
    const repository = open(ecr).session.repository('shop/web', 'delete');
    await repository.deleteManifest?.(digest, { signal });
    assert.deepEqual((await repository.listTags({ signal })).items, []);
  });

  it('says why an image is not deleted: the answer is 200 all the same', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'latest');
    const repository = open(ecr).session.repository('shop/web', 'delete');
    const child = amd64.manifest.descriptor.digest;
    const { message } = await rejection(repository.deleteManifest?.(child, { signal }), 'conflict');
    assert.match(message, /several platforms holds it.*Nothing was removed/);
    await rejection(repository.deleteManifest?.(`sha256:${'0'.repeat(64)}`, { signal }), 'not-found');
    await rejection(repository.deleteTag?.('nope', { signal }), 'not-found');
  });

  it('deletes by the registry without AWS credentials, but no tags: it does not say what becomes of the last', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'v1', 'latest');
    const { session } = open(ecr, { docker: dockerLogin });
    const repository = session.repository('shop/web', 'delete');
    const { message } = await rejection(repository.deleteTag?.('v1', { signal }), 'unauthorized');
    assert.match(message, /^Removing a tag is done by the API of Amazon ECR.*AWS credentials/);
    await repository.deleteManifest?.(digest, { signal });
    assert.deepEqual((await repository.listTags({ signal })).items, []);
  });
});

describe('Amazon ECR: scans', () => {
  const child = amd64.manifest.descriptor.digest;

  it('tells what was found, of all pages', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'latest');
    const status = { imageScanStatus: { status: 'COMPLETE', description: 'done' } };
    const finding = (name: string, severity: string) => ({
      name,
      severity,
      uri: `https://security-tracker.example/${name}`,
      description: 'Text.',
      attributes: [
        { key: 'package_version', value: '1.2' },
        { key: 'package_name', value: 'zlib' },
      ],
    });
    ecr.store.repositories.get('shop/web')?.scans.set(child, [
      { ...status, imageScanFindings: { imageScanCompletedAt: 1_748_736_000, findings: [finding('CVE-1', 'HIGH')] } },
      { ...status, imageScanFindings: { findings: [finding('CVE-2', 'INFORMATIONAL')] } },
    ]);
    const report = await open(ecr).session.repository('shop/web').vulnerabilities?.(child, { signal });
    const common = { packageName: 'zlib', version: '1.2', description: 'Text.' };
    assert.deepEqual(report?.items, [
      { id: 'CVE-1', severity: 'high', ...common, url: 'https://security-tracker.example/CVE-1' },
      { id: 'CVE-2', severity: 'negligible', ...common, url: 'https://security-tracker.example/CVE-2' },
    ]);
    assert.deepEqual([report?.status, report?.scanner], ['done', 'Amazon ECR']);
    assert.equal(actionsOf(ecr).length, 2);
  });

  it('says that there was none, or that it is not over', async () => {
    const ecr = await start();
    ecr.push('shop/web', index, 'latest');
    const repository = open(ecr).session.repository('shop/web');
    assert.deepEqual(await repository.vulnerabilities?.(child, { signal }), { status: 'none', items: [] });
    ecr.store.repositories.get('shop/web')?.scans.set(child, [{ imageScanStatus: { status: 'IN_PROGRESS' } }]);
    assert.equal((await repository.vulnerabilities?.(child, { signal }))?.status, 'pending');
    await rejection(repository.vulnerabilities?.(`sha256:${'0'.repeat(64)}`, { signal }), 'not-found');
  });
});

function open(
  ecr: FakeEcr | undefined,
  { aws, docker }: { readonly aws?: CloudCredential; readonly docker?: Credential } = { aws: awsLogin },
  url: string = ecrOrigins.registry,
): { readonly session: RegistrySession; readonly ports: FakePorts } {
  const ports = fakePorts({ ...(ecr !== undefined && { openTransport: () => ecr.send }), now: Date.now });
  const session = openSession(ports, {
    adapter: ecrAdapter,
    connection: { url },
    findLogin: async (_signal, cloud) => (cloud === undefined ? (docker ?? aws) : aws),
  });
  return { session, ports };
}

/** What the API was asked for. */
function actionsOf(ecr: FakeEcr): readonly string[] {
  return ecr.requests
    .filter(({ origin }) => origin === ecrOrigins.api)
    .map(({ headers }) => headers['x-amz-target']?.split('.')[1] ?? '');
}

async function readAll<T>(
  list: (options: PageCallOptions) => Promise<{ items: readonly T[]; cursor?: string }> | undefined,
): Promise<{ readonly pages: number; readonly items: readonly T[] }> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let pages = 1; pages < 20; pages++) {
    const page = await list({ signal, ...(cursor !== undefined && { cursor }) });
    items.push(...(page?.items ?? assert.fail()));
    cursor = page?.cursor;
    if (cursor === undefined) return { pages, items };
  }
  return assert.fail('The list has no end');
}
