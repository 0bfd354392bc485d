import type { RegistryAdapter } from '../../api.ts';
import { ecrEndpoints, ecrPublicHosts } from '../apiAuth/ecrHosts.ts';
import { archiveRegistry, engineRegistry, layoutRegistry } from '../oci/localReference.ts';
import { matchHost } from './hostPattern.ts';

/** What can be said of an adapter without loading it. */
export type AdapterKind = Pick<RegistryAdapter, 'id' | 'label' | 'hosts' | 'icon' | 'signIn'>;

/** Serves every host that no other kind knows. */
export const ociKind: AdapterKind = { id: 'oci', label: 'OCI registry', hosts: [] };

export const dockerHubKind: AdapterKind = {
  id: 'docker-hub',
  label: 'Docker Hub',
  hosts: ['registry-1.docker.io', 'index.docker.io', 'docker.io'],
};

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
export const ecrKind: AdapterKind = {
  id: 'ecr',
  label: 'Amazon ECR',
  hosts: ecrEndpoints.map(({ hosts }) => hosts),
  signIn: [
    { part: 'username', label: 'User name', value: 'AWS' },
    {
      part: 'password',
      label: 'Password',
      description:
        'What "aws ecr get-login-password" prints; it counts for twelve hours. Gantry needs none where AWS credentials are on this machine.',
      url: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html',
    },
  ],
};

/** https://learn.microsoft.com/en-us/azure/container-registry/container-registry-authentication */
export const acrKind: AdapterKind = {
  id: 'acr',
  label: 'Azure Container Registry',
  hosts: ['*.azurecr.io', '*.azurecr.cn', '*.azurecr.us'],
  signIn: [
    {
      part: 'username',
      label: 'User name',
      description: 'Of a token, the admin user or a service principal.',
      url: 'https://learn.microsoft.com/azure/container-registry/container-registry-authentication',
    },
    { part: 'password', label: 'Password' },
  ],
};

/** Only at hosts of those who run it. https://goharbor.io/docs/main/administration/configure-authentication/oidc-auth/ */
export const harborKind: AdapterKind = {
  id: 'harbor',
  label: 'Harbor',
  hosts: [],
  signIn: [
    {
      part: 'username',
      label: 'User name',
      description: 'Your own, or that of a robot account with its "robot$".',
    },
    {
      part: 'password',
      label: 'Password or secret',
      description:
        'Where you sign in to Harbor through your company (OIDC), the "CLI secret" of your user profile in Harbor; of a robot account, its secret.',
      url: 'https://goharbor.io/docs/main/administration/configure-authentication/oidc-auth/',
    },
  ],
};

/** https://cloud.google.com/artifact-registry/docs/docker/authentication */
export const googleKind: AdapterKind = {
  id: 'google',
  label: 'Google Artifact Registry',
  hosts: ['*.pkg.dev', 'gcr.io', '*.gcr.io'],
  signIn: [
    {
      part: 'username',
      label: 'User name',
      description: '"oauth2accesstoken" for an access token, "_json_key" for the key of a service account.',
      url: 'https://cloud.google.com/artifact-registry/docs/docker/authentication',
    },
    {
      part: 'password',
      label: 'Access token or key',
      description: 'What "gcloud auth print-access-token" prints, which counts for an hour, or the JSON of a key.',
    },
  ],
};

/** https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry */
export const gitHubKind: AdapterKind = {
  id: 'github',
  label: 'GitHub',
  hosts: ['ghcr.io', 'containers.{tenant}.ghe.com'],
  signIn: [
    { part: 'username', label: 'User name', description: 'Of the GitHub account.' },
    {
      part: 'password',
      label: 'Personal access token (classic)',
      description:
        'It needs the scope "read:packages", "write:packages" to push, "delete:packages" to delete, and "read:org" to show organizations that you are no public member of. Fine-grained tokens are refused.',
      url: 'https://github.com/settings/tokens/new?scopes=read:packages,read:org',
    },
  ],
};

