import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { PullResult } from '../../src/api.ts';
import { LayerIndex } from '../../src/core/image/layerIndex.ts';
import type { LayerSource, ReadLayer } from '../../src/core/image/ports.ts';
import type { Engine } from '../../src/core/ports.ts';
import { type PullArguments, pullImage } from '../../src/host/commands/pullImage.ts';
import { createTransferCommands } from '../../src/host/commands/transferCommands.ts';
import { commandIds } from '../../src/host/ids.ts';
import { createFiles } from '../../src/node/files.ts';
import { createLayerReader } from '../../src/node/layers/layerReader.ts';
import { LayerScan } from '../../src/node/layers/layerScan.ts';
import { openClient } from '../registry/openClient.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { fakeResponse } from '../unit/core/registry/fakeHttp.ts';
import { hostServices } from './hostServices.ts';

const platforms = ['amd64', 'arm64'].map((architecture) =>
  writeImage({
    platform: { os: 'linux', architecture },
    steps: [
      { createdBy: 'COPY', layer: writeLayer([file('architecture', architecture), file('data', randomBytes(20_000))]) },
    ],
  }),
);
const [, arm64 = assert.fail()] = platforms;
const index = writeIndex(platforms);
const lost = arm64.blobs.at(-1)?.descriptor.digest ?? '';
const digests = { all: index.manifest.descriptor.digest, arm64: arm64.manifest.descriptor.digest };

/** A kind of pull: what it is asked for with, and what has to be there when it has gone on. */
interface Pull {
  readonly name: string;
  readonly options: (folder: string) => PullArguments;
  readonly digest: string;
  readonly check: (folder: string, pulled: PullResult, engine: ReturnType<typeof fakeEngine>) => Promise<void>;
}

const layoutDigests = async (folder: string): Promise<readonly string[]> => {
  const { manifests } = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));
  return (manifests as readonly { digest: string }[]).map(({ digest }) => digest);
};

const pulls: readonly Pull[] = [
  {
    name: 'of all platforms into a layout',
    options: (folder) => ({ destination: vscode.Uri.file(join(folder, 'to')) }),
    digest: digests.all,
    check: async (folder) => {
      assert.deepEqual(await layoutDigests(join(folder, 'to')), [digests.all]);
      const blobs = await readdir(join(folder, 'to/blobs/sha256'));
      for (const { descriptor } of platforms.flatMap(({ manifest, blobs: own }) => [manifest, ...own])) {
        assert.ok(blobs.includes(descriptor.digest.replace('sha256:', '')), descriptor.digest);
      }
    },
  },
  {
    name: 'of one platform into a layout',
    options: (folder) => ({
      destination: vscode.Uri.file(join(folder, 'to')),
      as: 'layout',
      platform: 'linux/arm64',
    }),
    digest: digests.arm64,
    check: async (folder) => assert.deepEqual(await layoutDigests(join(folder, 'to')), [digests.arm64]),
  },
  ...(['oci-archive', 'docker-archive'] as const).map(
    (form): Pull => ({
      name: `of one platform into an archive that is replaced (${form})`,
      options: (folder) => ({
        destination: vscode.Uri.file(join(folder, 'before.tar')),
        as: form,
        overwrite: true,
        platform: 'linux/arm64',
      }),
      digest: digests.arm64,
      check: async (folder, { destination }) => {
        assert.ok(destination.kind === 'archive');
        assert.equal(destination.format, form === 'oci-archive' ? 'oci' : 'docker');
        const archive = await readFile(join(folder, 'before.tar'), 'latin1');
        assert.ok(archive.includes(form === 'oci-archive' ? 'oci-layout' : 'manifest.json'));
        assert.deepEqual(await readdir(folder), ['before.tar']);
      },
    }),
  ),
  {
    name: 'of the files of one platform',
    options: (folder) => ({
      destination: vscode.Uri.file(join(folder, 'to')),
      as: 'files',
      platform: 'linux/arm64',
    }),
    digest: digests.arm64,
    check: async (folder) => {
      assert.deepEqual(await readdir(join(folder, 'to')), ['architecture', 'data']);
      assert.equal(await readFile(join(folder, 'to/architecture'), 'utf8'), 'arm64');
    },
  },
  {
    name: 'that Gantry fetches for an engine',
    options: () => ({ destination: 'load', platform: 'linux/arm64' }),
    digest: digests.arm64,
    check: async (_folder, pulled, { loaded }) => {
      assert.equal(pulled.destination.kind, 'engine');
      assert.ok(loaded.join('').includes(arm64.blobs[0]?.descriptor.digest.replace('sha256:', '') ?? ''));
    },
  },
  {
    name: 'that an engine does',
    options: () => ({ destination: 'engine', platform: 'linux/arm64' }),
    digest: digests.all,
    check: async (_folder, pulled, { asked }) => {
      assert.equal(pulled.destination.kind, 'engine');
      assert.equal(asked.length, 2);
      for (const url of asked) assert.ok(url.search.includes('arm64'), url.href);
    },
  },
];

