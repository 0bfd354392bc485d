import assert from 'node:assert/strict';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { copyThroughCuts, cutTargets } from '../support/copyThroughCuts.ts';
import { startCountingTransport } from '../support/countingTransport.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { openClient } from './openClient.ts';

const mebibyte = 1024 * 1024;

describe('A copy whose connections break', () => {
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);
  const startTransport = closeAfterEach(startCountingTransport);

  for (const { name, needs, start: startTarget } of cutTargets) {
    it(`at 4 places goes on to ${name}, and fetches next to nothing twice`, async function () {
      needs(this);
      this.timeout(120_000);
      const [source, target, transport] = await Promise.all([start(), startTarget(), startTransport()]);
      const { gantry } = await open({ openTransport: transport.open });
      try {
        const copied = await copyThroughCuts({
          source,
          target,
          gantry,
          transport,
          layerSize: 6 * mebibyte,
          cuts: 4,
          seed: 8,
        });
        assert.ok(copied.twice <= copied.cuts * 64 * 1024, `${copied.twice} bytes twice at ${copied.cuts} cuts`);
      } finally {
        await target.close();
      }
    });
  }
});
