import assert from 'node:assert/strict';
import type { FileEntry } from '../../src/api.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { type EstargzLayer, type Toc, writeEstargz } from '../support/estargzWriter.ts';
import { type Layer, writeImage, writeLayer } from '../support/imageWriter.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { directory, file, hardlink, symlink, type TarEntry, whiteout } from '../support/tarWriter.ts';
import { openClient } from './openClient.ts';

const start = closeAfterEach(startSampleRegistry);
const open = closeAfterEach(openClient);

const noise = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 2654435761) >>> 24));
const entries: readonly TarEntry[] = [
  directory('etc', { mode: 0o700 }),
  file('etc/motd', 'Welcome\n', { uid: 5, gid: 6 }),
  file('etc/empty', ''),
  symlink('link', 'etc/motd'),
  hardlink('same', 'etc/motd'),
  file('noise', noise),
  whiteout('gone'),
  ...Array.from({ length: 400 }, (_, at) => file(`many/${at}-${(at * 7919) % 1009}`, `file ${at}\n`.repeat(20))),
];

function imageOf(layer: Layer) {
  return writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [{ createdBy: 'COPY', layer }] });
}

function estargz(layer: EstargzLayer): Layer {
  return { ...layer, compression: 'gzip' };
}

describe('layers with a table of contents', () => {
  it('of eStargz are listed by it, in two requests and not many more bytes, and files by their own', async () => {
    const [registry, { gantry, ports }] = await Promise.all([start(), open()]);
    const layer = writeEstargz(entries);
    registry.push('a/plain', imageOf(writeLayer(entries)), '1');
    registry.push('a/estargz', imageOf(estargz(layer)), '1');
    const plain = await list(gantry, `${registry.host}/a/plain:1`);
    const before = registry.requests.length;
    const listed = await list(gantry, `${registry.host}/a/estargz:1`);
    assert.deepEqual(listed, plain);
    const ranges = registry.requests.slice(before + 2).map(({ headers }) => headers['range']);
    assert.ok(ranges.length <= 2 && ranges.every((range) => range !== undefined), `${ranges}`);
    assert.ok(bytesOf(ranges) <= layer.tocSize + 64 * 1024);
    const known = registry.requests.length;
    const content = await gantry.readFile(`${registry.host}/a/estargz:1`, 'noise');
    assert.ok(Buffer.from(content).equals(noise));
    assert.equal(registry.requests.length, known + 1);
    assert.equal(text(await gantry.readFile(`${registry.host}/a/estargz:1`, 'same')), 'Welcome\n');
    assert.equal(text(await gantry.readFile(`${registry.host}/a/estargz:1`, 'etc/empty')), '');
    assert.deepEqual(
      ports.logLines.filter((line) => line.startsWith('warn')),
      [],
    );
  });

  it('that lies are read as a whole, and what they say is not used', async () => {
    const lies: Readonly<Record<string, (toc: Toc) => void>> = {
      'a place outside the layer': ({ entries: all }) => {
        for (const entry of all) if (entry['name'] === 'noise') entry['offset'] = 2 ** 40;
      },
      'a negative place': ({ entries: all }) => {
        for (const entry of all) if (entry['name'] === 'noise') entry['offset'] = -1;
      },
      'no digest': ({ entries: all }) => {
        for (const entry of all) delete entry['digest'];
      },
      'another version': (toc) => {
        toc.version = 2;
      },
    };
    const [registry, { gantry, ports }] = await Promise.all([start(), open()]);
    registry.push('a/plain', imageOf(writeLayer(entries)), '1');
    const plain = await list(gantry, `${registry.host}/a/plain:1`);
    for (const [place, [name, change]] of Object.entries(lies).entries()) {
      registry.push(`a/lies${place}`, imageOf(estargz(writeEstargz(entries, change))), '1');
      const listed = await list(gantry, `${registry.host}/a/lies${place}:1`);
      assert.deepEqual(
        listed.filter(({ path }) => !path.startsWith('stargz.')),
        plain,
        name,
      );
      assert.equal(ports.logLines.filter((line) => line.includes('read as a whole')).length, place + 1, name);
    }
  });

  it('of another digest than the manifest says are not used', async () => {
    const [registry, { gantry, ports }] = await Promise.all([start(), open()]);
    const layer = writeEstargz(entries);
    const other = writeEstargz([file('other', 'x')]);
    registry.push('a/lies', imageOf(estargz({ ...layer, annotations: other.annotations })), '1');
    assert.ok((await list(gantry, `${registry.host}/a/lies:1`)).some(({ path }) => path === 'stargz.index.json'));
    assert.match(ports.logLines.join('\n'), /read as a whole/);
  });

  it('give no file whose content is another than they say', async () => {
    const [registry, { gantry }] = await Promise.all([start(), open()]);
    const layer = writeEstargz(entries, ({ entries: all }) => {
      const [motd, noisy] = ['etc/motd', 'noise'].map((name) => all.find((entry) => entry['name'] === name));
      if (motd !== undefined) motd['offset'] = noisy?.['offset'];
    });
    registry.push('a/lies', imageOf(estargz(layer)), '1');
    await list(gantry, `${registry.host}/a/lies:1`);
    await assert.rejects(gantry.readFile(`${registry.host}/a/lies:1`, 'etc/motd'), { code: 'digest-mismatch' });
  });
});

async function list(
  gantry: Awaited<ReturnType<typeof openClient>>['gantry'],
  reference: string,
): Promise<readonly FileEntry[]> {
  const { items } = await gantry.listFiles(reference, { layer: 0, recursive: true });
  return items.map((item) => ({ ...item, layer: '' }));
}

function bytesOf(ranges: readonly (string | string[] | undefined)[]): number {
  return ranges.reduce((sum, range) => {
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(String(range)) ?? [];
    return sum + Number(last) + 1 - Number(first);
  }, 0);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