describe('a pull that failed goes on by its row', function () {
  this.timeout(30_000);
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);

  for (const { name, options, digest, check } of pulls) {
    it(name, () =>
      withTemporaryFolder(async (folder) => {
        const registry = await start();
        registry.push('shop/web', index, '1.0');
        const engine = fakeEngine();
        const { gantry, connections, ports } = await open({
          files: createFiles(),
          layers: { ...createLayerReader(), readLayer },
          findEngine: async () => engine,
          scratchFolder: join(folder, 'scratch'),
        });
        const services = hostServices(gantry, connections, ports);
        const jobs = await services.transfers();
        const imagePanels = async () => assert.fail('a panel was opened');
        const commands = createTransferCommands(services, { imagePanels });
        const retry = commands[commandIds.retryTransfer] as (id: string) => Promise<PullResult>;
        const chosen = options(folder);
        if (chosen.overwrite === true) await writeFile(join(folder, 'before.tar'), 'of before');

        registry.fault = ({ url }) => (url.pathname.endsWith(lost) ? { reply: { status: 403 } } : undefined);
        const image = { reference: `${registry.host}/shop/web:1.0` };
        await rejection(pullImage(services, image, chosen), chosen.destination === 'engine' ? 'server' : 'denied');
        const [failed] = jobs.all();
        assert.equal(failed?.state, 'failed');
        if (chosen.destination !== 'engine') assert.match(failed.message ?? '', /Pull again to go on\.$/);
        if (chosen.overwrite === true) assert.equal(await readFile(join(folder, 'before.tar'), 'utf8'), 'of before');

        registry.fault = undefined;
        const pulled = await retry(failed.id);
        assert.equal(pulled.digest, digest);
        await check(folder, pulled, engine);
        assert.deepEqual(
          jobs.all().map(({ state, request }) => [state, request]),
          [['done', failed.request]],
        );
      }),
    );
  }
});

/** As the one of the extension does, but not in a thread, which these tests have no bundle for. */
async function readLayer({ chunks, size, diffId }: LayerSource): Promise<ReadLayer> {
  const scan = new LayerScan({ size, diffId, limits: { unpacked: 2 ** 20, expansion: 100 } });
  for await (const chunk of chunks) await scan.push(chunk);
  const { columns, facts, points } = await scan.finish();
  return { index: new LayerIndex(columns, facts), points };
}

/** Its first pull fails. What it is sent is kept. */
function fakeEngine(): Engine & { readonly loaded: readonly string[]; readonly asked: readonly URL[] } {
  const loaded: string[] = [];
  const asked: URL[] = [];
  return {
    address: 'a fake engine',
    loaded,
    asked,
    send: async ({ url, stream }) => {
      if (url.pathname === '/images/create') {
        asked.push(url);
        return fakeResponse({ body: asked.length === 1 ? '{"error":"the layer is gone"}' : '{"status":"Done"}' });
      }
      if (url.pathname === '/images/load') {
        for await (const chunk of stream?.() ?? []) loaded.push(Buffer.from(chunk).toString('latin1'));
        return fakeResponse({ body: '{"stream":"Loaded image"}' });
      }
      const Id = arm64.blobs[0]?.descriptor.digest;
      return fakeResponse({ body: JSON.stringify(url.pathname === '/version' ? { Version: '1' } : { Id }) });
    },
  };
}
