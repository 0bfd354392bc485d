import assert from 'node:assert/strict';
import { createFiles } from '../../src/node/files.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { copyThroughCuts, cutTargets, pullThroughCuts } from '../support/copyThroughCuts.ts';
import { startCountingTransport } from '../support/countingTransport.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { openClient } from './openClient.ts';

const mebibyte = 1024 * 1024;

describe('A transfer whose connections break', () => {
  const start = closeAfterEach(startSampleRegistry);
  const open = closeAfterEach(openClient);
  const startTransport = closeAfterEach(startCountingTransport);

  for (const { name, needs, start: startTarget } of cutTargets) {
    it(`at 4 places is copied to ${name} all the same, and fetches next to nothing twice`, async function () {
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
        assert.equal(copied.cuts, 4);
        assert.ok(copied.twice <= copied.cuts * 64 * 1024, `${copied.twice} bytes twice at ${copied.cuts} cuts`);
      } finally {
        await target.close();
      }
    });
  }

  it('at 4 places is pulled into a folder all the same, and fetches next to nothing twice', async function () {
    this.timeout(120_000);
    const [source, transport] = await Promise.all([start(), startTransport()]);
    const { gantry } = await open({ openTransport: transport.open, files: createFiles() });
    const pulled = await pullThroughCuts({
      source,
      gantry,
      transport,
      layerSize: 6 * mebibyte,
      cuts: 4,
      seed: 9,
    });
    assert.equal(pulled.cuts, 4);
    assert.ok(pulled.twice <= pulled.cuts * 64 * 1024, `${pulled.twice} bytes twice at ${pulled.cuts} cuts`);
  });
});
