import assert from 'node:assert/strict';
import { createFiles } from '../../src/node/files.ts';
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

describe(`200 MiB through ${cuts} cuts`, () => {
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);
  const startTransport = closeAfterEach(startCountingTransport);

  async function openAll() {
    const [source, transport] = await Promise.all([start(), startTransport()]);
    const { gantry } = await open({ openTransport: transport.open, files: createFiles() });
    return { source, transport, gantry };
  }

  function check({ cuts: made, twice }: CutCount): void {
    assert.equal(made, cuts);
    assert.ok(twice <= made * 64 * 1024, `${twice} bytes twice at ${made} cuts`);
  }

  for (let run = 1; run <= runs; run++) {
    it(`are pulled into a folder whole, run ${run}`, async function () {
      this.timeout(300_000);
      check(await pullThroughCuts({ ...(await openAll()), layerSize, cuts, seed: run }));
    });

    for (const { name, needs, start: startTarget } of cutTargets.slice(0, 1)) {
      it(`are copied to ${name} whole, run ${run}`, async function () {
        needs(this);
        this.timeout(300_000);
        const target = await startTarget();
        try {
          check(await copyThroughCuts({ ...(await openAll()), target, layerSize, cuts, seed: 1000 + run }));
        } finally {
          await target.close();
        }
      });
    }
  }
});
