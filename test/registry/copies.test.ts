import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFiles } from '../../src/node/files.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { type CopiedImage, contentsOf, writeCopiedImage } from '../support/copiedImage.ts';
import { startGoContainerRegistry } from '../support/goContainerRegistry.ts';
import { goContainerRegistry, needsGoProgram } from '../support/goPrograms.ts';
import { writeImageLayout } from '../support/imageLayout.ts';
import { sha256 } from '../support/oci.ts';
import { needsPrograms } from '../support/programs.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { realRegistryKinds } from '../support/realRegistries.ts';
import type { RealRegistry } from '../support/realRegistry.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { skopeo, skopeoProgram } from '../support/skopeo.ts';
import { makeTemporaryFolder, removeFolder } from '../support/temporaryFolder.ts';
import { openClient } from './openClient.ts';

/** Somewhere that images are copied from and to. */
interface Place {
  /** `purpose` keeps the images of several tests apart. */
  readonly reference: (purpose: string, tag: string) => string;
  readonly put: (purpose: string, image: CopiedImage) => Promise<void>;
  /** What skopeo calls it. */
  readonly skopeoName: (purpose: string, tag: string) => string;
  /** The bytes of a manifest or blob; `undefined` where it is not there. */
  readonly read: (purpose: string, digest: string, isManifest: boolean) => Promise<Buffer | undefined>;
  close(): Promise<void>;
}

interface PlaceKind {
  readonly name: string;
  readonly start: () => Promise<Place>;
  readonly needs: (test: Mocha.Context) => void;
}

const registryKinds: readonly PlaceKind[] = [
  ...realRegistryKinds.map(({ name, start, needs }) => ({
    name,
    needs,
    start: async () => registryPlace(await start()),
  })),
  {
    name: "go-containerregistry's registry",
    needs: (test) => needsGoProgram(test, goContainerRegistry),
    start: async () => registryPlace(await startGoContainerRegistry()),
  },
  {
    name: 'the sample registry',
    needs: () => {},
    start: async () => registryPlace(await startSampleRegistry()),
  },
];
const places: readonly PlaceKind[] = [
  ...registryKinds,
  { name: 'an OCI layout', needs: () => {}, start: startLayoutPlace },
  { name: 'an archive', needs: () => {}, start: startArchivePlace },
];

describe('Copying an image with its attestation, SBOM and signature', () => {
  const open = closeAfterEach(openClient);
  const started = new Map<PlaceKind, Place>();

  async function placeOf(kind: PlaceKind): Promise<Place> {
    const place = started.get(kind) ?? (await kind.start());
    started.set(kind, place);
    return place;
  }

  before(function () {
    needsPrograms(this, skopeoProgram);
  });
  after(async () => {
    await Promise.all([...started.values()].map((place) => place.close()));
  });

  for (const [number, from] of places.entries()) {
    for (const to of places) {
      it(`from ${from.name} to ${to.name}: every digest is the same`, async function () {
        from.needs(this);
        to.needs(this);
        const [source, target] = [await placeOf(from), await placeOf(to)];
        const image = writeCopiedImage(50_000);
        const [read, written] = [`from-${number}-${places.indexOf(to)}`, `to-${number}-${places.indexOf(to)}`];
        await source.put(read, image);
        const { gantry } = await open({ files: createFiles() });
        const { digest } = image.index.manifest.descriptor;

        const result = await gantry.copy(source.reference(read, '1.0'), target.reference(written, '2.0'));

        assert.equal(result.digest, digest);
        assert.deepEqual([result.keptTags, result.omittedLayers], [[], []]);
        const raw = await Promise.all([
          skopeo('inspect', '--raw', '--tls-verify=false', source.skopeoName(read, '1.0')),
          skopeo('inspect', '--raw', '--tls-verify=false', target.skopeoName(written, '2.0')),
        ]);
        assert.deepEqual(
          raw.map((text) => sha256(Buffer.from(text))),
          [digest, digest],
        );
        await assertWhole(target, written, image);
        const again = gantry.copy(source.reference(read, '1.0'), target.reference(written, '2.0'));
        // Nothing but a look at what is there; an archive is written once.
        if (to.name === 'an archive') await rejection(again, 'invalid');
        else assert.equal((await again).bytesSent, 0);
      });
    }
  }
});

