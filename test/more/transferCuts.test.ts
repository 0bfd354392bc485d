import assert from 'node:assert/strict';
import { createFiles } from '../../src/node/files.ts';
import { sleep } from '../../src/node/sleep.ts';
import { openClient } from '../registry/openClient.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { type CutCount, copyThroughCuts, cutTargets, pullThroughCuts } from '../support/copyThroughCuts.ts';
import { startCountingTransport } from '../support/countingTransport.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';

const mebibyte = 1024 * 1024;
const runs = 20;
const cuts = 20;
/** Of two layers. */
const layerSize = 100 * mebibyte;

describe(`200 MiB through ${cuts} cuts`, function () {
  this.timeout(300_000);
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);
  const startTransport = closeAfterEach(startCountingTransport);

  async function openAll(seed: number) {
    const [source, transport] = await Promise.all([start(), startTransport()]);
    const { gantry } = await open({ openTransport: transport.open, files: createFiles(), sleep });
    return { source, transport, gantry, layerSize, cuts, seed };
  }

  function check({ cuts: made, twice, story }: CutCount): void {
    console.log(`      ${made} cuts, ${twice} bytes twice`);
    assert.equal(made, cuts, story);
    assert.ok(twice <= made * 64 * 1024, `${twice} bytes twice at ${made} cuts\n${story}`);
  }

  for (let run = 1; run <= runs; run++) {
    it(`are pulled into a folder whole, run ${run}`, async () => {
      check(await pullThroughCuts(await openAll(run)));
    });

    it(`at both ends are copied to the sample registry whole, run ${run}`, async () => {
      check(await copyThroughCuts({ ...(await openAll(1000 + run)), target: await start() }));
    });

    for (const { name, needs, start: startTarget } of cutTargets.slice(0, 1)) {
      it(`at the source are copied to ${name} whole, run ${run}`, async function () {
        needs(this);
        const target = await startTarget();
        try {
          check(await copyThroughCuts({ ...(await openAll(2000 + run)), target, isTargetCut: false }));
        } finally {
          await target.close();
        }
      });
    }
  }

  for (const { name, needs, start: startTarget } of cutTargets) {
    // It gives up an upload of which a part of a chunk was written, so that its blob is sent from the start again.
    it(`at both ends are copied to ${name} whole`, async function () {
      needs(this);
      const target = await startTarget();
      try {
        const { cuts: made, twice, story } = await copyThroughCuts({ ...(await openAll(2)), target });
        console.log(`      ${made} cuts, ${twice} bytes twice`);
        assert.equal(made, cuts, story);
      } finally {
        await target.close();
      }
    });
  }
});
