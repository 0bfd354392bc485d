import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type ForwardProxy, startForwardProxy } from '../support/forwardProxy.ts';
import { githubAccount, writeGithubSessions } from '../support/githubSessions.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { makeTestCertificates, type TestCertificates } from '../support/testCertificates.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { chooseFromMenu, modalDialog, openViewContainer, quickInput } from '../support/workbenchPage.ts';

const token = 'gho_canary';

describe("an account of VS Code's", () => {
  let folder: string;
  let certificates: TestCertificates;
  let github: SampleRegistry;
  let proxy: ForwardProxy;
  const workbench = useSampleWorkbench(async () => {
    folder = await makeTemporaryFolder();
    certificates = await makeTestCertificates({ names: ['DNS:ghcr.io'] });
    const { certificate, key, authorityFile } = certificates;
    github = await startSampleRegistry({
      tls: { cert: certificate, key },
      auth: { scheme: 'basic', users: { [githubAccount]: token } },
    });
    seedCompany(github);
    proxy = await startForwardProxy({ names: { 'ghcr.io': Number(new URL(github.url).port) } });
    return {
      seed: () => {},
      otherFolders: [await writeGithubSessions(join(folder, 'github-sessions'), token)],
      machineSettings: {
        'gantry.connections': [
          { url: 'https://ghcr.io', label: 'GitHub packages', adapter: 'oci', tls: { ca: authorityFile } },
        ],
      },
      env: {
        HTTPS_PROXY: `http://${proxy.host}`,
        DOCKER_CONFIG: folder,
        REGISTRY_AUTH_FILE: join(folder, 'none.json'),
      },
    };
  });

  after(async () => {
    await proxy.close();
    await github.close();
    await certificates.close();
    await removeFolder(folder);
  });

  it('is offered for its registry, asked for when it is chosen, and used from then on', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    const row = /^Registry GitHub packages/;
    await expandRows(page, row);
    // Nobody is asked before they have chosen to.
    await treeRow(page, /^ghcr\.io wants a login|^Wants a login/).waitFor();

    await chooseFromMenu(treeRow(page, row), 'Choose Login…');
    await quickInput(page)
      .getByRole('option', { name: /Sign in with GitHub…/ })
      .click();
    await modalDialog(page)
      .getByText(/Gantry.*wants to sign in using GitHub/)
      .waitFor();
    await modalDialog(page).getByRole('button', { name: 'Allow' }).click();

    await treeRow(page, /^Registry GitHub packages, octocat/).waitFor();
    await treeRow(page, 'Repository shop/web').waitFor();
    const authorization = `Basic ${btoa(`${githubAccount}:${token}`)}`;
    assert.ok(github.requests.some(({ headers }) => headers.authorization === authorization));
  });
});
