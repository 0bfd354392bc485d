import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acrHost, acrUsers, type FakeAcr, startFakeAcr } from './acr/fakeAcr.ts';
import { awsLogin, ecrOrigins, type FakeEcr, startFakeEcr } from './ecr/fakeEcr.ts';
import { type FakeDockerHub, hubOrigins, startFakeDockerHub } from './fakeDockerHub.ts';
import { type FakeGitHub, gitHubOrigins, gitHubToken, gitHubUser, startFakeGitHub } from './gitHub/fakeGitHub.ts';
import { accessToken, googleOrigins, startFakeGoogle } from './google/fakeGoogle.ts';
import { harborOrigin, harborUsers, startFakeHarbor } from './harbor/fakeHarbor.ts';
import { writeImage, writeLayer } from './imageWriter.ts';
import { type NamedFront, startNamedFront } from './namedFront.ts';
import type { Artifact } from './oci.ts';
import { type FakeQuay, quayApplication, startFakeQuay } from './quay/fakeQuay.ts';
import { seedCompany } from './sampleImages.ts';
import type { SampleConnection } from './sampleWorkspace.ts';
import { file } from './tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

/** The emulated vendors, filled, reached by their real names from a workbench that has a login for each of them. */
export interface VendorWorld {
  readonly ecr: FakeEcr;
  readonly acr: FakeAcr;
  readonly hub: FakeDockerHub;
  readonly quay: FakeQuay;
  readonly gitHub: FakeGitHub;
  /** For the settings. */
  readonly connections: readonly SampleConnection[];
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const googlePath = 'shop-prod/images';

export async function startVendorWorld(): Promise<VendorWorld> {
  const folder = await makeTemporaryFolder();
  const [ecr, acr, google, hub, quay, gitHub, harbor] = await Promise.all([
    startFakeEcr(),
    startFakeAcr(),
    startFakeGoogle(),
    startFakeDockerHub({ accounts: { acme: { password: 'canary-hub' } } }),
    startFakeQuay(),
    startFakeGitHub(),
    startFakeHarbor(),
  ]);
  for (const registry of [ecr, acr, quay, gitHub, harbor]) seedCompany(registry);
  seedCompany({ push: (name, artifact, ...tags) => google.push(`${googlePath}/${name}`, artifact, ...tags) });
  hub.createRepository('acme/storefront', { description: 'The storefront.', pulls: 1_204_311 });
  hub.createRepository('acme/gateway', { description: 'What the storefront asks.', pulls: 88_017 });
  for (const name of ['acme/storefront', 'acme/gateway']) hub.push(name, smallImage(name), '1.0.0', 'latest');
  const front: NamedFront = await startNamedFront({
    [host(ecrOrigins.registry)]: ecr.send,
    [host(ecrOrigins.api)]: ecr.send,
    [acrHost]: acr.send,
    [host(googleOrigins.registry)]: google.send,
    [host(googleOrigins.api)]: google.send,
    [host(hubOrigins.registry)]: hub.send,
    [host(hubOrigins.auth)]: hub.send,
    [host(hubOrigins.api)]: hub.send,
    [host(quay.origin)]: quay.send,
    [host(gitHubOrigins.registry)]: gitHub.send,
    [host(gitHubOrigins.api)]: gitHub.send,
    [host(harborOrigin)]: harbor.send,
  });
  await writeDockerConfig(folder, {
    [acrHost]: `admin:${acrUsers.admin}`,
    [host(googleOrigins.registry)]: `oauth2accesstoken:${accessToken}`,
    'https://index.docker.io/v1/': 'acme:canary-hub',
    [host(quay.origin)]: `${quayApplication.username}:${quayApplication.password}`,
    [host(gitHubOrigins.registry)]: `${gitHubUser}:${gitHubToken}`,
    [host(harborOrigin)]: `admin:${harborUsers.admin}`,
  });
  const tls = { ca: front.authorityFile };
  return {
    ecr,
    acr,
    hub,
    quay,
    gitHub,
    connections: [
      { url: 'https://docker.io', label: 'Docker Hub', tls },
      { url: ecrOrigins.registry, label: 'Amazon ECR', tls },
      { url: `https://${acrHost}`, label: 'Azure', tls },
      { url: `${googleOrigins.registry}/${googlePath}`, label: 'Google', tls },
      { url: gitHubOrigins.registry, label: 'GitHub', tls },
      { url: quay.origin, label: 'Quay', tls },
      { url: harborOrigin, label: 'Harbor', adapter: 'harbor', tls },
    ],
    env: {
      HTTPS_PROXY: front.proxy,
      DOCKER_CONFIG: folder,
      REGISTRY_AUTH_FILE: join(folder, 'none.json'),
      AWS_ACCESS_KEY_ID: awsLogin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: awsLogin.secretAccessKey,
      AWS_SESSION_TOKEN: awsLogin.sessionToken ?? '',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    close: async () => {
      await front.close();
      const servers = [ecr, acr, google, hub, quay, gitHub, harbor];
      await Promise.all([...servers.map((server) => server.close()), removeFolder(folder)]);
    },
  };
}

function smallImage(name: string): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: [{ createdBy: `COPY ${name} /app`, layer: writeLayer([file('app', name)], 'gzip') }],
  });
}

async function writeDockerConfig(folder: string, logins: Readonly<Record<string, string>>): Promise<void> {
  const auths = Object.entries(logins).map(([registry, login]) => [registry, { auth: btoa(login) }]);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: Object.fromEntries(auths) }));
}

function host(origin: string): string {
  return new URL(origin).host;
}