/** Everything is at the target, byte for byte, and what refers to the image is found there. */
async function assertWhole(target: Place, purpose: string, image: CopiedImage): Promise<void> {
  for (const artifact of [image.index, image.sbom, image.signature]) {
    const manifests = new Set(manifestsOf(artifact));
    for (const [digest, bytes] of contentsOf(artifact)) {
      const stored = await target.read(purpose, digest, manifests.has(digest));
      assert.ok(stored !== undefined, `${digest} is missing`);
      assert.equal(sha256(stored), sha256(bytes));
    }
  }
  const signature = await skopeo(
    'inspect',
    '--raw',
    '--tls-verify=false',
    target.skopeoName(purpose, image.signatureTag),
  );
  assert.equal(sha256(Buffer.from(signature)), image.signature.manifest.descriptor.digest);
}

function manifestsOf({ manifest, children }: CopiedImage['index']): readonly string[] {
  return [manifest.descriptor.digest, ...children.flatMap(manifestsOf)];
}

function registryPlace(registry: Pick<RealRegistry, 'url' | 'host' | 'close'>): Place {
  return {
    reference: (purpose, tag) => `${registry.host}/${purpose}/web:${tag}`,
    put: async (purpose, image) => {
      const repository = `${purpose}/web`;
      await pushOverHttp(registry, repository, image.index, '1.0');
      await pushOverHttp(registry, repository, image.referrers, image.referrersTag);
      await pushOverHttp(registry, repository, image.signature, image.signatureTag);
    },
    skopeoName: (purpose, tag) => `docker://${registry.host}/${purpose}/web:${tag}`,
    read: async (purpose, digest, isManifest) => {
      const kind = isManifest ? 'manifests' : 'blobs';
      const headers = isManifest
        ? { accept: '*/*, application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' }
        : {};
      const response = await fetch(`${registry.url}/v2/${purpose}/web/${kind}/${digest}`, { headers });
      const bytes = Buffer.from(await response.arrayBuffer());
      return response.ok ? bytes : undefined;
    },
    close: () => registry.close(),
  };
}

async function startLayoutPlace(): Promise<Place> {
  const folder = await makeTemporaryFolder();
  return {
    reference: (purpose, tag) => `oci:${folder}/${purpose}:${tag}`,
    put: (purpose, image) => writeLayout(join(folder, purpose), image),
    skopeoName: (purpose, tag) => `oci:${folder}/${purpose}:${tag}`,
    read: (purpose, digest) =>
      readFile(join(folder, purpose, 'blobs', digest.replace(':', '/'))).catch(() => undefined),
    close: () => removeFolder(folder),
  };
}

async function startArchivePlace(): Promise<Place> {
  const folder = await makeTemporaryFolder();
  return {
    reference: (purpose, tag) => `docker-archive:${folder}/${purpose}.tar:${tag}`,
    put: async (purpose, image) => {
      const layout = join(folder, purpose);
      await mkdir(layout);
      await writeLayout(layout, image);
      await promisify(execFile)('tar', ['-cf', `${layout}.tar`, '-C', layout, '.']);
    },
    skopeoName: (purpose, tag) => `oci-archive:${folder}/${purpose}.tar:${tag}`,
    read: async (purpose, digest) => {
      const unpacked = join(folder, `${purpose}.unpacked`);
      if (!existsSync(unpacked)) {
        await mkdir(unpacked);
        await promisify(execFile)('tar', ['-xf', join(folder, `${purpose}.tar`), '-C', unpacked]);
      }
      return readFile(join(unpacked, 'blobs', digest.replace(':', '/'))).catch(() => undefined);
    },
    close: () => removeFolder(folder),
  };
}

function writeLayout(folder: string, image: CopiedImage): Promise<void> {
  return writeImageLayout(folder, {
    '1.0': image.index,
    [image.referrersTag]: image.referrers,
    [image.signatureTag]: image.signature,
  });
}
