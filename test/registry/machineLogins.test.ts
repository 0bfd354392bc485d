import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { authFiles } from '../../src/node/authFiles.ts';
import { askCredentialHelper, listCredentialHelper } from '../../src/node/credentialHelper.ts';
import { createDockerCredentials } from '../../src/node/dockerCredentials.ts';
import { createMachineCredentials } from '../../src/node/machineCredentials.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { writeImage, writeLayer } from '../support/imageWriter.ts';
import { podmanProgram } from '../support/podman.ts';
import { needsPrograms } from '../support/programs.ts';
import { realRegistryKinds } from '../support/realRegistries.ts';
import type { RealRegistry, RealRegistryOptions } from '../support/realRegistry.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSigningTokenServer } from '../support/signingTokenServer.ts';
import { pushWithSkopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { type Client, openClient } from './openClient.ts';

const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'COPY motd /etc/', layer: writeLayer([file('etc/motd', 'Welcome\n')]) }],
});
const login = { user: 'alice', password: 'canary-3c9a' };
const users = { [login.user]: login.password };

/** A home folder of its own, and the environment of the programs that keep logins there. */
interface Machine {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A program that logs in, and what Gantry says of what it has left. */
interface LoginProgram {
  readonly name: string;
  readonly programs: readonly string[];
  readonly logIn: (machine: Machine, host: string) => Promise<void>;
  readonly source: RegExp;
}

const loginFlags = ['--username', login.user, '--password-stdin'];

const loginPrograms: readonly LoginProgram[] = [
  {
    name: 'podman login',
    programs: [podmanProgram],
    logIn: ({ env }, host) => run('podman', ['login', '--tls-verify=false', ...loginFlags, host], login.password, env),
    source: /^containers-auth:.*auth\.json$/,
  },
  {
    name: 'podman login for a part of the registry',
    programs: [podmanProgram],
    logIn: ({ env }, host) =>
      run('podman', ['login', '--tls-verify=false', ...loginFlags, `${host}/shop`], login.password, env),
    source: /^containers-auth:.*auth\.json$/,
  },
  {
    name: 'skopeo login',
    programs: [skopeoProgram],
    logIn: ({ env }, host) => run('skopeo', ['login', '--tls-verify=false', ...loginFlags, host], login.password, env),
    source: /^containers-auth:.*auth\.json$/,
  },
  {
    name: 'docker login',
    programs: ['docker'],
    logIn: async ({ folder, env }, host) => {
      // Docker takes a store that it finds, unless its file has a login already.
      const other = { auths: { 'registry.example': { auth: btoa('bob:other') } } };
      await writeFile(join(folder, '.docker', 'config.json'), JSON.stringify(other));
      await run('docker', ['login', ...loginFlags, host], login.password, env);
    },
    source: /^docker-config:.*config\.json$/,
  },
  {
    name: 'docker login with pass as its store',
    programs: ['docker', 'docker-credential-pass', 'pass', 'gpg'],
    logIn: async (machine, host) => {
      await initialisePass(machine);
      await writeFile(join(machine.folder, '.docker', 'config.json'), JSON.stringify({ credsStore: 'pass' }));
      await run('docker', ['login', ...loginFlags, host], login.password, machine.env);
    },
    source: /^helper:pass:/,
  },
  {
    name: 'a helper for this registry alone',
    programs: ['docker-credential-pass', 'pass', 'gpg'],
    logIn: async (machine, host) => {
      await initialisePass(machine);
      const stored = { ServerURL: host, Username: login.user, Secret: login.password };
      await run('docker-credential-pass', ['store'], JSON.stringify(stored), machine.env);
      await writeFile(
        join(machine.folder, '.docker', 'config.json'),
        JSON.stringify({ credHelpers: { [host]: 'pass' } }),
      );
    },
    source: /^helper:pass:/,
  },
  {
    name: 'a helper of the user',
    programs: ['sh'],
    logIn: async ({ folder }, host) => {
      const reply = JSON.stringify({ ServerURL: host, Username: login.user, Secret: login.password });
      const script = `#!/bin/sh\nread key\n[ "$1 $key" = "get ${host}" ] || exit 1\necho '${reply}'\n`;
      await writeFile(join(folder, 'bin', 'docker-credential-team'), script, { mode: 0o755 });
      await writeFile(join(folder, '.docker', 'config.json'), JSON.stringify({ credHelpers: { [host]: 'team' } }));
    },
    source: /^helper:team:/,
  },
];

// zot speaks the same two ways of logging in.
for (const kind of realRegistryKinds.filter(({ name }) => name.startsWith('Distribution'))) {
  describe(`The logins of this machine on ${kind.name}`, () => {
    const start = closeAfterEach(kind.start);
    const startTokens = closeAfterEach(() => startSigningTokenServer(users));
    const open = closeAfterEach(openClient);
    let machine: Machine;
    let restore: () => void;

    before(function () {
      kind.needs(this);
      needsPrograms(this, skopeoProgram, 'openssl');
    });

    beforeEach(async () => {
      machine = await makeMachine();
      restore = useEnvironment(machine.env);
    });

    afterEach(async () => {
      await run('gpgconf', ['--kill', 'all'], '', machine.env).catch(() => {});
      restore();
      await removeFolder(machine.folder);
    });

    for (const { name, programs, logIn, source } of loginPrograms) {
      for (const way of ['a password', 'tokens'] as const) {
        it(`are used as ${name} has left them, where it asks for ${way}`, async function () {
          needsPrograms(this, ...programs);
          const { registry, realms } = await startAsking(way);
          await logIn(machine, registry.host);
          const { gantry, connections, ports } = await openOn(machine);
          await pushWithSkopeo({ host: registry.host, login }, 'shop/web', image, 'latest');

          // The name of the repository is a part of the address, where the login is for a part of the registry.
          const url = name.includes('part') ? `${registry.url}/shop` : registry.url;
          const added = await gantry.addConnection({ url, trustedRealms: realms });
          // Only who has logged in may push.
          await gantry.tag(`${registry.host}/shop/web:latest`, 'again');
          assert.equal((await gantry.listTags(`${registry.host}/shop/web`)).items.length, 2);

          assert.match(connections.login(added.id)?.id ?? '', source);
          // From a token server docker gets a token that stands for the user, which a helper keeps without a name.
          const account = way === 'tokens' && name.includes('its store') ? undefined : login.user;
          assert.equal(connections.login(added.id)?.account, account);
          // Nothing was copied, and nothing said.
          const kept = JSON.stringify([[...ports.stateValues], [...ports.secretValues], ports.logLines]);
          assert.ok(!kept.includes(login.password) && !kept.includes(btoa(`${login.user}:${login.password}`)), kept);
        });
      }
    }

    it('are offered, with whose they are, and no helper is started for it', async function () {
      needsPrograms(this, podmanProgram);
      const registry = await start({ login });
      await loginPrograms[0]?.logIn(machine, registry.host);
      const config = { credsStore: 'never-asked', credHelpers: { 'quay.io': 'never-asked' } };
      await writeFile(join(machine.folder, '.docker', 'config.json'), JSON.stringify(config));
      const { gantry } = await openOn(machine);
      const found = await gantry.discoverRegistries();
      assert.deepEqual(
        found.map(({ registry: host, account, owner }) => ({ host, account, owner })),
        [
          { host: 'quay.io', account: undefined, owner: 'docker' },
          { host: registry.host, account: login.user, owner: 'containers' },
        ],
      );
    });

    it('are missed with the next step, where the registry refuses them', async function () {
      needsPrograms(this, 'sh');
      const registry = await start({ login });
      const auths = { [registry.host]: { auth: btoa(`${login.user}:canary-old`) } };
      await writeFile(join(machine.folder, '.docker', 'config.json'), JSON.stringify({ auths }));
      const { gantry } = await openOn(machine);
      const { message } = await rejection(gantry.addConnection({ url: registry.url }), 'unauthorized');
      assert.ok(message.startsWith(registry.host) && !message.includes('canary'), message);
    });

    async function startAsking(
      way: 'a password' | 'tokens',
    ): Promise<{ readonly registry: RealRegistry; readonly realms: readonly string[] }> {
      if (way === 'a password') return { registry: await start({ login }), realms: [] };
      const { authority, origin } = await startTokens();
      const options: RealRegistryOptions = { tokens: authority };
      return { registry: await start(options), realms: [origin] };
    }

    function openOn({ folder, env }: Machine): Promise<Client> {
      const { log, logLines } = fakePorts();
      const docker = createDockerCredentials(log, {
        files: () => authFiles(env, folder),
        askHelper: askCredentialHelper,
        listHelper: listCredentialHelper,
      });
      return open({ log, logLines, machineCredentials: createMachineCredentials(log, docker) } as object);
    }
  });
}

describe('A helper that cannot be used here', () => {
  it('says that there is no secret service without a desktop', async function () {
    needsPrograms(this, 'docker-credential-secretservice');
    const restore = useEnvironment({ PATH: process.env['PATH'] });
    try {
      const asked = askCredentialHelper('secretservice', 'quay.io', new AbortController().signal);
      assert.match((await rejection(asked, 'storage')).message, /there is no secret service in this session/);
    } finally {
      restore();
    }
  });
});

async function makeMachine(): Promise<Machine> {
  const folder = await makeTemporaryFolder();
  for (const name of ['bin', '.docker', 'run', 'config']) await mkdir(join(folder, name));
  // gpg wants it for itself.
  await mkdir(join(folder, 'gnupg'), { mode: 0o700 });
  // Podman and skopeo follow the last of them, too.
  const { REGISTRY_AUTH_FILE: _file, DOCKER_AUTH_CONFIG: _logins, DOCKER_CONFIG: _folder, ...env } = process.env;
  return {
    folder,
    env: {
      ...env,
      HOME: folder,
      PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      GNUPGHOME: join(folder, 'gnupg'),
      PASSWORD_STORE_DIR: join(folder, 'passwords'),
    },
  };
}

async function initialisePass({ env }: Machine): Promise<void> {
  const key = 'gantry-test';
  await run(
    'gpg',
    ['--batch', '--passphrase', '', '--quick-generate-key', key, 'default', 'default', 'never'],
    '',
    env,
  );
  await run('pass', ['init', key], '', env);
}

/** Helpers get the environment of the process that starts them. */
function useEnvironment(env: NodeJS.ProcessEnv): () => void {
  const before = process.env;
  process.env = env;
  return () => {
    process.env = before;
  };
}

function run(command: string, args: readonly string[], input: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} ended with ${code}\n${output}`)),
    );
    // It may end without having read its input; how it ended says what that means.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
