import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ConnectionInfo, DeletePlan, Descriptor, GantryApi } from '../../src/api.ts';
import { commandIds } from '../../src/host/ids.ts';
import { distributionProgram, startDistribution, startDistribution3 } from '../support/distribution.ts';
import { distribution3, needsGoProgram } from '../support/goPrograms.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { needsPrograms } from '../support/programs.ts';
import type { RealRegistry, RealRegistryOptions } from '../support/realRegistry.ts';
import { dockerReference, pushWithSkopeo, registryFlags, skopeo, skopeoProgram } from '../support/skopeo.ts';
import { file } from '../support/tarWriter.ts';
import { assertRejects, gantryApi } from './gantryApi.ts';

const login = { user: 'ada', password: 'correct horse' };

const builds = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64', variant: 'v8' },
].map((platform) =>
  writeImage({
    platform,
    steps: [
      {
        createdBy: `COPY ${platform.architecture} /app`,
        layer: writeLayer([file('app', platform.architecture)], 'gzip'),
      },
    ],
  }),
);
const image = writeIndex(builds);

const registries: readonly {
  readonly name: string;
  readonly deletesTags: boolean;
  readonly start: (options: RealRegistryOptions) => Promise<RealRegistry>;
  readonly needs: (test: Mocha.Context) => void;
}[] = [
  { name: 'Distribution 2.8', deletesTags: false, start: startDistribution, needs: () => {} },
  {
    name: 'Distribution 3',
    deletesTags: true,
    start: startDistribution3,
    needs: (test) => needsGoProgram(test, distribution3),
  },
];

for (const { name, deletesTags, start, needs } of registries) {
  describe(`${name} with a password`, function () {
    this.timeout(60_000);
    let registry: RealRegistry | undefined;
    let api: GantryApi;
    let connection: ConnectionInfo | undefined;

    before(async function () {
      needsPrograms(this, distributionProgram, skopeoProgram);
      needs(this);
      registry = await start({ login });
      await pushWithSkopeo(registry, 'team/app', image, '1.0', 'latest');
      api = await gantryApi();
    });

    after(async () => {
      if (connection !== undefined) await api.removeConnection(connection.id);
      await registry?.close();
    });

    function running(): RealRegistry {
      assert.ok(registry);
      return registry;
    }

    async function tags(): Promise<readonly string[]> {
      const listed = await skopeo('list-tags', ...registryFlags(running()), `docker://${running().host}/team/app`);
      return (JSON.parse(listed) as { Tags: string[] }).Tags.sort();
    }

    async function rawDigest(reference: string): Promise<string> {
      const format = ['--format', '{{.Digest}}'];
      const target = dockerReference(running(), 'team/app', reference);
      return (await skopeo('inspect', ...format, ...registryFlags(running()), target)).trim();
    }

    it('is not added with a wrong password, and everything stays as it was', async () => {
      const { url, host } = running();
      const before = api.connections();
      const adding = api.addConnection({ url, username: login.user, password: 'wrong' });
      await assertRejects(adding, 'unauthorized', new RegExp(host));
      assert.deepEqual(api.connections(), before);
    });

    it('is added with the right one', async () => {
      connection = await api.addConnection({ url: running().url, username: login.user, password: login.password });
      assert.equal(connection.account, login.user);
      assert.equal(connection.state, 'ready');
      assert.ok(!JSON.stringify(api.connections()).includes(login.password));
    });

    it('lists what it holds', async () => {
      assert.ok(connection);
      const { host } = running();
      const repositories = await api.listRepositories(connection.id);
      assert.deepEqual(repositories.items, [{ name: 'team/app', reference: `${host}/team/app` }]);
      const listed = await api.listTags(`${host}/team/app`);
      assert.deepEqual(listed.items.map(({ name }) => name).sort(), ['1.0', 'latest']);
    });

    it('shows an image for several platforms, as skopeo sees it', async () => {
      const details = await api.inspect(`${running().host}/team/app:1.0`, { platform: 'linux/arm64' });
      assert.equal(details.digest, await rawDigest('1.0'));
      assert.deepEqual(details.platforms, ['linux/amd64', 'linux/arm64/v8']);
      assert.equal(details.platform, 'linux/arm64/v8');
      assert.equal(details.platformDigest, builds[1]?.manifest.descriptor.digest);
      assert.deepEqual(
        details.layers.map(({ command }) => command),
        ['COPY arm64 /app'],
      );
    });

    it('gives an image another tag, and moves none unasked', async () => {
      const { host } = running();
      const source = `${host}/team/app:1.0`;
      const tagged = await vscode.commands.executeCommand<Descriptor>(commandIds.tag, source, 'stable');
      assert.equal(await rawDigest('stable'), tagged.digest);
      await pushWithSkopeo(running(), 'team/app', builds[0] ?? image, 'other');
      await assertRejects(api.tag(source, 'other'), 'conflict', /already names sha256:/);
      assert.equal(await rawDigest('other'), builds[0]?.manifest.descriptor.digest);
    });

    it(
      deletesTags ? 'removes one of several tags only' : 'explains why it cannot remove a tag, and loses nothing',
      async () => {
        const reference = `${running().host}/team/app:stable`;
        const plans = await vscode.commands.executeCommand<DeletePlan[]>(commandIds.delete, reference, {
          dryRun: true,
        });
        assert.deepEqual(plans[0]?.tags, ['stable']);
        const deleting = vscode.commands.executeCommand<DeletePlan[]>(commandIds.delete, reference, {
          confirmed: plans,
        });
        if (deletesTags) {
          await deleting;
          assert.deepEqual(await tags(), ['1.0', 'latest', 'other']);
        } else {
          await assertRejects(Promise.resolve(deleting), 'unsupported', /cannot remove a tag and keep its manifest/);
          assert.deepEqual(await tags(), ['1.0', 'latest', 'other', 'stable']);
        }
        assert.equal(await rawDigest('1.0'), image.manifest.descriptor.digest);
      },
    );

    it('deletes a digest with all of its tags, which it names first', async () => {
      const { host } = running();
      const reference = `${host}/team/app@${image.manifest.descriptor.digest}`;
      const plans = await vscode.commands.executeCommand<DeletePlan[]>(commandIds.delete, reference, { dryRun: true });
      assert.deepEqual(
        [...(plans[0]?.tags ?? [])].sort(),
        deletesTags ? ['1.0', 'latest'] : ['1.0', 'latest', 'stable'],
      );
      assert.equal(plans[0]?.checkedTags, plans[0]?.totalTags);
      await vscode.commands.executeCommand(commandIds.delete, reference, { confirmed: plans });
      assert.deepEqual(await tags(), ['other']);
      const again = vscode.commands.executeCommand(commandIds.delete, reference, { confirmed: plans });
      await assertRejects(Promise.resolve(again), 'not-found');
    });
  });
}
