import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ImageReference } from '../../../../src/api.ts';
import { filePath } from '../../../../src/core/oci/localReference.ts';
import { formatReference, parseReference, type ReferenceParts } from '../../../../src/core/oci/reference.ts';
import { thrown } from '../../../support/registryErrors.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const cases: readonly (readonly [text: string, parts: ReferenceParts])[] = [
  ['oci:/srv/images/web', { registry: 'oci:', repository: '/srv/images/web' }],
  ['oci:/web:1.0', { registry: 'oci:', repository: '/web', tag: '1.0' }],
  ['oci:/Bücher & more/web', { registry: 'oci:', repository: '/Bücher & more/web' }],
  [`oci:/web@${digest}`, { registry: 'oci:', repository: '/web', digest }],
  [`oci:/web:1.0@${digest}`, { registry: 'oci:', repository: '/web', tag: '1.0', digest }],
  ['oci:/a@b/web', { registry: 'oci:', repository: '/a@b/web' }],
  // Archives name their images in full.
  [
    'docker-archive:/web.tar:shop/web:1.0',
    { registry: 'docker-archive:', repository: '/web.tar', tag: 'shop/web:1.0' },
  ],
  // Images of the engine have their names in full.
  ['engine:/docker.io/library/nginx', { registry: 'engine:/', repository: 'docker.io/library/nginx' }],
  [`engine:/reg:5000/a/b:1@${digest}`, { registry: 'engine:/', repository: 'reg:5000/a/b', tag: '1', digest }],
  // The first colon ends the path, but that of a drive.
  ['oci:/C:/images/web', { registry: 'oci:', repository: '/C:/images/web' }],
  ['oci:/C:/images/web:1.0', { registry: 'oci:', repository: '/C:/images/web', tag: '1.0' }],
];

const refused: readonly (readonly [text: string, reason: string])[] = [
  ['engine:/', 'it is empty'],
  ['engine:/oci:/web', 'it names no image of the engine'],
  ['engine:/engine:/web', 'it names no image of the engine'],
  ['engine:/Web', 'lower case'],
  ['oci:/', 'a part of its path is empty'],
  ['oci://host/web', 'a part of its path is empty'],
  ['oci:/web/', 'a part of its path is empty'],
  ['oci:/a/../web', 'a part of its path is empty, "." or ".."'],
  ['oci:/a/./web', 'a part of its path is empty, "." or ".."'],
  ['oci:/web:', 'an image cannot have the name'],
  ['oci:/web:a b', 'an image cannot have the name'],
  ['oci:/web@sha256:01@23', 'an image cannot have the name'],
  ['oci:/we\u0000b', 'characters that cannot be seen'],
  ['oci:/we\u202eb', 'characters that cannot be seen'],
];

describe('references of images of this machine', () => {
  it('take short names of the engine for those of Docker Hub, and digests also as its list has them', () => {
    assert.equal(parseReference('engine:/nginx:1').familiar, 'engine:/docker.io/library/nginx:1');
    assert.equal(parseReference(`engine:/nginx:${digest}`).digest, digest);
    assert.equal(parseReference('engine:1.0').familiar, 'engine:1.0');
    assert.equal(parseReference('engine:5000/app').registry, 'engine:5000');
  });

  for (const [text, parts] of cases) {
    it(`have the parts of ${text}`, () => {
      assert.deepEqual(parseReference(text), { ...parts, familiar: text, canonical: text });
      assert.equal(formatReference(parts), text);
    });
  }

  for (const [text, reason] of refused) {
    it(`are not ${JSON.stringify(text)}`, () => {
      assert.ok(thrown(() => parseReference(text), 'invalid').message.includes(reason));
    });
  }

  it('need an absolute path: without one it is a name of Docker Hub, or none', () => {
    assert.equal(parseReference('oci:web').canonical, 'docker.io/library/oci:web');
    thrown(() => parseReference('docker-archive:images/web'), 'invalid');
  });

  it('give the parts back that were formatted', () => {
    const part = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => !/[:/@\p{C}\p{Z}]/u.test(text) && text !== '.' && text !== '..');
    const parts: fc.Arbitrary<ReferenceParts> = fc.record(
      {
        registry: fc.constantFrom('oci:', 'docker-archive:'),
        repository: fc.array(part, { minLength: 1, maxLength: 5 }).map((components) => `/${components.join('/')}`),
        tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.:+/-]{0,40}$/),
        digest: fc.constant(digest),
      },
      { requiredKeys: ['registry', 'repository'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(parts, (value) => {
        const { familiar, canonical, ...read }: ImageReference = parseReference(formatReference(value));
        assert.deepEqual(read, value);
        assert.equal(familiar, canonical);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('filePath', () => {
  it('is what the file system takes, also with a drive', () => {
    assert.equal(filePath('/srv/web'), '/srv/web');
    assert.equal(filePath('/C:/images/web'), 'C:/images/web');
  });
});
