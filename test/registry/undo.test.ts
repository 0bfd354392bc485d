import assert from 'node:assert/strict';
import type { Context } from 'mocha';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { startGoContainerRegistry } from '../support/goContainerRegistry.ts';
import { goContainerRegistry, needsGoProgram } from '../support/goPrograms.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { realRegistryKinds } from '../support/realRegistries.ts';
import { rejection } from '../support/registryErrors.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const image = imageOf('first');
const index = writeIndex([image]);
const other = imageOf('second');
const [digest, otherDigest] = [index.manifest.descriptor.digest, other.manifest.descriptor.digest];

const kinds = [
  ...realRegistryKinds,
  {
    name: "go-containerregistry's registry",
    deletesTags: true,
    start: () => startGoContainerRegistry(),
    needs: (test: Context) => needsGoProgram(test, goContainerRegistry),
  },
  { name: 'the sample registry', deletesTags: true, start: () => startSampleRegistry(), needs: () => {} },
];

for (const { name, deletesTags, start: startOne, needs } of kinds) {
  describe(`Undoing on ${name}`, () => {
    const start = closeAfterEach<never, Awaited<ReturnType<typeof startOne>>>(() => startOne());
    const open = closeAfterEach(openClient);

    before(function () {
      needs(this);
    });

    it('brings a deleted image back under its digest, with all of its tags', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushOverHttp(registry, 'shop/web', index, '1.0', 'latest');
      const plan = await gantry.planDelete(`${registry.host}/shop/web@${digest}`);
      const undoable = await gantry.runDelete(plan);
      // Of a tag whose image is gone, go-containerregistry's registry still tells what it named.
      await rejection(gantry.resolve(`${registry.host}/shop/web@${digest}`), 'not-found');
      assert.ok(undoable !== undefined);
      await gantry.undo(undoable.id);
      for (const tag of ['1.0', 'latest']) {
        assert.equal((await gantry.resolve(`${registry.host}/shop/web:${tag}`)).digest, digest);
      }
      assert.deepEqual(await gantry.undoables(), []);
      await rejection(gantry.undo(undoable.id), 'not-found');
    });

    it('moves a tag back, unless somebody else has moved it', async () => {
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushOverHttp(registry, 'shop/web', index, '1.0');
      await pushOverHttp(registry, 'shop/web', other, '2.0');
      await gantry.tag(`${registry.host}/shop/web:2.0`, '1.0', { expected: digest });
      const [moved] = await gantry.undoables();
      assert.deepEqual([moved?.kind, moved?.reference], ['tag-moved', `${registry.host}/shop/web:1.0`]);
      await gantry.undo(moved?.id ?? '');
      assert.equal((await gantry.resolve(`${registry.host}/shop/web:1.0`)).digest, digest);

      await gantry.tag(`${registry.host}/shop/web:2.0`, '1.0', { expected: digest });
      const third = imageOf('third');
      await pushOverHttp(registry, 'shop/web', third, '1.0');
      const [again] = await gantry.undoables();
      const error = await rejection(gantry.undo(again?.id ?? ''), 'conflict');
      assert.ok(error.message.includes(third.manifest.descriptor.digest), error.message);
    });

    it('brings a tag back that was deleted alone', async function () {
      if (!deletesTags) this.skip();
      const [registry, { gantry }] = await Promise.all([start(), open()]);
      await pushOverHttp(registry, 'shop/web', other, '1.0', '2.0');
      const undoable = await gantry.runDelete(await gantry.planDelete(`${registry.host}/shop/web:1.0`));
      await rejection(gantry.resolve(`${registry.host}/shop/web:1.0`), 'not-found');
      await gantry.undo(undoable?.id ?? '');
      assert.equal((await gantry.resolve(`${registry.host}/shop/web:1.0`)).digest, otherDigest);
    });
  });
}

function imageOf(text: string): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: [{ createdBy: 'COPY', layer: writeLayer([file('app', text)]) }],
  });
}