/** https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/ */
export const gitLabKind: AdapterKind = {
  id: 'gitlab',
  label: 'GitLab',
  hosts: ['registry.gitlab.com'],
  signIn: [
    {
      part: 'username',
      label: 'User name',
      description: 'Of the account, or the name that belongs to a deploy token.',
    },
    {
      part: 'password',
      label: 'Access token',
      description:
        'A personal, group or project token. The scope "read_registry" opens images by name; "read_api" is needed as well to list groups and projects, sizes and dates, and "api" to delete. Deploy tokens open images by name only.',
      url: 'https://docs.gitlab.com/user/profile/personal_access_tokens/',
    },
  ],
};

export const ecrPublicKind: AdapterKind = {
  id: 'ecr-public',
  label: 'Amazon ECR Public',
  hosts: ecrPublicHosts,
};

/** https://docs.quay.io/api/ and https://docs.quay.io/glossary/robot-accounts.html */
export const quayKind: AdapterKind = {
  id: 'quay',
  label: 'Quay',
  hosts: ['quay.io'],
  signIn: [
    {
      part: 'username',
      label: 'User name',
      description:
        'Of a robot ("team+robot"), your own, or "$oauthtoken" with the token of an application, to which alone Quay tells namespaces and dates of what is private.',
    },
    {
      part: 'password',
      label: 'Password or token',
      description:
        'The token of an application has to allow reading repositories and user information, writing to change tags.',
      url: 'https://docs.quay.io/api/',
    },
  ],
};

export const microsoftKind: AdapterKind = {
  id: 'microsoft',
  label: 'Microsoft Artifact Registry',
  hosts: ['mcr.microsoft.com'],
};

export const kubernetesKind: AdapterKind = {
  id: 'kubernetes',
  label: 'Kubernetes registry',
  hosts: ['registry.k8s.io'],
};

export const redHatKind: AdapterKind = {
  id: 'red-hat',
  label: 'Red Hat',
  hosts: ['registry.redhat.io', 'registry.access.redhat.com', 'registry.connect.redhat.com'],
};

export const chainguardKind: AdapterKind = { id: 'chainguard', label: 'Chainguard', hosts: ['cgr.dev'] };

/** https://docs.nvidia.com/ngc/latest/ngc-user-guide.html: the user name is always the same. */
export const nvidiaKind: AdapterKind = {
  id: 'nvidia',
  label: 'NVIDIA NGC',
  hosts: ['nvcr.io'],
  signIn: [
    { part: 'username', label: 'User name', value: '$oauthtoken' },
    { part: 'password', label: 'API key of NGC', url: 'https://org.ngc.nvidia.com/setup/api-keys' },
  ],
};

/** https://docs.digitalocean.com/products/container-registry/how-to/use-registry-docker-kubernetes/ */
export const digitalOceanKind: AdapterKind = {
  id: 'digitalocean',
  label: 'DigitalOcean',
  hosts: ['registry.digitalocean.com'],
  signIn: [
    { part: 'username', label: 'User name', description: 'The e-mail address of the account, or the token again.' },
    {
      part: 'password',
      label: 'Personal access token',
      description: 'It needs the scope "registry", and "registry:delete" to delete.',
      url: 'https://cloud.digitalocean.com/account/api/tokens',
    },
  ],
};

/** https://zotregistry.dev/latest/articles/authn-authz/ */
export const zotKind: AdapterKind = {
  id: 'zot',
  label: 'zot',
  hosts: [],
  signIn: [
    { part: 'username', label: 'User name' },
    { part: 'password', label: 'Password or API key', description: 'API keys begin with "zak_".' },
  ],
};

/** https://docs.gitea.com/usage/packages/container#login-to-the-registry */
export const giteaKind: AdapterKind = {
  id: 'gitea',
  label: 'Gitea or Forgejo',
  hosts: ['codeberg.org', 'gitea.com'],
  signIn: [
    { part: 'username', label: 'User name' },
    {
      part: 'password',
      label: 'Access token or password',
      description:
        'A token needs the scope "read:package", or "write:package" to push and delete; with "read:user" and "read:organization" your organizations come first. With two-factor authentication only a token is taken.',
    },
  ],
};

