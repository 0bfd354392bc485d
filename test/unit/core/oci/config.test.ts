import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type HistoryEntry, layerCommands, parseConfig } from '../../../../src/core/oci/config.ts';

describe('parseConfig', () => {
  it('reads the date, the platform and the history', () => {
    const document = {
      created: '2025-06-01T14:00:00.123456789+02:00',
      os: 'linux',
      architecture: 'arm',
      variant: 'v7',
      history: [{ created_by: 'COPY . .' }, { created_by: 'ENV A=b', empty_layer: true }],
      config: { Env: ['A=b'] },
      rootfs: { type: 'layers', diff_ids: ['sha256:1'] },
    };
    assert.deepEqual(parse(document), {
      createdAt: '2025-06-01T12:00:00.123Z',
      platform: 'linux/arm/v7',
      history: [
        { createdBy: 'COPY . .', isEmptyLayer: false },
        { createdBy: 'ENV A=b', isEmptyLayer: true },
      ],
      diffIds: ['sha256:1'],
      raw: document,
    });
  });

  const dates: readonly (readonly [created: unknown, createdAt: string | undefined])[] = [
    ['2025-06-01T12:00:00Z', '2025-06-01T12:00:00.000Z'],
    ['1980-01-01T00:00:01Z', '1980-01-01T00:00:01.000Z'],
    ['1970-01-01T00:00:00Z', undefined],
    ['0001-01-01T00:00:00Z', undefined],
    ['', undefined],
    ['yesterday', undefined],
    [1_700_000_000, undefined],
    [null, undefined],
    ['+275760-09-14T00:00:00Z', undefined],
  ];
  for (const [created, createdAt] of dates) {
    it(`takes ${JSON.stringify(created)} for ${createdAt ?? 'no date'}`, () => {
      assert.equal(parse({ created })?.createdAt, createdAt);
    });
  }

  it('has no platform without an operating system or an architecture', () => {
    for (const document of [
      {},
      { os: 'linux' },
      { architecture: 'amd64' },
      { os: '', architecture: 'amd64' },
      { os: 1 },
    ])
      assert.equal(parse(document)?.platform, undefined);
  });

  it('reads past odd parts of a history', () => {
    const history = [null, 'a', [], {}, { created_by: 1, empty_layer: 'true' }, { created_by: 'b' }];
    assert.deepEqual(parse({ history })?.history, [
      { isEmptyLayer: false },
      { isEmptyLayer: false },
      { createdBy: 'b', isEmptyLayer: false },
    ]);
    assert.deepEqual(parse({ history: 'none' })?.history, []);
  });

  it('is nothing for what is no JSON object', () => {
    for (const text of ['', 'null', '[]', '"a"', '1', '{', '<html>', '\u0000'])
      assert.equal(parseConfig(new TextEncoder().encode(text)), undefined, text);
  });

  it('is nothing for a document that is nested deeper than anybody could pass on', () => {
    const text = `{"config":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    assert.equal(parseConfig(new TextEncoder().encode(text)), undefined);
    const nested = parse({ config: { Labels: { a: [[['b']]] } } });
    assert.deepEqual(nested?.raw, { config: { Labels: { a: [[['b']]] } } });
  });

  it('reads any JSON without an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        parseConfig(new TextEncoder().encode(JSON.stringify(document)));
      }),
    );
  });
});

describe('layerCommands', () => {
  it('are the entries with layers, in order', () => {
    assert.deepEqual(layerCommands([step('a'), emptyStep('b'), step('c')], 2), ['a', 'c']);
  });

  it('are unknown where the history ends early', () => {
    assert.deepEqual(layerCommands([step('a')], 3), ['a', undefined, undefined]);
    assert.deepEqual(layerCommands([], 1), [undefined]);
  });

  it('are unknown when the history has more layers than the image', () => {
    assert.deepEqual(layerCommands([step('a'), step('b'), step('c')], 2), [undefined, undefined]);
  });

  it('keep the place of an entry that says nothing', () => {
    assert.deepEqual(layerCommands([{ isEmptyLayer: false }, step('b')], 2), [undefined, 'b']);
  });

  it('are as many as the layers', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.nat(50), (isEmpty, count) => {
        const history = isEmpty.map((isEmptyLayer) => ({ createdBy: 'x', isEmptyLayer }));
        assert.equal(layerCommands(history, count).length, count);
      }),
    );
  });
});

function parse(document: object): ReturnType<typeof parseConfig> {
  return parseConfig(new TextEncoder().encode(JSON.stringify(document)));
}

function step(createdBy: string): HistoryEntry {
  return { createdBy, isEmptyLayer: false };
}

function emptyStep(createdBy: string): HistoryEntry {
  return { createdBy, isEmptyLayer: true };
}
