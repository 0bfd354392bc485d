import assert from 'node:assert/strict';
import type { RegistryAdapter } from '../../../src/api.ts';
import { kindOfUrl } from '../../../src/core/adapters/kinds.ts';
import { type AnnouncedAdapter, ForeignAdapters } from '../../../src/core/foreignAdapters.ts';
import { rejection, thrown } from '../../support/registryErrors.ts';

const shelf: RegistryAdapter = {
  id: 'shelf',
  label: 'Shelf',
  hosts: ['*.shelf.example', 'registry-1.docker.io'],
  open: (_target, context) => context.oci(),
};
const { open: _open, ...declaration } = shelf;

describe('adapters of other extensions', () => {
  it('are known by what manifests announce, and their extensions are run only when one is needed', async () => {
    const { adapters, activated } = create({ announced: [{ extensionId: 'team.shelf', declaration }] });
    assert.deepEqual(adapters.kinds(), [declaration]);
    assert.deepEqual(activated, []);
    assert.equal((await adapters.load('shelf'))?.label, 'Shelf');
    assert.deepEqual(activated, ['team.shelf']);
    await adapters.load('shelf');
    assert.deepEqual(activated, ['team.shelf']);
  });

  it('get the hosts that none of Gantry’s own kinds has', () => {
    const kinds = [declaration];
    assert.equal(kindOfUrl('https://team.shelf.example', kinds).id, 'shelf');
    assert.equal(kindOfUrl('https://registry-1.docker.io', kinds).id, 'docker-hub');
    assert.equal(kindOfUrl('https://other.example', kinds).id, 'oci');
  });

  it('go when they are disposed of, and tell of it', () => {
    const { adapters } = create();
    const changed: string[] = [];
    adapters.onDidChange((id) => changed.push(id));
    const registration = adapters.register(shelf);
    registration.dispose();
    registration.dispose();
    assert.deepEqual(adapters.kinds(), []);
    assert.deepEqual(changed, ['shelf', 'shelf']);
  });

  it('have an id of their own', () => {
    const { adapters } = create();
    adapters.register(shelf);
    thrown(() => adapters.register(shelf), 'conflict');
    thrown(() => adapters.register({ ...shelf, id: 'docker-hub' }), 'conflict');
  });

  it('stay what they were when they were registered', () => {
    const { adapters } = create();
    const changing = { ...shelf, hosts: ['a.example'] };
    adapters.register(changing);
    changing.hosts[0] = 'registry.bank.example';
    assert.deepEqual(adapters.kinds()[0]?.hosts, ['a.example']);
  });

  for (const [what, part] of [
    ['no object', undefined],
    ['an id with spaces', { ...shelf, id: 'My Shelf' }],
    ['no label', { ...shelf, label: '\n' }],
    ['all hosts', { ...shelf, hosts: ['*'] }],
    ['all hosts of a top-level domain', { ...shelf, hosts: ['*.com'] }],
    ['an address as host', { ...shelf, hosts: ['https://shelf.example'] }],
    ['no method "open"', { ...shelf, open: undefined }],
    ['an API without encryption', { ...shelf, apis: [{ id: 'api', origin: 'http://api.example', auth: 'none' }] }],
    ['an API with the login of another vendor', { ...shelf, apis: [{ id: 'a', origin: '{origin}', auth: 'hub' }] }],
  ] as const) {
    it(`are refused with ${what}`, () => {
      const { adapters } = create();
      const error = thrown(() => adapters.register(part as RegistryAdapter), 'invalid');
      assert.match(error.message, /^The adapter ".*" cannot be used: .*\.$/);
    });
  }

  it('are left out, with one warning, when their manifest is not right', () => {
    const { adapters, warnings } = create({
      announced: [
        { extensionId: 'team.bad', declaration: 7 },
        { extensionId: 'team.taken', declaration: { ...declaration, id: 'oci' } },
        { extensionId: 'team.shelf', declaration },
      ],
    });
    for (let time = 0; time < 3; time++) assert.deepEqual(adapters.kinds(), [declaration]);
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? '', /team\.bad/);
  });

  it('say which extension does not bring what it announces, and why', async () => {
    const announced = [{ extensionId: 'team.shelf', declaration }];
    const silent = create({ announced, onActivate: () => {} });
    const missing = await rejection(silent.adapters.load('shelf'), 'unsupported');
    assert.match(missing.message, /team\.shelf announces an adapter for Shelf, but it did not register it/);
    const broken = create({
      announced,
      onActivate: () => {
        throw new Error('no such module');
      },
    });
    const failed = await rejection(broken.adapters.load('shelf'), 'unsupported');
    assert.match(failed.message, /could not be started: "no such module"/);
  });

  it('are none where nobody has one', async () => {
    assert.equal(await create().adapters.load('gone'), undefined);
  });
});

function create(
  options: {
    readonly announced?: readonly AnnouncedAdapter[];
    readonly onActivate?: (adapters: ForeignAdapters) => void;
  } = {},
): { readonly adapters: ForeignAdapters; readonly activated: readonly string[]; readonly warnings: readonly string[] } {
  const { announced = [], onActivate = (all) => void all.register(shelf) } = options;
  const activated: string[] = [];
  const warnings: string[] = [];
  const adapters = new ForeignAdapters(
    {
      announced: () => announced,
      activate: async (id) => {
        activated.push(id);
        onActivate(adapters);
      },
    },
    { warn: (message) => void warnings.push(message) },
  );
  return { adapters, activated, warnings };
}
