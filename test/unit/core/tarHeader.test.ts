import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePaxRecords, parseTarHeader, tarBlockSize } from '../../../src/core/tarHeader.ts';
import { file, hardlink, symlink, type TarEntry, writeTar } from '../../support/tarWriter.ts';

describe('tar headers', () => {
  it('tell path, size and links', () => {
    assert.deepEqual(header(file('etc/motd', 'Welcome\n')), { path: 'etc/motd', size: 8, type: '0', target: '' });
    assert.deepEqual(header(symlink('a', '../b')), { path: 'a', size: 0, type: '2', target: '../b' });
    assert.deepEqual(header(hardlink('a', 'b')), { path: 'a', size: 0, type: '1', target: 'b' });
    const long = `${'folder/'.repeat(20)}file`;
    assert.equal((header(file(long, '')) as { path: string }).path, long);
  });

  it('end with zeros', () => {
    assert.equal(parseTarHeader(new Uint8Array(tarBlockSize)), 'end');
  });

  it("may have GNU's large numbers", () => {
    const block = blockOf(file('large', ''));
    block.set([0x80, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0], 124);
    setChecksum(block);
    assert.deepEqual(parseTarHeader(block), { path: 'large', size: 3 * 2 ** 32, type: '0', target: '' });
  });

  it('are not taken from what is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: tarBlockSize, maxLength: tarBlockSize }), (bytes) => {
        if (bytes.some((byte) => byte !== 0)) assert.equal(parseTarHeader(bytes), undefined);
      }),
    );
    const block = blockOf(file('a', 'a'));
    block[0] = 'b'.charCodeAt(0);
    assert.equal(parseTarHeader(block), undefined);
  });
});

describe('pax records', () => {
  it('are read to the first that is none', () => {
    const record = (key: string, value: string): string => {
      const rest = ` ${key}=${value}\n`;
      const length = Buffer.byteLength(rest) + 2;
      return `${length}${rest}`;
    };
    const text = `${record('path', 'a/ü')}${record('comment', 'a=b\nc d')}`;
    const expected = [
      ['path', 'a/ü'],
      ['comment', 'a=b\nc d'],
    ];
    for (const end of ['', 'nonsense', '5', '-1 a=b\n', '0 a=b\n', '999 a=b\n']) {
      assert.deepEqual([...parsePaxRecords(Buffer.from(text + end))], expected, end);
    }
  });

  it('never make reading loop or fail', () => {
    const records = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^(\d{1,3} \w{1,9}=\w{0,9}\n){0,4}$/));
    fc.assert(fc.property(records, (text) => void parsePaxRecords(Buffer.from(text))));
  });
});

function header(entry: TarEntry): unknown {
  return parseTarHeader(blockOf(entry));
}

function blockOf(entry: TarEntry): Uint8Array {
  return new Uint8Array(writeTar([entry]).subarray(0, tarBlockSize));
}

function setChecksum(block: Uint8Array): void {
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
}
