/** The bundle of the vendors' adapters, which is loaded when a registry of one of them is opened for the first time. */
import type { RegistryAdapter } from '../../api.ts';
import { acrAdapter } from './acr.ts';
import { artifactoryAdapter } from './artifactory.ts';
import { cacheAdapter } from './cache.ts';
import { digitalOceanAdapter } from './digitalOcean.ts';
import { ecrAdapter } from './ecr.ts';
import { ecrPublicAdapter } from './ecrPublic.ts';
import { giteaAdapter } from './gitea.ts';
import { gitHubAdapter } from './gitHub.ts';
import { gitLabAdapter } from './gitLab.ts';
import { googleAdapter } from './google.ts';
import { harborAdapter } from './harbor.ts';
import { microsoftAdapter } from './microsoft.ts';
import { nexusAdapter } from './nexus.ts';
import { chainguardAdapter, kubernetesAdapter, nvidiaAdapter, redHatAdapter } from './publicRegistries.ts';
import { quayAdapter } from './quay.ts';
import { zotAdapter } from './zot.ts';

export { engineAdapter } from './engine.ts';

export const vendorAdapters: readonly RegistryAdapter[] = [
  acrAdapter,
  artifactoryAdapter,
  cacheAdapter,
  chainguardAdapter,
  digitalOceanAdapter,
  ecrAdapter,
  ecrPublicAdapter,
  giteaAdapter,
  gitHubAdapter,
  gitLabAdapter,
  googleAdapter,
  harborAdapter,
  kubernetesAdapter,
  microsoftAdapter,
  nexusAdapter,
  nvidiaAdapter,
  quayAdapter,
  redHatAdapter,
  zotAdapter,
];
