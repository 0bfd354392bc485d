import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { startCountingTransport } from '../support/countingTransport.ts';
import { writeEstargz } from '../support/estargzWriter.ts';
import { type Layer, writeImage, writeLayer } from '../support/imageWriter.ts';
import { linesOf } from '../support/indexTar.ts';
import { pushOverHttp } from '../support/pushOverHttp.ts';
import { realRegistryKinds } from '../support/realRegistries.ts';
import { directory, file, symlink, type TarEntry, whiteout } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const noise = randomBytes(4_000_000);
const base: readonly TarEntry[] = [
  directory('etc'),
  file('etc/motd', 'Welcome\n'),
  file('gone', 'x'),
  symlink('link', 'etc/motd'),
];
const top: readonly TarEntry[] = [file('noise', noise), file('tail', 'end'), whiteout('gone')];
const lines = ['directory etc', 'file etc/motd', 'symlink link -> etc/motd', 'file noise', 'file tail'];

function imageOf(...layers: readonly Layer[]) {
  const steps = layers.map((layer) => ({ createdBy: 'COPY', layer }));
  return writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps });
}

for (const { name, start: startOne, needs } of realRegistryKinds) {
  describe(`layers on ${name}`, () => {
    const start = closeAfterEach(startOne);
    const open = closeAfterEach(openClient);
    const startCounting = closeAfterEach(startCountingTransport);

    before(function () {
      needs(this);
    });

    for (const compression of ['gzip', 'zstd', 'none'] as const) {
      it(`of ${compression} are listed and read`, async () => {
        const [registry, transport] = await Promise.all([start(), startCounting()]);
        const { gantry } = await open({ openTransport: transport.open });
        const image = imageOf(writeLayer(base, compression), writeLayer(top, compression));
        await pushOverHttp(registry, 'shop/web', image, '1');
        const reference = `${registry.host}/shop/web:1`;
        assert.deepEqual(linesOf((await gantry.listFiles(reference, { recursive: true })).items), lines);
        assert.equal(Buffer.from(await gantry.readFile(reference, 'link')).toString(), 'Welcome\n');
        const before = transport.received(registry.host);
        assert.equal(Buffer.from(await gantry.readFile(reference, 'tail')).toString(), 'end');
        // Zstandard has no places to begin at.
        const isPart = transport.received(registry.host) - before < noise.length;
        assert.equal(isPart, compression !== 'zstd');
        assert.ok(noise.equals(await gantry.readFile(reference, 'noise')));
      });
    }

    it('of eStargz are listed by their table of contents, and read in parts', async () => {
      const [registry, transport] = await Promise.all([start(), startCounting()]);
      const { gantry } = await open({ openTransport: transport.open });
      const image = imageOf({
        ...writeEstargz([...base.filter(({ path }) => path !== 'gone'), ...top]),
        compression: 'gzip',
      });
      await pushOverHttp(registry, 'shop/web', image, '1');
      const reference = `${registry.host}/shop/web:1`;
      assert.deepEqual(linesOf((await gantry.listFiles(reference, { recursive: true })).items), lines);
      assert.equal(Buffer.from(await gantry.readFile(reference, 'tail')).toString(), 'end');
      assert.ok(transport.received(registry.host) < noise.length / 4);
      assert.ok(noise.equals(await gantry.readFile(reference, 'noise')));
    });
  });
}
