import assert from 'node:assert/strict';
import type { RegistrySession } from '../../src/api.ts';
import { ecrPublicAdapter } from '../../src/core/adapters/ecrPublic.ts';
import { kindOfHost } from '../../src/core/adapters/kinds.ts';
import type { CloudCredential } from '../../src/core/credential.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { awsLogin, ecrPassword } from '../support/ecr/fakeEcr.ts';
import { ecrAlias, ecrPublicOrigins, type FakeEcrPublic, startFakeEcrPublic } from '../support/ecr/fakeEcrPublic.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { writeImage } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { describeAdapterContract, distributionAbilities, pushContent } from './adapterContract.ts';

const { signal } = new AbortController();
const image = writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [] });
const { digest } = image.manifest.descriptor;

const start = closeAfterEach(startFakeEcrPublic);

describeAdapterContract({
  name: 'Amazon ECR Public (emulated)',
  start: async (content) => {
    const ecr = await startFakeEcrPublic();
    const nameOf = (name: string): string => `${ecrAlias}/${name}`;
    pushContent(content, ecr.push, nameOf);
    return {
      adapter: ecrPublicAdapter,
      connection: { url: ecrPublicOrigins.registry, account: 'AWS' },
      credential: { kind: 'password', username: 'AWS', password: ecrPassword },
      cloudLogin: awsLogin,
      send: ecr.send,
      nameOf,
      holdsUntagged: true,
      holdsReferrer: true,
      close: () => ecr.close(),
    };
  },
  offers: [...distributionAbilities, 'webUrl'],
  tags: { tells: ['digest', 'size', 'pushedAt'], requests: 1 },
  wantsLogin: true,
});

describe('Amazon ECR Public', () => {
  it('is known by its hosts', () => {
    for (const host of ['public.ecr.aws', 'ecr-public.aws.com']) assert.equal(kindOfHost(host).id, 'ecr-public');
  });

  it('is read by name without a login', async () => {
    const ecr = await start();
    ecr.push('docker/library/nginx', image, 'latest');
    const session = open(ecr, undefined);
    const repository = session.repository('docker/library/nginx');
    assert.deepEqual((await repository.listTags({ signal })).items, [{ name: 'latest' }]);
    assert.equal((await repository.resolve('latest', { signal })).digest, digest);
    assert.equal(repository.webUrl?.(), 'https://gallery.ecr.aws/docker/library/nginx');
    const { message } = await rejection(session.listRepositories?.(undefined, { signal }), 'unauthorized');
    assert.match(message, /^public\.ecr\.aws lists no repositories but those of your own account.*opened by name/);
    assert.ok(ecr.requests.every(({ authorization }) => !authorization?.startsWith('AWS4')));
  });

  it('does not take the repository of somebody else for one of the same name of its own', async () => {
    const ecr = await start();
    ecr.push(`${ecrAlias}/library/nginx`, image, 'ours');
    ecr.push('docker/library/nginx', image, 'theirs');
    const repository = open(ecr, awsLogin).repository('docker/library/nginx', 'delete');
    assert.deepEqual((await repository.listTags({ signal })).items, [{ name: 'theirs' }]);
    for (const removal of [
      () => repository.deleteTag?.('theirs', { signal }),
      () => repository.deleteManifest?.(digest, { signal }),
    ]) {
      assert.match((await rejection(removal(), 'denied')).message, /not of this account. Nothing was removed/);
    }
    const own = await open(ecr, awsLogin).repository(`${ecrAlias}/library/nginx`).listTags({ signal });
    assert.deepEqual(
      own.items.map((tag) => [tag.name, tag.digest]),
      [['ours', digest]],
    );
  });
});

function open(ecr: FakeEcrPublic, aws: CloudCredential | undefined): RegistrySession {
  return openSession(fakePorts({ openTransport: () => ecr.send, now: Date.now }), {
    adapter: ecrPublicAdapter,
    connection: { url: ecrPublicOrigins.registry },
    findLogin: async (_signal, cloud) => (cloud === undefined ? undefined : aws),
  });
}
