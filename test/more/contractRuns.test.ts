import { ociAdapter } from '../../src/core/adapters/ociAdapter.ts';
import { createTransport } from '../../src/node/transport.ts';
import { type ContractContent, type ContractServer, describeAdapterContract } from '../registry/adapterContract.ts';
import { directNetwork } from '../support/directNetwork.ts';
import { startGitea } from '../support/gitea.ts';
import { gitea, needsGoProgram } from '../support/goPrograms.ts';
import { needsPrograms } from '../support/programs.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';

describeAdapterContract({
  name: 'Gitea, as plain OCI',
  needs: (test) => {
    needsGoProgram(test, gitea);
    needsPrograms(test, 'git');
  },
  start: startContent,
  offers: [
    'listRepositories',
    'listReferrers',
    'putManifest',
    'mountBlob',
    'uploadBlob',
    'deleteTag',
    'deleteManifest',
  ],
  sendsWholeBlobsOnly: true,
  wantsLogin: true,
});

async function startContent({ repository, image, tags, untagged, others }: ContractContent): Promise<ContractServer> {
  const registry = await startGitea();
  const { user, password } = registry.login;
  const nameOf = (name: string): string => `${user}/${name}`;
  await pushOverHttp(registry, nameOf(repository), image, ...tags);
  for (const name of others) await pushOverHttp(registry, nameOf(name), untagged, 'latest');
  const transport = createTransport({ userAgent: 'gantry/test', network: () => directNetwork });
  return {
    adapter: ociAdapter,
    connection: { url: registry.url, account: user },
    credential: { kind: 'password', username: user, password },
    send: transport.open({ registry: new URL(registry.url) }),
    nameOf,
    close: async () => {
      await Promise.all([transport.dispose(), registry.close()]);
    },
  };
}