/**
 * What passes the images of another registry on, and keeps those that were asked for.
 * https://cloud.google.com/artifact-registry/docs/pull-cached-dockerhub-images (`mirror.gcr.io`, of Docker Hub)
 */
export const cacheKind: AdapterKind = { id: 'cache', label: 'Pull-through cache', hosts: ['mirror.gcr.io'] };

/** https://docs.jfrog.com/artifactory/docs/docker-repositories */
export const artifactoryKind: AdapterKind = {
  id: 'artifactory',
  label: 'Artifactory',
  hosts: ['*.jfrog.io'],
  signIn: [
    { part: 'username', label: 'User name' },
    {
      part: 'password',
      label: 'Access token, API key or password',
      description: 'An identity token is made on the page of your profile.',
    },
  ],
};

/** https://help.sonatype.com/en/user-tokens.html */
export const nexusKind: AdapterKind = {
  id: 'nexus',
  label: 'Nexus Repository',
  hosts: [],
  signIn: [
    { part: 'username', label: 'User name', description: 'Or the first part of a user token.' },
    { part: 'password', label: 'Password', description: 'Or the second part of a user token.' },
  ],
};

export const ociLayoutKind: AdapterKind = { id: 'oci-layout', label: 'OCI image layout', hosts: [] };

export const dockerArchiveKind: AdapterKind = { id: 'docker-archive', label: 'Archive of images', hosts: [] };

export const engineKind: AdapterKind = { id: 'engine', label: 'Container engine', hosts: [] };

/** What is on this machine, and at no host. */
const localKinds: readonly AdapterKind[] = [ociLayoutKind, dockerArchiveKind, engineKind];

export const adapterKinds: readonly AdapterKind[] = [
  ociKind,
  dockerHubKind,
  acrKind,
  ecrKind,
  ecrPublicKind,
  googleKind,
  harborKind,
  gitHubKind,
  gitLabKind,
  microsoftKind,
  kubernetesKind,
  redHatKind,
  chainguardKind,
  nvidiaKind,
  quayKind,
  digitalOceanKind,
  zotKind,
  cacheKind,
  giteaKind,
  artifactoryKind,
  nexusKind,
  ...localKinds,
];

/** Kinds of registries on the network. */
export const remoteKinds: readonly AdapterKind[] = adapterKinds.filter((kind) => !localKinds.includes(kind));

/** The kind of the images of this machine at an address; `undefined` for a registry on the network. */
export function localKind(url: string): AdapterKind | undefined {
  if (url === engineRegistry) return engineKind;
  if (url.startsWith(`${layoutRegistry}/`)) return ociLayoutKind;
  return url.startsWith(`${archiveRegistry}/`) ? dockerArchiveKind : undefined;
}

/** The kind of an address as connections have it. Kinds of other extensions get the hosts that none of Gantry's own has. */
export function kindOfUrl(url: string, foreign: readonly AdapterKind[] = []): AdapterKind {
  const local = localKind(url);
  if (local !== undefined) return local;
  const { host } = new URL(url);
  const own = kindOfHost(host);
  return own === ociKind ? kindOfHost(host, foreign) : own;
}

/** The kind of a host (with its port): the longest pattern wins, the plain one takes the rest. */
export function kindOfHost(host: string, kinds: readonly AdapterKind[] = adapterKinds): AdapterKind {
  const matches = kinds.flatMap((kind) =>
    kind.hosts
      .filter((pattern) => matchHost(pattern, host) !== undefined)
      .map((pattern) => ({ kind, length: pattern.length })),
  );
  matches.sort((a, b) => b.length - a.length);
  return matches[0]?.kind ?? ociKind;
}

/** Kinds that serve what others push elsewhere: their adapters offer no change. */
const servingKinds: readonly AdapterKind[] = [microsoftKind, kubernetesKind, redHatKind, nvidiaKind, cacheKind];

/** Whether images can be pushed to registries of a kind at all; those of other extensions say so for each repository. */
export function takesPushes(kindId: string): boolean {
  return ![...servingKinds, ...localKinds].some(({ id }) => id === kindId);
}
