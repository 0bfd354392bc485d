import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { packageExtension } from '../support/packageExtension.ts';
import { needsPrograms } from '../support/programs.ts';
import { expandRows, treeRow } from '../support/registriesTree.ts';
import { seedCompany } from '../support/sampleImages.ts';
import type { LoggedRequest } from '../support/sampleRegistry/server.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { makeTestCertificates, type TestCertificates } from '../support/testCertificates.ts';
import { useSampleWorkbench } from '../support/useWorkbench.ts';
import {
  answer,
  chooseFromMenu,
  inputBox,
  notification,
  openAddRegistry,
  openTag,
  openViewContainer,
  quickInput,
  readClipboard,
  runCommand,
} from '../support/workbenchPage.ts';

/** Made at run time, so that the sources and what is built of them hold none of these. */
const canary = (name: string): string => `${['CAN', 'ARY'].join('')}-${name}-${process.pid}`;
const mark = canary('').slice(0, 7);

const secrets = {
  password: canary('password'),
  wrongPassword: canary('wrong'),
  filePassword: canary('file'),
  helperSecret: canary('helper'),
  proxyPassword: canary('proxy'),
};

describe('secrets that are planted everywhere', function () {
  // It packages the extension and installs it.
  this.timeout(240_000);
  const users = { alice: secrets.password, fred: secrets.filePassword, helga: secrets.helperSecret };
  let folder: string;
  let registries: readonly SampleRegistry[];
  let byToken: SampleRegistry;
  let byKey: SampleRegistry;
  let certificates: TestCertificates;
  let engine: FakeEngine;
  /** Those that are made by others: as they stand in a file, or on a connection. */
  let made: Readonly<Record<string, string>>;

  before(function () {
    needsPrograms(this, 'openssl');
  });

  const workbench = useSampleWorkbench(async () => {
    folder = await makeTemporaryFolder();
    const vsix = join(folder, 'gantry.vsix');
    await packageExtension(vsix);
    certificates = await makeTestCertificates();
    engine = await startFakeEngine(join(folder, 'engine.sock'));
    byToken = await startSampleRegistry({ auth: { scheme: 'bearer', users: { ivy: secrets.wrongPassword } } });
    const { key, certificate: cert, authority } = certificates;
    byKey = await startSampleRegistry({ tls: { key, cert, clientAuthority: authority } });
    const identityToken = byToken.issueIdentityToken('ivy');
    made = { identityToken, keyMaterial: key.split('\n')[1] ?? '' };
    // VS Code takes the PATH of the login shell for its own: a helper is where Docker Desktop has its.
    const programFolder = join(folder, '.docker', 'bin');
    registries = await Promise.all([1, 2, 3].map(() => startSampleRegistry({ auth: { scheme: 'basic', users } })));
    for (const registry of [...registries, byToken, byKey]) seedCompany(registry);
    const [, byFile, byHelper] = registries.map(({ host }) => host);
    await mkdir(programFolder, { recursive: true });
    const config = {
      auths: {
        [byFile ?? '']: { auth: Buffer.from(`fred:${secrets.filePassword}`).toString('base64') },
        [byToken.host]: { identitytoken: identityToken },
      },
      credHelpers: { [byHelper ?? '']: 'planted' },
    };
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    // It keeps the command lines of everything that runs while it does.
    const helper = join(programFolder, 'docker-credential-planted');
    const reply = JSON.stringify({ ServerURL: byHelper, Username: 'helga', Secret: secrets.helperSecret });
    await writeFile(
      helper,
      `#!/bin/sh\ncat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' > '${join(folder, 'commandLines')}'\nexec cat '${join(folder, 'reply')}'\n`,
    );
    await writeFile(join(folder, 'reply'), reply);
    await chmod(helper, 0o755);
    return {
      seed: () => {},
      extension: { vsix },
      machineSettings: {
        'gantry.connections': [
          {
            url: byKey.url,
            label: 'By key',
            tls: {
              ca: certificates.authorityFile,
              certificate: certificates.certificateFile,
              key: certificates.keyFile,
            },
          },
        ],
        'gantry.engine.host': `unix://${engine.socket}`,
      },
      env: {
        DOCKER_CONFIG: folder,
        HOME: folder,
        HTTPS_PROXY: `http://user:${secrets.proxyPassword}@127.0.0.1:9`,
        NO_PROXY: '127.0.0.1,localhost',
      },
    };
  });

  after(async () => {
    await Promise.all([...(registries ?? []), byToken, byKey, certificates, engine].map((opened) => opened?.close()));
    if (folder !== undefined) await removeFolder(folder);
  });

  it('are used, and found in no log, state, setting, message, panel, report, command line or package', async () => {
    const { page, dataFolder, output } = workbench();
    const [typed, byFile, byHelper] = registries.map(({ host }) => host);
    const seen: string[] = [];
    const look = async (): Promise<void> => {
      for (const frame of page.frames()) seen.push(await frame.content().catch(() => ''));
    };
    await openViewContainer(page, 'Gantry');
    await treeRow(page, /Docker Hub/).waitFor();
    await logEverything(page);
    await expandRows(page, /^Registry By key/);
    await treeRow(page, 'Repository shop/web').waitFor();
    await page.locator('.part.sidebar').getByRole('button', { name: 'Collapse All' }).click();
    await treeRow(page, 'Repository shop/web').waitFor({ state: 'detached' });

    await add(page, typed ?? '');
    await answer(page, 'Sign In', 'alice');
    await quickInput(page).getByText('Password or access token of alice.').waitFor();
    await answer(page, 'Sign In', secrets.wrongPassword);
    await quickInput(page).getByText('Check the user name').waitFor();
    await look();
    await answer(page, 'Sign In', secrets.password);
    await treeRow(page, 'Repository shop/web').waitFor();
    await expandRows(page, 'Repository shop/web');
    await openTag(treeRow(page, 'Tag 1.10.1'), /shop\/web:1\.10\.1/);
    await look();

    await chooseFromMenu(treeRow(page, 'Tag 1.10.1'), 'Pull…');
    await quickInput(page)
      .getByRole('option', { name: /^Into Docker, Docker fetches/ })
      .click();
    await notification(page, /1\.10\.1 is in Docker 1\.0 now/).waitFor();
    made = { ...made, engineLogin: engine.logins[0] ?? '' };
    assert.match(Buffer.from(made['engineLogin'] ?? '', 'base64url').toString(), new RegExp(secrets.password));

    for (const host of [byFile ?? '', byHelper ?? '', byToken.host]) {
      await add(page, host);
      await treeRow(page, new RegExp(`^Registry ${host}`)).waitFor();
    }
    const isAnswered = ({ path, status }: LoggedRequest): boolean => path.startsWith('/v2/_catalog') && status === 200;
    for (const registry of [...registries, byToken, byKey])
      await eventually(async () => assert.ok(registry.requests.some(isAnswered), registry.host), 60_000);
    assert.ok(byToken.requests.some(({ server, method }) => server === 'token' && method === 'POST'));
    await add(page, 'https://identity.invalid');
    await page.locator('.monaco-dialog-box').getByText('identity.invalid').first().waitFor();
    await look();
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Edit Address' }).click();
    await page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
    await inputBox(page).press('Escape');
    await quickInput(page).waitFor({ state: 'detached' });

    await runCommand(page, 'Gantry: Copy Diagnostics');
    await notification(page, 'The diagnostics are in the clipboard').waitFor();
    const report = await readClipboard(page);
    assert.match(report, /## Registries[\s\S]*docker-config[\s\S]*## Log[\s\S]*GET http/);

    const commandLines = await readFile(join(folder, 'commandLines'), 'utf8');
    assert.match(commandLines, /docker-credential-planted/);
    const texts = { report, commandLines, printed: output(), page: seen.join('\n'), state: await browserState(page) };
    for (const [where, text] of Object.entries(texts)) assertNone(where, text);
    // The package is there as it was installed.
    const files = await filesBelow(dataFolder);
    assert.ok(files.some((path) => path.endsWith('dist/extension.cjs')));
    for (const path of [...files, join(folder, 'gantry.vsix')]) assertNone(path, await readFile(path, 'latin1'));
    const log = (await filesBelow(dataFolder)).find((path) => path.endsWith('Gantry.log'));
    assert.match(await readFile(log ?? '', 'utf8'), /\[debug\] #1 GET http/);
    // What is looked for would be found.
    assert.throws(() => assertNone('a log', `Bearer ${made['identityToken']}`));
    assert.throws(() => assertNone('a log', `Basic ${Buffer.from(`fred:${secrets.filePassword}`).toString('base64')}`));
  });

  function assertNone(where: string, text: string): void {
    assert.ok(!text.includes(mark), `${where} holds a secret: ${excerpt(text)}`);
    for (const [name, secret] of Object.entries(made))
      assert.ok(secret !== '' && !text.includes(secret), `${where} holds ${name}`);
    for (const secret of Object.values(secrets)) {
      for (const user of ['alice', 'fred', 'helga', 'user']) {
        const basic = Buffer.from(`${user}:${secret}`).toString('base64');
        assert.ok(!text.includes(basic), `${where} holds a login of ${user}`);
      }
    }
  }
});

interface FakeEngine {
  readonly socket: string;
  /** Values of `X-Registry-Auth` of the pulls so far. */
  readonly logins: readonly string[];
  close(): Promise<void>;
}

/** Has every image that it is told to pull at once. */
async function startFakeEngine(socket: string): Promise<FakeEngine> {
  const logins: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    const { pathname } = new URL(url, 'http://engine');
    const login = headers['x-registry-auth'];
    if (pathname === '/images/create' && typeof login === 'string') logins.push(login);
    const reply = pathname.endsWith('/json')
      ? { Id: `sha256:${'0'.repeat(64)}`, RepoDigests: [] }
      : { Version: '1.0', status: 'Download complete' };
    response.end(`${JSON.stringify(reply)}\n`);
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    socket,
    logins,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Of Gantry; VS Code's own would hold the whole environment. */
async function logEverything(page: Page): Promise<void> {
  // VS Code lists the logs that there are when it is asked, and takes what is typed too early for a search.
  await eventually(async () => {
    await runCommand(page, 'Developer: Set Log Level...');
    for (const choice of ['Gantry', 'Trace']) {
      await inputBox(page).fill(choice);
      await quickInput(page).getByRole('option', { name: choice }).first().click({ timeout: 5_000 });
    }
  }, 60_000);
}

async function add(page: Page, text: string): Promise<void> {
  await openAddRegistry(page);
  await answer(page, 'Add Registry', text);
}

function excerpt(text: string): string {
  const at = text.indexOf(mark);
  return text.slice(Math.max(0, at - 100), at + 60);
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** What VS Code keeps in the browser, secret storage aside. */
function browserState(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const dump: string[] = Object.entries(localStorage).map(([key, value]) => `${key}=${value}`);
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        const read = <T>(request: IDBRequest<T>): Promise<T> =>
          new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          });
        const [keys, values] = await Promise.all([read(objects.getAllKeys()), read(objects.getAll())]);
        dump.push(...keys.map((key, index) => `${String(key)}=${JSON.stringify(values[index])}`));
      }
      database.close();
    }
    return dump.filter((line) => !line.startsWith('secret')).join('\n');
  });
}
