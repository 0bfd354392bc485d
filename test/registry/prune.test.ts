import assert from 'node:assert/strict';
import type { Gantry } from '../../src/core/gantry.ts';
import type { PruneRule } from '../../src/core/transfer/pruneRule.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import type { Artifact } from '../support/oci.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { realRegistryKinds } from '../support/realRegistries.ts';
import { rejection } from '../support/registryErrors.ts';
import { buildCosignSignature, buildSbom, cosignTag } from '../support/sampleImages/referrers.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { file } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const images = ['one', 'two', 'three', 'four', 'five', 'six'].map(imageOf);
const [one, two, three, four, five, six] = images as [Artifact, Artifact, Artifact, Artifact, Artifact, Artifact];
const sbomList = two.manifest.descriptor.digest.replace(':', '-');
/** Of each a tag goes, unless something keeps it. */
const rule: PruneRule = {
  ...{ matching: '', keepNewest: 1, order: 'version', olderThanDays: 0, keep: ['stable'], untagged: true },
};
const run = { most: 100 };

const kinds = [
  ...realRegistryKinds,
  {
    name: 'the sample registry',
    deletesTags: true,
    listsReferrers: true,
    start: () => startSampleRegistry(),
    needs: () => {},
  },
];

for (const { name, deletesTags, listsReferrers, start: startOne, needs } of kinds) {
  describe(`Pruning on ${name}`, () => {
    const start = closeAfterEach<never, Awaited<ReturnType<typeof startOne>>>(() => startOne());
    const open = closeAfterEach(openClient);

    before(function () {
      needs(this);
    });

    /** 6 is the newest; 5 is named by `stable` too; 4 is signed; 3 is held by an index; 2 has an SBOM; 1 has nothing. */
    async function prepare() {
      const [registry, { gantry, ports }] = await Promise.all([start(), open()]);
      const push = (artifact: Artifact, ...tags: readonly string[]): Promise<void> =>
        pushOverHttp(registry, 'shop/web', artifact, ...tags);
      await push(one, '1.0', 'one');
      await push(two, '2.0');
      const sbom = buildSbom(two.manifest.descriptor, '2026-01-01T00:00:00Z');
      await push(sbom);
      // Where a registry does not know what refers to an image, who attaches it keeps a list.
      if (!listsReferrers) await push(writeIndex([sbom]), sbomList);
      await push(three, '3.0');
      await push(writeIndex([three]), 'all');
      await push(four, '4.0');
      await push(buildCosignSignature(four.manifest.descriptor, 'shop/web'), cosignTag(four.manifest.descriptor));
      await push(five, '5.0', 'stable');
      await push(six, '6.0');
      return { gantry, ports, push, repository: `${registry.host}/shop/web` };
    }

    it('removes what the dry run says and nothing else, keeps a record, and takes all of it back', async () => {
      const { gantry, ports, repository } = await prepare();
      const before = await tagsOf(gantry, repository);
      const plan = await gantry.planPrune(repository, { ...rule, matching: '/^\\d|^one$/' });
      assert.deepEqual(await tagsOf(gantry, repository), before);
      assert.deepEqual(
        plan.entries.map(({ tags, how }) => [tags.join(' '), how]),
        [
          ['1.0', 'tags'],
          ['5.0', 'tags'],
        ],
      );
      const reasons = Object.fromEntries(plan.kept.map(({ tag, reason }) => [tag, reason]));
      const attached = { '2.0': 'attached', '4.0': 'attached' };
      assert.deepEqual(reasons, {
        ...{ ...attached, one: 'no-version', '3.0': 'in-index', all: 'other', stable: 'listed', '6.0': 'newest' },
        ...{
          [cosignTag(four.manifest.descriptor)]: 'attachment',
          ...(!listsReferrers && { [sbomList]: 'attachment' }),
        },
      });
      const outcome = await gantry.runPrune(plan, run);
      if (!deletesTags) {
        // It says so when it is asked for the first of them.
        assert.deepEqual([outcome.removed, outcome.skipped.length, outcome.stopped], [[], 2, undefined]);
        assert.deepEqual(await tagsOf(gantry, repository), before);
        return;
      }
      const after = new Map([...before].filter(([tag]) => tag !== '1.0' && tag !== '5.0'));
      assert.deepEqual(await tagsOf(gantry, repository), after);
      assert.equal(outcome.stopped, undefined);
      const record = JSON.parse([...ports.dataValues].find(([key]) => key.startsWith('prunes '))?.[1] ?? '');
      assert.deepEqual(
        record[0].removed.map((removed: { manifest: string }) => removed.manifest),
        [one, five].map(({ manifest }) => manifest.bytes.toString()),
      );
      assert.equal((await gantry.keptPrunes())[0]?.id, outcome.undoable?.recordId);
      await gantry.undo(outcome.undoable?.id ?? '');
      assert.deepEqual(await tagsOf(gantry, repository), before);
      assert.deepEqual(await gantry.keptPrunes(), []);
    });

    it('is put back from its record in another session, once', async () => {
      const { gantry, ports, repository } = await prepare();
      const before = await tagsOf(gantry, repository);
      const plan = await gantry.planPrune(repository, { ...rule, keepNewest: 0, matching: '/^(1|one|6)/' });
      await gantry.runPrune(plan, run);
      const later = (await open({ data: ports.data, state: ports.state, secrets: ports.secrets })).gantry;
      assert.deepEqual(await later.undoables(), []);
      const [kept, ...others] = await later.keptPrunes();
      assert.deepEqual([kept?.reference, kept?.tags, others], [repository, 3, []]);
      await later.restorePrune(kept?.id ?? '');
      assert.deepEqual(await tagsOf(later, repository), before);
      assert.deepEqual(await later.keptPrunes(), []);
      await rejection(later.restorePrune(kept?.id ?? ''), 'not-found');
    });

    it('removes a digest with all of its tags, and puts it back under each of them', async () => {
      const { gantry, repository } = await prepare();
      const before = await tagsOf(gantry, repository);
      const plan = await gantry.planPrune(repository, { ...rule, keepNewest: 0, matching: '/^(1|one|6)/' });
      assert.deepEqual(
        plan.entries.map(({ tags, how }) => [[...tags].sort().join(' '), how]),
        [
          ['1.0 one', 'digest'],
          ['6.0', 'digest'],
        ],
      );
      const { removed, stopped, undoable } = await gantry.runPrune(plan, run);
      assert.deepEqual([removed.length, stopped], [2, undefined]);
      await rejection(gantry.resolve(`${repository}@${one.manifest.descriptor.digest}`), 'not-found');
      await gantry.undo(undoable?.id ?? '');
      assert.deepEqual(await tagsOf(gantry, repository), before);
    });

    it('stops at the first tag that has moved since, and says what was done by then', async () => {
      const { gantry, push, repository } = await prepare();
      const plan = await gantry.planPrune(repository, { ...rule, keepNewest: 0, matching: '/^(1|one|6)/' });
      await push(two, '6.0');
      const { removed, left, stopped } = await gantry.runPrune(plan, run);
      assert.deepEqual([removed.length, left, stopped?.why], [1, 1, 'surprise']);
      assert.match(stopped?.message ?? '', /6\.0 names sha256:.* by now/);
      assert.equal((await tagsOf(gantry, repository)).get('6.0'), two.manifest.descriptor.digest);
    });

    it('removes nothing at all when a tag that stays names by now what would go', async () => {
      const { gantry, push, repository } = await prepare();
      const plan = await gantry.planPrune(repository, { ...rule, keepNewest: 0, matching: '/^(1|one|6)/' });
      await push(one, 'production');
      const before = await tagsOf(gantry, repository);
      await rejection(gantry.runPrune(plan, run), 'unconfirmed');
      assert.deepEqual(await tagsOf(gantry, repository), before);
    });

    it('deletes no more than it may, and stops when it is told', async () => {
      const { gantry, repository } = await prepare();
      const plan = await gantry.planPrune(repository, { ...rule, keepNewest: 0, matching: '/^(1|one|6)/' });
      const first = await gantry.runPrune(plan, { most: 1 });
      assert.deepEqual([first.removed.length, first.left, first.stopped?.why], [1, 1, 'most']);
      const controller = new AbortController();
      const rest = { ...plan, entries: plan.entries.slice(1) };
      const second = await gantry.runPrune(rest, {
        ...run,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      assert.deepEqual([second.removed, second.left, second.stopped?.why], [[], 1, 'cancelled']);
      assert.equal((await tagsOf(gantry, repository)).get('6.0'), six.manifest.descriptor.digest);
    });
  });
}

async function tagsOf(gantry: Gantry, repository: string): Promise<ReadonlyMap<string, string>> {
  const { tags } = await gantry.tagNames(repository);
  const digests = await Promise.all(tags.map(({ name }) => gantry.resolve(`${repository}:${name}`)));
  return new Map(tags.map(({ name }, index) => [name, digests[index]?.digest ?? '']));
}

function imageOf(text: string): Artifact {
  return writeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: [{ createdBy: 'COPY', layer: writeLayer([file('app', text)]) }],
  });
}
