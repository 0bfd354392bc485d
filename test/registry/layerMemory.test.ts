import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const mebibyte = 1024 * 1024;

describe('a layer with very many files', () => {
  it('is listed in little memory, and its list is small', async function () {
    this.timeout(300_000);
    const script = join(import.meta.dirname, 'layerMemoryProbe.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, '250000']);
    const { peak, size, found } = JSON.parse(stdout) as { readonly [name: string]: number };
    assert.equal(found, 250_250);
    assert.ok(size !== undefined && size <= 16 * mebibyte, `the list has ${size} bytes`);
    // Buffers on their way and what the garbage collector has not seen yet come on top of the list.
    assert.ok(peak !== undefined && peak <= 96 * mebibyte, `${peak} bytes of memory`);
  });
});
