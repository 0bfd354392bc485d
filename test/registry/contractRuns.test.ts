import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryAdapter } from '../../src/api.ts';
import { dockerArchiveAdapter } from '../../src/core/adapters/dockerArchive.ts';
import { dockerHubAdapter } from '../../src/core/adapters/dockerHub.ts';
import { guardAdapter } from '../../src/core/adapters/guard.ts';
import { ociAdapter } from '../../src/core/adapters/ociAdapter.ts';
import { ociLayoutAdapter } from '../../src/core/adapters/ociLayout.ts';
import { createFiles } from '../../src/node/files.ts';
import { createHash } from '../../src/node/hash.ts';
import { distributionProgram, startDistribution, startDistribution3 } from '../support/distribution.ts';
import { hubOrigins, startFakeDockerHub } from '../support/fakeDockerHub.ts';
import { distribution3, needsGoProgram, zot } from '../support/goPrograms.ts';
import { writeImageLayout } from '../support/imageLayout.ts';
import { needsPrograms } from '../support/programs.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import type { RealRegistry, RealRegistryOptions } from '../support/realRegistry.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { file, writeTar } from '../support/tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { startZot } from '../support/zot.ts';
import { listening } from './adapterContract/listening.ts';
import {
  type ContractContent,
  type ContractServer,
  describeAdapterContract,
  distributionAbilities,
  pushContent,
} from './adapterContract.ts';

const login = { user: 'alice', password: 'canary-9b1d' };
const credential = { kind: 'password', username: login.user, password: login.password } as const;
describeAdapterContract({
  name: 'the sample registry',
  start: startSample,
  offers: distributionAbilities,
  wantsLogin: true,
});

describeAdapterContract({
  name: 'the sample registry, by an adapter of another extension',
  start: async (content) => {
    const server = await startSample(content);
    const guarding = { createHash, log: { warn: () => {} }, sleep: () => new Promise<never>(() => {}) };
    return { ...server, adapter: guardAdapter(server.adapter, guarding) };
  },
  offers: distributionAbilities,
  wantsLogin: true,
});

describeAdapterContract({
  name: 'Distribution 2.8',
  needs: (test) => needsPrograms(test, distributionProgram),
  start: (content) => startReal(startDistribution, content),
  offers: distributionAbilities,
  refuses: ['deleteTag'],
  ignoresLimits: true,
  wantsLogin: true,
});

describeAdapterContract({
  name: 'Distribution 3',
  needs: (test) => needsGoProgram(test, distribution3),
  start: (content) => startReal(startDistribution3, content),
  offers: distributionAbilities,
  wantsLogin: true,
});

describeAdapterContract({
  name: 'zot, as plain OCI',
  needs: (test) => needsGoProgram(test, zot),
  start: async (content) => ({ ...(await startReal(startZot, content, 'with what refers')), holdsReferrer: true }),
  offers: distributionAbilities,
  wantsLogin: true,
});

describeAdapterContract({
  name: 'Docker Hub (emulated)',
  start: startHub,
  offers: [...distributionAbilities, 'listNamespaces', 'searchRepositories', 'rateLimit', 'readme', 'webUrl'],
  tags: { tells: ['digest', 'size', 'pushedAt', 'platforms'], requests: 1 },
  wantsLogin: true,
});

describeAdapterContract({
  name: 'an OCI image layout',
  start: (content) => startLocal('oci:', ociLayoutAdapter, content, async (folder) => folder),
  offers: ['listRepositories'],
  ignoresLimits: true,
  isRemote: false,
});

describeAdapterContract({
  name: 'an archive of images',
  start: (content) => startLocal('docker-archive:', dockerArchiveAdapter, content, archiveOf),
  offers: ['listRepositories'],
  ignoresLimits: true,
  isRemote: false,
});

async function startSample(content: ContractContent): Promise<ContractServer> {
  const registry = await startSampleRegistry({
    auth: { scheme: 'bearer', users: { [login.user]: login.password } },
  });
  pushContent(content, registry.push);
  return {
    adapter: ociAdapter,
    connection: { url: registry.url, account: login.user },
    credential,
    ...listening(registry),
    holdsReferrer: true,
  };
}

async function startReal(
  start: (options: RealRegistryOptions) => Promise<RealRegistry>,
  { repository, image, tags, untagged, referrer, others }: ContractContent,
  more?: 'with what refers',
): Promise<ContractServer> {
  const registry = await start({ login });
  await pushOverHttp(registry, repository, image, ...tags);
  if (more !== undefined) await pushOverHttp(registry, repository, referrer);
  await Promise.all(others.map((name) => pushOverHttp(registry, name, untagged, 'latest')));
  return {
    adapter: ociAdapter,
    connection: { url: registry.url, account: login.user },
    credential,
    ...listening(registry),
  };
}

async function startHub(content: ContractContent): Promise<ContractServer> {
  const hub = await startFakeDockerHub({
    accounts: { [login.user]: { password: login.password, organizations: ['shop'] } },
  });
  pushContent(content, hub.push);
  return {
    adapter: dockerHubAdapter,
    connection: { url: hubOrigins.registry, account: login.user },
    credential,
    send: hub.send,
    holdsReferrer: true,
    close: () => hub.close(),
  };
}

/** Images of this machine: the whole folder or file is one repository. */
async function startLocal(
  scheme: string,
  adapterOf: (ports: Parameters<typeof ociLayoutAdapter>[0]) => RegistryAdapter,
  { repository, image, tags }: ContractContent,
  pathOf: (folder: string) => Promise<string>,
): Promise<ContractServer> {
  const folder = await makeTemporaryFolder();
  await writeImageLayout(folder, Object.fromEntries(tags.map((tag) => [tag, image])));
  const path = await pathOf(folder);
  return {
    adapter: adapterOf({ files: createFiles(), createHash }),
    connection: { url: `${scheme}${path}` },
    nameOf: (name) => (name === repository ? path : name),
    close: () => removeFolder(folder),
  };
}

/** An archive of all that is in a folder, beside it. */
async function archiveOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const path = join(folder, 'images.tar');
  const contents = await Promise.all(
    files.map(async (name) => file(name.slice(folder.length + 1), await readFile(name))),
  );
  await writeFile(path, writeTar(contents));
  return path;
}
