import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTarHeader } from '../../../src/core/tarHeader.ts';
import { tarSize, writeTar } from '../../../src/core/writeTar.ts';
import { indexTar, listAll } from '../../support/indexTar.ts';

describe('an archive that is written', () => {
  it('is read as what was put in, and is as long as was told', async () => {
    const name = fc.stringMatching(/^[a-zü]{1,60}$/);
    const paths = fc.uniqueArray(
      fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(
        paths,
        fc.array(fc.uint8Array({ maxLength: 1100 }), { minLength: 5, maxLength: 5 }),
        async (names, contents) => {
          // No name is a folder of another.
          const files = names.map((path, index) => fileOf(`${index}/${path}`, contents[index] ?? new Uint8Array()));
          const tar = await bytesOf(writeTar(files));
          assert.equal(tar.length, tarSize(files));
          const listed = listAll(indexTar(tar)).filter(({ type }) => type === 'file');
          assert.deepEqual(
            listed.map(({ path, size }) => [path, size]),
            files.map(({ path, size }) => [path, size]),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tells sizes that do not fit into octal digits', async () => {
    const size = 10 * 1024 ** 3;
    const chunks = writeTar([{ path: 'large', size, chunks: () => assert.fail('only its header is read') }]);
    const { value } = await chunks.next();
    const header = parseTarHeader(value ?? assert.fail());
    assert.deepEqual(header, { path: 'large', size, type: '0', target: '' });
  });

  it('is not ended where a file is shorter than was told', async () => {
    await assert.rejects(bytesOf(writeTar([{ ...fileOf('a', Buffer.from('abc')), size: 5 }])), RangeError);
  });
});

function fileOf(path: string, bytes: Uint8Array) {
  return {
    path,
    size: bytes.length,
    chunks: async function* () {
      yield bytes;
    },
  };
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
