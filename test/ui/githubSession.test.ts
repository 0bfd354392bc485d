import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FakeGitHub, gitHubOrigins, gitHubToken, startFakeGitHub } from '../support/gitHub/fakeGitHub.ts';
import { githubAccount, writeGithubSessions } from '../support/githubSessions.ts';
import { type NamedFront, startNamedFront } from '../support/namedFront.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import { chooseFromMenu, modalDialog, openViewContainer, quickInput } from '../support/workbenchPage.ts';

describe("an account of VS Code's", () => {
  let folder: string;
  let sessions: string;
  let github: FakeGitHub;
  let front: NamedFront;
  const workbench = useSampleWorkbench(async () => {
    folder = await makeTemporaryFolder();
    github = await startFakeGitHub();
    seedCompany(github);
    front = await startNamedFront({
      [new URL(gitHubOrigins.registry).host]: github.send,
      [new URL(gitHubOrigins.api).host]: github.send,
    });
    sessions = await writeGithubSessions(join(folder, 'github-sessions'), gitHubToken);
    return {
      seed: () => {},
      otherFolders: [sessions],
      connections: [{ url: gitHubOrigins.registry, label: 'GitHub packages', tls: { ca: front.authorityFile } }],
      env: { HTTPS_PROXY: front.proxy, DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: join(folder, 'none.json') },
    };
  });

  after(async () => {
    await front.close();
    await github.close();
    await removeFolder(folder);
  });

  it('is offered for its registry, asked for when it is chosen, and used from then on', async () => {
    const { page } = workbench();
    await openViewContainer(page, 'Gantry');
    const row = /^Registry GitHub packages/;
    await expandRows(page, row);
    // Nobody is asked before they have chosen to.
    await treeRow(page, /^api\.github\.com wants a login/).waitFor();

    await chooseFromMenu(treeRow(page, row), 'Choose Login…');
    await quickInput(page)
      .getByRole('option', { name: /Sign in with GitHub…/ })
      .click();
    await modalDialog(page)
      .getByText(/Gantry.*wants to sign in using GitHub/)
      .waitFor();
    await modalDialog(page).getByRole('button', { name: 'Allow' }).click();

    await treeRow(page, /^Registry GitHub packages, Octocat/).waitFor();
    await expandRows(page, 'Namespace shop');
    await treeRow(page, 'Repository shop/web').waitFor();
    // No more than what reading needs.
    assert.equal(await readFile(join(sessions, 'sessions.txt'), 'utf8'), 'read:packages\n');
    assert.ok(github.requests.some(({ authorization }) => authorization === `Bearer ${gitHubToken}`));
    const basic = `Basic ${btoa(`${githubAccount}:${gitHubToken}`)}`;
    assert.ok(
      github.requests.every(({ origin, authorization }) => authorization !== basic || origin.endsWith('ghcr.io')),
    );
  });
});
