import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acrHost, acrUsers, type FakeAcr, startFakeAcr } from './acr/fakeAcr.ts';
import { awsLogin, ecrOrigins, type FakeEcr, startFakeEcr } from './ecr/fakeEcr.ts';
import { type FakeDockerHub, hubOrigins, startFakeDockerHub } from './fakeDockerHub.ts';
import { accessToken, type FakeGoogle, googleOrigins, startFakeGoogle } from './google/fakeGoogle.ts';
import { writeImage, writeLayer } from './imageWriter.ts';
import { type NamedFront, startNamedFront } from './namedFront.ts';
import type { Artifact } from './oci.ts';
import { seedCompany } from './sampleImages.ts';
import type { SampleConnection } from './sampleWorkspace.ts';
import { file } from './tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

/** The emulated vendors, filled, reached by their real names from a workbench that has a login for each of them. */
export interface VendorWorld {
  readonly ecr: FakeEcr;
  readonly acr: FakeAcr;
  readonly google: FakeGoogle;
  readonly hub: FakeDockerHub;
  /** For the settings. */
  readonly connections: readonly SampleConnection[];
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export const googlePath = 'shop-prod/images';

export async function startVendorWorld(): Promise<VendorWorld> {
  const folder = await makeTemporaryFolder();
  const [ecr, acr, google, hub] = await Promise.all([
    startFakeEcr(),
    startFakeAcr(),
    startFakeGoogle(),
    startFakeDockerHub({ accounts: { acme: { password: 'canary-hub' } } }),
  ]);
  seedCompany(ecr);
  seedCompany(acr);
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
  });
  await writeDockerConfig(folder, {
    [acrHost]: `admin:${acrUsers.admin}`,
    [host(googleOrigins.registry)]: `oauth2accesstoken:${accessToken}`,
    'https://index.docker.io/v1/': 'acme:canary-hub',
  });
  const tls = { ca: front.authorityFile };
  return {
    ecr,
    acr,
    google,
    hub,
    connections: [
      { url: 'https://docker.io', label: 'Docker Hub', tls },
      { url: ecrOrigins.registry, label: 'Amazon ECR', tls },
      { url: `https://${acrHost}`, label: 'Azure', tls },
      { url: `${googleOrigins.registry}/${googlePath}`, label: 'Google', tls },
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
      await Promise.all([ecr.close(), acr.close(), google.close(), hub.close(), removeFolder(folder)]);
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
