import { startDistribution } from '../support/distribution.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { needsPrograms } from '../support/programs.ts';
import type { RealRegistry } from '../support/realRegistry.ts';
import { treeRow } from '../support/registriesTree.ts';
import { pushWithSkopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { makeTestCertificates, type TestCertificates } from '../support/testCertificates.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  activePanel,
  answer,
  chooseFile,
  modalDialog,
  openAddRegistry,
  openViewContainer,
  quickInput,
} from '../support/workbenchPage.ts';

const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'COPY app /app', layer: writeLayer([file('app', 'hello')], 'gzip') }],
});

describe("a newcomer's path to a private registry", () => {
  const login = { user: 'ada', password: 'correct horse' };
  let certificates: TestCertificates;
  let registry: RealRegistry;
  const workbench = useSampleWorkbench(async () => ({ seed: () => {}, machineSettings: { 'gantry.connections': [] } }));

  before(async function () {
    needsPrograms(this, 'docker-registry', skopeoProgram);
    certificates = await makeTestCertificates();
    registry = await startDistribution({ login, certificate: certificates });
    await pushWithSkopeo(registry, 'team/app', image, '1.0', '2.0');
  });

  after(async () => {
    await registry?.close();
    await certificates?.close();
  });

  it('leads from a pasted line over its CA and a wrong password to the image', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await openAddRegistry(page);
    await answer(page, 'Add Registry', `docker pull ${registry.host}/team/app:1.0`);

    const dialog = modalDialog(page);
    await dialog.getByText(`${registry.host} cannot be trusted`).waitFor();
    await dialog.getByText('Issued by: Test CA').waitFor();
    await dialog.getByText(/SHA-256: (?:[0-9A-F]{2}:){31}/).waitFor();
    await dialog.getByRole('button', { name: 'Choose CA File…' }).click();
    await chooseFile(page, 'Certificate of the Authority', certificates.authorityFile);

    await quickInput(page).getByText(`${registry.host} wants a login`).waitFor();
    await answer(page, `Sign In to ${registry.host}`, login.user);
    await quickInput(page).getByText(`Password or access token of ${login.user}.`).waitFor();
    await answer(page, `Sign In to ${registry.host}`, 'wrong');
    await quickInput(page).getByText('Check the user name and the password or token.').waitFor();
    await answer(page, `Sign In to ${registry.host}`, login.password);

    await treeRow(page, `Registry ${registry.host}, ${login.user}`).waitFor();
    await treeRow(page, 'Repository team/app').waitFor();
    await treeRow(page, 'Tag 1.0').and(page.locator('[aria-selected="true"]')).waitFor();
    await activePanel(page)
      .getByRole('heading', { name: `${registry.host}/team/app:1.0`, level: 1 })
      .waitFor();
  });
});
