import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type LabelPair, readStatements, type StatementName } from '../../../../src/core/oci/standardLabels.ts';

const oci = (name: string): string => `org.opencontainers.image.${name}`;

function told(labels: readonly LabelPair[], annotations: readonly LabelPair[] = []) {
  return [...readStatements(labels, annotations).told].map(([name, statements]) => [
    name,
    ...statements.map(({ value, origin }) => `${value} (${origin})`),
  ]);
}

describe('labels and annotations with a standard meaning', () => {
  it('are known by the names of OCI', () => {
    const names: readonly (readonly [string, StatementName])[] = [
      ...(['title', 'description', 'version', 'revision', 'source', 'url', 'documentation'] as const),
      ...(['licenses', 'vendor', 'authors', 'created'] as const),
    ].map((name) => [name, name]);
    for (const [name, meaning] of [
      ...names,
      ...([
        ['ref.name', 'refName'],
        ['base.name', 'baseName'],
        ['base.digest', 'baseDigest'],
      ] as const),
    ]) {
      assert.deepEqual(told([[oci(name), 'x']]), [[meaning, 'x (label)']]);
      assert.deepEqual(told([], [[oci(name), 'x']]), [[meaning, 'x (annotation)']]);
    }
  });

  it('are known by the names that were in use before', () => {
    for (const [name, meaning] of [
      ...[['name', 'title'] as const, ['vcs-ref', 'revision'] as const, ['vcs-url', 'source'] as const],
      ...[['usage', 'documentation'] as const, ['build-date', 'created'] as const, ['vendor', 'vendor'] as const],
    ])
      assert.deepEqual(told([[`org.label-schema.${name}`, 'x']]), [[meaning, 'x (old)']]);
  });

  it('are told once where they agree, with all of their names', () => {
    const { told } = readStatements(
      [
        [oci('title'), 'web'],
        ['org.label-schema.name', 'web '],
      ],
      [[oci('title'), 'web']],
    );
    assert.deepEqual(told.get('title'), [
      { value: 'web', origin: 'annotation', keys: [oci('title'), 'org.label-schema.name'] },
    ]);
  });

  it('are all told where they disagree, annotations first', () => {
    assert.deepEqual(
      told(
        [
          ['org.label-schema.version', '1'],
          [oci('version'), '2'],
        ],
        [[oci('version'), '3']],
      ),
      [['version', '3 (annotation)', '2 (label)', '1 (old)']],
    );
  });

  it('agree on a moment that is written in two ways', () => {
    assert.deepEqual(
      told([[oci('created'), '2024-05-01T12:00:00+02:00']], [[oci('created'), '2024-05-01T10:00:00Z']]),
      [['created', '2024-05-01T10:00:00Z (annotation)']],
    );
    assert.equal(told([[oci('created'), 'yesterday']], [[oci('created'), 'today']])[0]?.length, 3);
  });

  it('leave the rest as it is, and what is empty', () => {
    const { told, labels, annotations } = readStatements(
      [
        ['maintainer', 'somebody'],
        [oci('title'), 'web'],
        [oci('vendor'), ' '],
      ],
      [['com.example', '1']],
    );
    assert.deepEqual([...told.keys()], ['title']);
    assert.deepEqual(labels, [
      ['maintainer', 'somebody'],
      [oci('vendor'), ' '],
    ]);
    assert.deepEqual(annotations, [['com.example', '1']]);
  });

  it('are never lost', () => {
    const key = fc.constantFrom(oci('title'), oci('created'), oci('base.name'), 'org.label-schema.name', 'other', '');
    const pairs = fc
      .uniqueArray(fc.tuple(key, fc.string()), { selector: ([name]) => name })
      .map((all): readonly LabelPair[] => all);
    fc.assert(
      fc.property(pairs, pairs, (labels, annotations) => {
        const read = readStatements(labels, annotations);
        const values = [...read.told.values()].flat().flatMap(({ keys }) => keys);
        for (const [name] of labels) assert.ok(values.includes(name) || read.labels.some(([other]) => other === name));
        for (const [name] of annotations)
          assert.ok(values.includes(name) || read.annotations.some(([other]) => other === name));
      }),
    );
  });
});
