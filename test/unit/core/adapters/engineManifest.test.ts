import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeEngineImage } from '../../../../src/core/adapters/engineManifest.ts';
import { readEngineDetails, readEngineHistory, readEngineImages } from '../../../../src/core/adapters/engineReplies.ts';
import { createHash } from '../../../../src/node/hash.ts';

const hex = (digit: string): string => digit.repeat(64);
const digest = (digit: string): string => `sha256:${hex(digit)}`;
const created = 1_748_779_200;

describe('images as an engine tells of them', () => {
  it('have their names in full, those by digest only where there is no tag', () => {
    const named = {
      Id: digest('a'),
      RepoTags: ['nginx:1.27', 'localhost/shop/web:2.0', '<none>:<none>', 7],
      RepoDigests: [`nginx@${digest('b')}`, `reg.example:5000/app@${digest('c')}`, '<none>@<none>'],
      Created: created,
      Size: 10,
    };
    // podman leaves "sha256:" out now and then.
    const unnamed = { Id: hex('d'), RepoTags: null, Created: 0, Size: -1 };
    const images = readEngineImages([named, unnamed, { Id: '../../containers' }, null]);
    assert.deepEqual(images, [
      {
        id: digest('a'),
        size: 10,
        createdAt: '2025-06-01T12:00:00.000Z',
        names: [
          { repository: 'docker.io/library/nginx', tag: '1.27', digest: undefined },
          { repository: 'localhost/shop/web', tag: '2.0', digest: undefined },
          { repository: 'reg.example:5000/app', tag: undefined, digest: digest('c') },
        ],
      },
      { id: hex('d'), size: 0, createdAt: undefined, names: [] },
    ]);
    assert.equal(readEngineImages({ message: 'no' }), undefined);
  });

  it('get a manifest and a config of what is told, the same each time', () => {
    const details = readEngineDetails({
      Id: digest('a'),
      Os: 'linux',
      Architecture: 'arm64',
      Variant: 'v8',
      Created: '2025-06-01T12:00:00Z',
      Config: { Env: ['A=b'], Hostname: '', Cmd: null, AttachStdin: false },
      RootFS: { Type: 'layers', Layers: [digest('1'), digest('2')] },
      RepoDigests: [`docker.io/library/nginx@${digest('b')}`],
    });
    const history = readEngineHistory([
      { CreatedBy: 'RUN true', Created: created, Size: 0 },
      { CreatedBy: 'ENV A=b', Created: created, Size: 0 },
      { CreatedBy: 'COPY . /', Created: created, Size: 2048 },
    ]);
    assert.ok(details !== undefined && history !== undefined);
    const made = makeEngineImage(details, history, createHash);
    assert.deepEqual(makeEngineImage(details, history, createHash), made);
    const config = JSON.parse(Buffer.from(made.config.bytes).toString()) as Record<string, unknown>;
    assert.deepEqual(config['config'], { Env: ['A=b'] });
    assert.equal(config['variant'], 'v8');
    assert.deepEqual(config['history'], [
      { created: '2025-06-01T12:00:00.000Z', created_by: 'COPY . /' },
      { created: '2025-06-01T12:00:00.000Z', created_by: 'ENV A=b', empty_layer: true },
      // Its layer is empty, and there all the same.
      { created: '2025-06-01T12:00:00.000Z', created_by: 'RUN true' },
    ]);
    assert.deepEqual(
      made.layers.map((layer) => [layer.digest, layer.size]),
      [
        [digest('1'), 2048],
        [digest('2'), 0],
      ],
    );
    const manifest = JSON.parse(Buffer.from(made.manifest.bytes).toString()) as Record<string, unknown>;
    assert.deepEqual(manifest['annotations'], {
      'dev.gantry.engine.id': digest('a'),
      'dev.gantry.engine.pulled': `docker.io/library/nginx@${digest('b')}`,
    });
  });

  it('have no history where it does not fit to the layers', () => {
    const details = readEngineDetails({ Id: digest('a'), RootFS: { Layers: [digest('1')] } });
    const history = readEngineHistory([{ Size: 1 }, { Size: 2 }]);
    assert.ok(details !== undefined && history !== undefined);
    const { config, layers } = makeEngineImage(details, history, createHash);
    assert.deepEqual((JSON.parse(Buffer.from(config.bytes).toString()) as { history: unknown }).history, []);
    assert.equal(layers[0]?.size, 0);
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of [readEngineImages, readEngineDetails, readEngineHistory]) {
          read(value);
          read([value]);
          read({ Id: digest('a'), RootFS: { Layers: value }, Config: value, RepoDigests: value });
          read([{ Id: digest('a'), RepoTags: value, Created: value, Size: 1, CreatedBy: value }]);
        }
      }),
    );
  });
});
