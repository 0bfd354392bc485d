import assert from 'node:assert/strict';
import { posix, resolve, win32 } from 'node:path';
import fc from 'fast-check';
import { artifactFiles, safePath } from '../../../../src/core/oci/artifactFiles.ts';

const title = 'org.opencontainers.image.title';

function layer(name: string | undefined, mediaType = 'application/octet-stream', letter = 'a') {
  const annotations = name === undefined ? {} : { annotations: { [title]: name } };
  return { mediaType, digest: `sha256:${letter.repeat(64)}`, size: 1, ...annotations };
}

function names(layers: readonly ReturnType<typeof layer>[], annotations: Record<string, string> = {}): string[] {
  return artifactFiles({ layers, annotations }).map(({ name, isTitled }) => `${isTitled ? '' : '?'}${name}`);
}

describe('the files of an artifact', () => {
  it('have the names that their titles say, in folders too', () => {
    assert.deepEqual(names([layer('policy.rego'), layer('./data/users.json'), layer('data/roles.json')]), [
      'policy.rego',
      'data/users.json',
      'data/roles.json',
    ]);
  });

  for (const bad of [
    '../up',
    'a/../../up',
    '/etc/passwd',
    'a//b',
    'C:\\windows',
    'C:file',
    'a\\..\\b',
    'nul.txt',
    'end.',
    'line\nbreak',
    '\u202etxt.exe',
    '..',
    '.',
    '',
    'x'.repeat(300),
    'a/'.repeat(50),
  ]) {
    it(`are not named ${JSON.stringify(bad.slice(0, 20))}`, () => {
      assert.equal(safePath(bad), undefined);
      assert.deepEqual(names([layer(bad, 'application/json')]), [`?sha256-${'a'.repeat(12)}.json`]);
    });
  }

  it('stay in their folder, whatever their titles are', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', 'C:', '~', '\\', '\0'), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(fc.array(part, { maxLength: 4 }), { maxLength: 5 }), (titles) => {
        const found = artifactFiles({ layers: titles.map((parts) => layer(parts.join('/'))), annotations: {} });
        for (const { name } of found) {
          assert.ok(resolve('/save', name).startsWith('/save/'));
          assert.ok(!win32.isAbsolute(name) && !posix.isAbsolute(name));
          assert.ok(win32.resolve('D:\\save', name).startsWith('D:\\save\\'));
        }
        assert.equal(new Set(found.map(({ name }) => name.toLowerCase())).size, found.length);
      }),
    );
  });

  it('have one name each, where a file system knows no upper case too', () => {
    assert.deepEqual(
      names([layer('a.txt', 'text/plain'), layer('A.TXT', 'text/plain', 'b'), layer('a.txt/b', 'x', 'c')]),
      ['a.txt', `?sha256-${'b'.repeat(12)}.txt`, `?sha256-${'c'.repeat(12)}`],
    );
    assert.deepEqual(names([layer(undefined), layer(undefined)]), [
      `?sha256-${'a'.repeat(12)}`,
      `?2-sha256-${'a'.repeat(12)}`,
    ]);
  });

  it('of a Helm chart are named as helm names them', () => {
    const annotations = { [title]: 'shop', 'org.opencontainers.image.version': '0.10.0' };
    const chart = layer(undefined, 'application/vnd.cncf.helm.chart.content.v1.tar+gzip');
    const provenance = layer(undefined, 'application/vnd.cncf.helm.chart.provenance.v1.prov', 'b');
    assert.deepEqual(names([chart, provenance], annotations), ['?shop-0.10.0.tgz', '?shop-0.10.0.tgz.prov']);
    assert.deepEqual(names([chart], { [title]: '../x', 'org.opencontainers.image.version': '1' }), [
      `?sha256-${'a'.repeat(12)}.tar.gz`,
    ]);
  });

  it('are folders where oras says so', () => {
    const packed = layer('conf', 'application/vnd.oci.image.layer.v1.tar+gzip');
    const annotations = { ...packed.annotations, 'io.deis.oras.content.unpack': 'true' };
    const [file] = artifactFiles({ layers: [{ ...packed, annotations }], annotations: {} });
    assert.deepEqual([file?.name, file?.isFolder], ['conf', true]);
  });
});
