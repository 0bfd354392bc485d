import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { type ForwardProxy, startForwardProxy } from '../support/forwardProxy.ts';
import { needsPrograms } from '../support/programs.ts';
import { treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTestCertificates, type TestCertificates } from '../support/testCertificates.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  answer,
  chooseFile,
  chooseFromMenu,
  inputBox,
  modalDialog,
  openAddRegistry,
  openViewContainer,
  quickInput,
} from '../support/workbenchPage.ts';

describe('what stands in the way of a registry', () => {
  const closers: (() => Promise<unknown>)[] = [];
  let certificates: TestCertificates;
  let expired: TestCertificates;
  let proxy: ForwardProxy;

  const workbench = useSampleWorkbench(async () => {
    proxy = await startForwardProxy({ names: {}, answer: 'HTTP/1.1 403 Filtered\r\n\r\n' });
    closers.push(proxy.close);
    return {
      seed: () => {},
      machineSettings: { 'gantry.connections': [] },
      env: { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: '.invalid' },
    };
  });

  before(async function () {
    needsPrograms(this, 'openssl');
    certificates = await makeTestCertificates();
    expired = await makeTestCertificates({ validFor: 'past' });
    closers.push(certificates.close, expired.close);
  });

  after(() => Promise.all(closers.map((close) => close())));

  beforeEach(async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    await treeRow(page, /Docker Hub/).waitFor();
    // The rows of one test stand in no other's way.
    await page.locator('.part.sidebar').getByRole('button', { name: 'Collapse All' }).click();
    await treeRow(page, 'Repository shop/web').waitFor({ state: 'detached' });
  });

  async function start(options: SampleRegistryOptions = {}): Promise<SampleRegistry> {
    const registry = await startSampleRegistry(options);
    closers.push(registry.close);
    seedCompany(registry);
    return registry;
  }

  async function add(text: string): Promise<void> {
    await openAddRegistry(workbench().page);
    await answer(workbench().page, 'Add Registry', text);
  }

  function dialog(): Locator {
    return modalDialog(workbench().page);
  }

  /** Leads back to what was typed. */
  async function editAddress(typed: string): Promise<void> {
    const { page } = workbench();
    await dialog().getByRole('button', { name: 'Edit Address' }).click();
    await quickInput(page).getByText('Add Registry').waitFor();
    await eventually(async () => assert.equal(await inputBox(page).inputValue(), typed));
    // The key may still have met the one before, which is closing.
    await eventually(async () => {
      await page.keyboard.press('Escape');
      await quickInput(page).waitFor({ state: 'detached', timeout: 3_000 });
    }, 20_000);
  }

  for (const [name, address, message, buttons] of [
    ['a name that nobody knows', 'registry.invalid', /registry\.invalid cannot be reached: /, ['Try Again']],
    [
      'a port that nothing answers on',
      '127.0.0.1:9',
      /127\.0\.0\.1:9 cannot be reached: nothing answers/,
      ['Try Again'],
    ],
    [
      'a proxy that refuses the registry',
      'registry.example.com',
      /registry\.example\.com:443 cannot be reached: the proxy .* answered with status 403 \(Filtered\)/,
      ['Try Again', 'Open Setting'],
    ],
  ] as const) {
    it(`is told of ${name}`, async () => {
      await add(address);
      await dialog().getByText(message).waitFor();
      for (const button of buttons) await dialog().getByRole('button', { name: button }).waitFor();
      await editAddress(address);
    });
  }

  it('is told of an address without encryption, which is used only when it is chosen', async () => {
    const { page } = workbench();
    const registry = await start();
    await add(`https://${registry.host}`);
    await dialog().getByText(`${registry.host} cannot be reached: it does not speak TLS on this port.`).waitFor();
    await dialog()
      .getByRole('button', { name: `Use ${registry.url}` })
      .click();
    await treeRow(page, `Registry ${registry.host}, ${registry.url}`).waitFor();
  });

  it('is told of a certificate that has expired, and Enter never skips its verification', async () => {
    const { page } = workbench();
    const registry = await start({ tls: { key: expired.key, cert: expired.certificate } });
    await add(registry.url);
    await dialog().getByText('expired on 2020-02-01').waitFor();
    await dialog().getByRole('button', { name: 'Connect Without Verification…' }).click();
    await dialog().getByText(`Connect to ${registry.host} without knowing who it is?`).waitFor();
    await dialog().getByRole('button', { name: 'Try Again' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await dialog().getByText('expired on 2020-02-01').waitFor();
    assert.deepEqual(registry.requests, []);

    await dialog().getByRole('button', { name: 'Connect Without Verification…' }).click();
    await dialog().getByRole('button', { name: 'Connect Without Verification', exact: true }).click();
    const row = treeRow(page, new RegExp(`^Registry ${registry.host}, .*not verified`));
    await row.waitFor();
    await treeRow(page, 'Repository shop/web').waitFor();
  });

  it('is told of a client certificate that a registry wants', async () => {
    const { page } = workbench();
    const { key, certificate: cert, authority } = certificates;
    const registry = await start({ tls: { key, cert, clientAuthority: authority } });
    await add(registry.url);
    await dialog().getByText(`${registry.host} cannot be trusted`).waitFor();
    await dialog().getByRole('button', { name: 'Choose CA File…' }).click();
    await chooseFile(page, 'Certificate of the Authority', certificates.authorityFile);
    await dialog().getByText('it wants a client certificate, and got none that it takes').waitFor();
    await dialog().getByRole('button', { name: 'Choose Client Certificate…' }).click();
    await chooseFile(page, 'Client Certificate', certificates.certificateFile);
    await chooseFile(page, 'Key of the Client Certificate', certificates.keyFile);
    await treeRow(page, `Registry ${registry.host}`).waitFor();
    await treeRow(page, 'Repository shop/web').waitFor();
  });

  it('is what a registry says to its users, and how much it allows', async () => {
    const { page } = workbench();
    const said = { warning: '299 - "This registry moves to registry.example on Friday."' };
    const allowance = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '3;w=21600' };
    const registry = await start({
      fault: () => ({ alter: (reply) => ({ ...reply, headers: { ...reply.headers, ...said, ...allowance } }) }),
    });
    await add(registry.host);
    const row = treeRow(page, new RegExp(`^Registry ${registry.host}, .*2 notices`));
    await row.waitFor();
    await row.hover();
    await page.keyboard.press('ControlOrMeta+K');
    await page.keyboard.press('ControlOrMeta+I');
    await page.locator('.monaco-hover:visible').getByText('This registry moves to registry.example').waitFor();
    await page.locator('.monaco-hover:visible').getByText('Little (3) is left of the 100 requests').waitFor();
  });

  it('is a list that a registry keeps to itself: its images can be opened by name', async () => {
    const { page } = workbench();
    const registry = await start({ catalog: false });
    await add(registry.host);
    await treeRow(page, /does not offer its list of repositories/).waitFor();
    await treeRow(page, 'Open an image by name…').click();
    await answer(page, 'Open an Image of', 'shop/web:1.10.1');
    await treeRow(page, 'Repository shop/web').waitFor();
    await treeRow(page, new RegExp(`^Registry ${registry.host}, `))
      .locator('.monaco-tl-twistie')
      .click();
  });

  it('is not the kind that a registry is taken for: the user can say which, and it is listed anew', async () => {
    const { page } = workbench();
    const registry = await start();
    await add(registry.host);
    const row = treeRow(page, new RegExp(`^Registry ${registry.host}, `));
    await treeRow(page, 'Repository shop/web').waitFor();
    await chooseFromMenu(row, 'Kind of Registry…');
    const listed = registry.nextRequest(({ path }) => path.startsWith('/v2/_catalog'));
    await quickInput(page).getByRole('option', { name: 'OCI registry' }).click();
    await listed;
    await treeRow(page, 'Repository shop/web').waitFor();
  });
});
