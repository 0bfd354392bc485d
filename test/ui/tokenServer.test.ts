import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { ociError, type RegistryRequest, type Reply } from '../support/sampleRegistry/http.ts';
import type { TokenQuirks } from '../support/sampleRegistry/tokenQuirks.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  accept,
  answer,
  chooseFromMenu,
  clearWindow,
  inputBox,
  modalDialog,
  notification,
  openAddRegistry,
  openViewContainer,
  quickInput,
} from '../support/workbenchPage.ts';

/** Gives no token without a login, not even an empty one. */
function refuseNobody({ method, headers }: RegistryRequest): Reply | undefined {
  return method === 'GET' && headers.authorization === undefined ? ociError('UNAUTHORIZED') : undefined;
}

const users = { alice: 'correct horse', bob: 'battery staple' };

describe('a token server that nobody has said to trust', () => {
  let folder: string;
  let registries: Readonly<Record<'row' | 'signIn' | 'choice' | 'test' | 'added', SampleRegistry>>;
  const workbench = useSampleWorkbench(async () => {
    folder = await makeTemporaryFolder();
    const start = async (quirks: TokenQuirks = {}): Promise<SampleRegistry> => {
      const registry = await startSampleRegistry({ auth: { scheme: 'bearer', users, isOtherOrigin: true, quirks } });
      seedCompany(registry);
      return registry;
    };
    registries = {
      row: await start(),
      signIn: await start(),
      choice: await start(),
      test: await start(),
      added: await start({ intercept: refuseNobody }),
    };
    const { row, signIn, choice, test } = registries;
    const auth = Buffer.from('alice:correct horse').toString('base64');
    const auths = Object.fromEntries([row, choice, test].map(({ host }) => [host, { auth }]));
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }));
    const names = { Row: row, 'Sign in': signIn, Choice: choice, Test: test };
    return {
      seed: () => {},
      machineSettings: {
        'gantry.connections': Object.entries(names).map(([label, { url }]) => ({ url, label })),
      },
      env: { DOCKER_CONFIG: folder },
    };
  });

  after(async () => {
    await Promise.all(Object.values(registries).map((registry) => registry.close()));
    await removeFolder(folder);
  });

  beforeEach(() => openViewContainer(workbench().page, 'Gantry'));

  function hostOf({ realm }: SampleRegistry): string {
    return new URL(realm).host;
  }

  /** The password goes to the token server in a header, or in a form. */
  function assertNothingSent({ requests }: SampleRegistry): void {
    const atTokenServer = requests.filter(({ server }) => server === 'token');
    const sent = atTokenServer.filter(
      ({ method, headers }) => method === 'POST' || headers.authorization !== undefined,
    );
    assert.deepEqual(sent, []);
  }

  async function answerQuestion(registry: SampleRegistry, button: string): Promise<void> {
    const dialog = modalDialog(workbench().page);
    const host = hostOf(registry);
    await dialog.getByText(`${registry.host} asks to send your password to http://${host}.`).waitFor();
    assertNothingSent(registry);
    await dialog.getByRole('button', { name: button }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  it('gets no login of the machine before the row that says so is chosen', async () => {
    const { page } = workbench();
    const { row } = registries;
    await expandRows(page, /^Registry Row/);
    const notice = treeRow(page, /asks to send your password to/);
    await notice.waitFor();
    await notice.click();
    await answerQuestion(row, 'Cancel');
    await notice.click();
    await answerQuestion(row, `Trust ${hostOf(row)}`);
    await treeRow(page, 'Repository shop/web').waitFor();
    await expandRows(page, 'Repository shop/web');
    await treeRow(page, 'Tag 1.10.1').waitFor();
    await treeRow(page, /^Registry Row/)
      .locator('.monaco-tl-twistie')
      .click();
  });

  it('is asked about when signing in, which keeps what was typed', async () => {
    const { page } = workbench();
    const { signIn } = registries;
    await chooseFromMenu(treeRow(page, /^Registry Sign in/), 'Sign In…');
    await answer(page, `Sign In to ${signIn.host}`, 'alice');
    await quickInput(page).getByText('Password or access token of alice.').waitFor();
    await answer(page, `Sign In to ${signIn.host}`, 'correct horse');
    await answerQuestion(signIn, 'Cancel');
    assert.equal(await inputBox(page).inputValue(), 'correct horse');
    await accept(page, modalDialog(page));
    await answerQuestion(signIn, `Trust ${hostOf(signIn)}`);
    await treeRow(page, `Registry Sign in, alice · ${signIn.url}`).waitFor();
    await treeRow(page, 'Repository shop/web').waitFor();
    await treeRow(page, /^Registry Sign in/)
      .locator('.monaco-tl-twistie')
      .click();
  });

  it('is asked about when a login is chosen, once', async () => {
    const { page } = workbench();
    const { choice } = registries;
    const choose = async (): Promise<void> => {
      await chooseFromMenu(treeRow(page, /^Registry Choice/), 'Choose Login…');
      await quickInput(page).getByRole('option', { name: /alice/ }).click();
    };
    await choose();
    await answerQuestion(choice, 'Cancel');
    await choose();
    await answerQuestion(choice, `Trust ${hostOf(choice)}`);
    await treeRow(page, `Registry Choice, alice · ${choice.url}`).waitFor();
    await treeRow(page, 'Repository shop/web').waitFor();
    await treeRow(page, /^Registry Choice/)
      .locator('.monaco-tl-twistie')
      .click();
  });

  it('is asked about when the connection is tested', async () => {
    const { page } = workbench();
    const { test } = registries;
    await chooseFromMenu(treeRow(page, /^Registry Test/), 'Test Connection');
    await answerQuestion(test, `Trust ${hostOf(test)}`);
    await notification(page, 'Test answers').waitFor();
  });

  it('is asked about when a registry is added, with the login that was typed', async () => {
    const { page } = workbench();
    const { added } = registries;
    await clearWindow(page);
    await openAddRegistry(page);
    await answer(page, 'Add Registry', added.host);
    await answer(page, `Sign In to ${added.host}`, 'bob');
    await quickInput(page).getByText('Password or access token of bob.').waitFor();
    await answer(page, `Sign In to ${added.host}`, 'battery staple');
    await answerQuestion(added, `Trust ${hostOf(added)}`);
    await treeRow(page, `Registry ${added.host}, bob · ${added.url}`).waitFor();
    await treeRow(page, 'Repository shop/web').waitFor();
  });
});
