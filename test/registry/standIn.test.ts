import assert from 'node:assert/strict';
import type { DeletePlan, RepositorySession } from '../../src/api.ts';
import { RegistryError } from '../../src/core/errors.ts';
import { deleteTagByStandIn } from '../../src/core/transfer/standIn.ts';
import { createHash } from '../../src/node/hash.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { realRegistryKinds } from '../support/realRegistries.ts';
import { rejection } from '../support/registryErrors.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const image = writeImage({
  platform: { os: 'linux', architecture: 'amd64' },
  steps: [{ createdBy: 'COPY', layer: writeLayer([file('app', 'one')]) }],
});
const index = writeIndex([image]);
const { signal } = new AbortController();

for (const { name, start: startOne, needs } of realRegistryKinds) {
  describe(`Removing a tag by a stand-in on ${name}`, () => {
    const start = closeAfterEach<never, Awaited<ReturnType<typeof startOne>>>(() => startOne());
    const open = closeAfterEach(openClient);

    before(function () {
      needs(this);
    });

    for (const [what, artifact] of [
      ['an image', image],
      ['an index', index],
    ] as const) {
      it(`takes that one tag of ${what} away, leaves the others, and can be undone`, async () => {
        const [registry, { gantry }] = await Promise.all([start(), open()]);
        const { digest } = artifact.manifest.descriptor;
        const repository = `${registry.host}/shop/web`;
        await pushOverHttp(registry, 'shop/web', artifact, '1.0', 'latest');
        const plan = await gantry.planDelete(`${repository}:1.0`);
        const undoable = await gantry.runDelete(plan, { byStandIn: true });
        await rejection(gantry.resolve(`${repository}:1.0`), 'not-found');
        assert.equal((await gantry.resolve(`${repository}:latest`)).digest, digest);
        assert.deepEqual(
          (await gantry.tagNames(repository)).tags.map((tag) => tag.name),
          ['latest'],
        );
        await gantry.undo(undoable?.id ?? '');
        assert.equal((await gantry.resolve(`${repository}:1.0`)).digest, digest);
      });
    }

    it('leaves the image of its only tag there, by its digest', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushOverHttp(registry, 'shop/web', image, '1.0');
      await gantry.runDelete(await gantry.planDelete(`${registry.host}/shop/web:1.0`), { byStandIn: true });
      const { digest } = image.manifest.descriptor;
      assert.equal((await gantry.resolve(`${registry.host}/shop/web@${digest}`)).digest, digest);
    });
  });
}

describe('a stand-in', () => {
  const manifest = { bytes: image.manifest.bytes, descriptor: image.manifest.descriptor };
  const plan: DeletePlan = {
    ...{ reference: 'registry.example/shop/web:1.0', kind: 'tag', digest: manifest.descriptor.digest, tags: ['1.0'] },
    ...{ indexes: [], referrers: [], checkedTags: 1, totalTags: 1 },
  };

  it('is taken away again where the registry does not delete it', async () => {
    const { repository, tags } = memory(async () => {
      throw new RegistryError('unsupported', 'Deletion is switched off.');
    });
    const { message } = await rejection(
      deleteTagByStandIn(repository, plan, manifest, { signal, createHash }),
      'unsupported',
    );
    assert.match(message, /was put back as it was.*Deletion is switched off/);
    assert.equal(tags.get('1.0'), plan.digest);
  });

  it('says the same as the manifest it stands for, under a digest that no other has', async () => {
    const { repository, put } = memory();
    await deleteTagByStandIn(repository, plan, manifest, { signal, createHash });
    await deleteTagByStandIn({ ...repository, resolve: async () => manifest.descriptor }, plan, manifest, {
      signal,
      createHash,
    }).catch(() => {});
    const [first, second] = put;
    assert.deepEqual(JSON.parse(new TextDecoder().decode(first)), JSON.parse(manifest.bytes.toString()));
    assert.notDeepEqual(first, second);
  });

  it('is not made for a tag that has moved since', async () => {
    const { repository, put } = memory();
    const moved = { ...plan, digest: `sha256:${'0'.repeat(64)}` };
    await rejection(deleteTagByStandIn(repository, moved, manifest, { signal, createHash }), 'unconfirmed');
    assert.deepEqual(put, []);
  });

  /** A repository with one tag. */
  function memory(refuse?: () => Promise<void>) {
    const tags = new Map([['1.0', manifest.descriptor.digest]]);
    const put: Uint8Array[] = [];
    const nothing = async (): Promise<never> => assert.fail();
    const repository: RepositorySession = {
      ...{ listTags: nothing, fetchManifest: nothing, openBlob: nothing },
      resolve: async (reference) => {
        const digest = reference.includes(':') ? reference : tags.get(reference);
        if (digest === undefined) throw new RegistryError('not-found', `${reference} is not there`);
        return { ...manifest.descriptor, digest };
      },
      putManifest: async (tag, { bytes, descriptor }) => {
        put.push(bytes);
        tags.set(tag, descriptor.digest);
        return descriptor;
      },
      deleteManifest: async (digest) => {
        await refuse?.();
        for (const [tag, named] of tags) if (named === digest) tags.delete(tag);
      },
    };
    return { repository, tags, put };
  }
});
