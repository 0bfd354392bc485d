import type { RegistryAdapter } from '../../src/api.ts';
import { giteaAdapter } from '../../src/core/adapters/gitea.ts';
import { ociAdapter } from '../../src/core/adapters/ociAdapter.ts';
import { listening } from '../registry/adapterContract/listening.ts';
import {
  type ContractContent,
  type ContractServer,
  describeAdapterContract,
  distributionAbilities,
} from '../registry/adapterContract.ts';
import { startGitea } from '../support/gitea.ts';
import { gitea, needsGoProgram } from '../support/goPrograms.ts';
import { needsPrograms } from '../support/programs.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';

describeAdapterContract({
  name: 'Gitea',
  needs: needsGitea,
  start: (content) => startContent(giteaAdapter, content),
  offers: [...distributionAbilities, 'listNamespaces', 'deleteRepository', 'webUrl'],
  tags: { tells: ['pushedAt'], requests: 1 },
  sendsWholeBlobsOnly: true,
  wantsLogin: true,
});

describeAdapterContract({
  name: 'Gitea, as plain OCI',
  needs: needsGitea,
  start: (content) => startContent(ociAdapter, content),
  offers: distributionAbilities,
  sendsWholeBlobsOnly: true,
  wantsLogin: true,
});

function needsGitea(test: Mocha.Context): void {
  needsGoProgram(test, gitea);
  needsPrograms(test, 'git');
}

async function startContent(
  adapter: RegistryAdapter,
  { repository, image, tags, untagged, others }: ContractContent,
): Promise<ContractServer> {
  const registry = await startGitea();
  const { user, password } = registry.login;
  const nameOf = (name: string): string => `${user}/${name}`;
  await pushOverHttp(registry, nameOf(repository), image, ...tags);
  for (const name of others) await pushOverHttp(registry, nameOf(name), untagged, 'latest');
  return {
    adapter,
    connection: { url: registry.url, account: user },
    credential: { kind: 'password', username: user, password },
    ...listening(registry),
    nameOf,
  };
}
