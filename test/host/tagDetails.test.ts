import assert from 'node:assert/strict';
import type { ImageDetails } from '../../src/api.ts';
import { RegistryError } from '../../src/core/errors.ts';
import type { RegistriesTree } from '../../src/host/tree/registriesTree.ts';
import { type Change, openTree } from './openTree.ts';

const names = Array.from({ length: 30 }, (_, index) => `1.${30 - index}`);
const isRows = (change: Change): boolean => Array.isArray(change);

describe('what is known of the tags in view', () => {
  it('is drawn once for all images that are asked about together, and only of tags of which something is told', async () => {
    const { tree, changes, nextChange, answer } = openImages(['1.30', '1.7']);
    const rows = await openRows(tree);
    assert.equal(rows.length, names.length);
    answer();
    await nextChange(isRows);
    await tree.details.idle();
    const drawn = changes.filter((change) => Array.isArray(change));
    assert.deepEqual(
      drawn.map((rows) => rows.map((row) => row.kind === 'tag' && row.tag.name)),
      [names.filter((name) => name !== '1.30' && name !== '1.7')],
    );
    tree.dispose();
  });

  it('is not drawn again where it looks as before', async () => {
    const { tree, changes, nextChange, answer } = openImages([]);
    const rows = await openRows(tree);
    answer();
    await nextChange(isRows);
    await Promise.all(rows.map((row) => tree.getTreeItem(row)));
    await tree.redrawTags();
    assert.equal(changes.filter(isRows).length, 1);
    tree.dispose();
  });
});

/** A tree with one repository, of which some images cannot be read; the others are answered when it is told to. */
function openImages(broken: readonly string[]): ReturnType<typeof openTree> & { readonly answer: () => void } {
  let answer!: () => void;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const opened = openTree({
    listRepositories: async () => ({ items: [{ name: 'web', reference: 'one.example/web' }] }),
    tagPage: async () => ({ items: names.map((name) => ({ name })) }),
    seenDigests: async () => new Map(),
    noteDigests: async () => {},
    inspect: async (reference) => {
      await answered;
      const name = reference.slice(reference.lastIndexOf(':') + 1);
      if (broken.includes(name)) throw new RegistryError('not-found', `one.example has no ${name}.`);
      return imageOf(name);
    },
  });
  return { ...opened, answer };
}

function imageOf(name: string): ImageDetails {
  return {
    reference: `one.example/web:${name}`,
    digest: `sha256:${name.replace('.', '').padStart(64, '0')}`,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    platforms: ['linux/amd64'],
    size: 1000,
    layers: [],
    annotations: {},
  };
}

/** The rows of the repository, as VS Code asks for them. */
async function openRows(tree: RegistriesTree) {
  const [registry] = await tree.getChildren();
  const [repository] = await tree.getChildren(registry);
  assert.ok(repository);
  const rows = await tree.getChildren(repository);
  await Promise.all(rows.map((row) => tree.getTreeItem(row)));
  tree.opened(repository);
  return rows;
}
