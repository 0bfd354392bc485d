import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { bundleWithThreads } from '../support/bundleWithThreads.ts';
import { rawHeader } from '../support/rawTar.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';

const mebibyte = 1024 * 1024;
const entries = 1_000_000;
const filesInFolder = 1000;

describe('a layer with a million files', () => {
  it('is listed in little memory, and its list is small', async function () {
    this.timeout(300_000);
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'layer.tar.gz');
      await pipeline(Readable.from(headers()), createGzip({ level: 1 }), createWriteStream(path));
      const script = await bundleWithThreads(join(import.meta.dirname, 'layerMemoryProbe.ts'), folder);
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, path]);
      const { peak, size, found } = JSON.parse(stdout) as { readonly [name: string]: number };
      assert.equal(found, entries + entries / filesInFolder);
      assert.ok(size !== undefined && size <= 48 * mebibyte, `the list has ${size} bytes`);
      // Buffers on their way and what the garbage collector has not seen yet come on top of the list: 90 MiB in all where
      // nothing else runs, and some more on a busy machine.
      assert.ok(peak !== undefined && peak <= 112 * mebibyte, `${peak} bytes of memory`);
    });
  });
});

/** Headers alone, since the files are empty: one is made, and the others differ from it in their name. */
function* headers(): Generator<Uint8Array, void, undefined> {
  const header = rawHeader({ path: 'folder-0000/file-000000' });
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  const nameSum = header.subarray(0, 23).reduce((total, byte) => total + byte, 0);
  const headersAtOnce = 1000;
  for (let start = 0; start < entries; start += headersAtOnce) {
    const chunk = Buffer.alloc(headersAtOnce * 512);
    for (let at = 0; at < headersAtOnce; at++) {
      const number = start + at;
      const folder = String(Math.floor(number / filesInFolder)).padStart(4, '0');
      header.write(`folder-${folder}/file-${String(number % 1_000_000).padStart(6, '0')}`, 0, 'latin1');
      const name = header.subarray(0, 23).reduce((total, byte) => total + byte, 0);
      header.write(`${(sum - nameSum + name).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
      header.copy(chunk, at * 512);
    }
    yield chunk;
  }
}
