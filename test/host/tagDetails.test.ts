import assert from 'node:assert/strict';
import type { ImageDetails } from '../../src/api.ts';
import { RegistryError } from '../../src/core/errors.ts';
import type { TreeNode } from '../../src/host/tree/nodes.ts';
import type { RegistriesTree } from '../../src/host/tree/registriesTree.ts';
import { type Change, openTree } from './openTree.ts';

const names = Array.from({ length: 30 }, (_, index) => `1.${30 - index}`);
const isRows = (change: Change): boolean => Array.isArray(change);

describe('what is known of the tags in view', () => {
  it('is drawn once for all images that are asked about together, and only of tags of which something is told', async () => {
    const { tree, changes, nextChange, answer } = openImages({ names, broken: ['1.30', '1.7'] });
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
    const { tree, changes, nextChange, answer } = openImages({ names });
    const rows = await openRows(tree);
    answer();
    await nextChange(isRows);
    await Promise.all(rows.map((row) => tree.getTreeItem(row)));
    await tree.redrawTags();
    assert.equal(changes.filter(isRows).length, 1);
    tree.dispose();
  });

  it('is asked by itself of the first tags of which a filter cannot tell, and of no others', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `1.${60 - index}`);
    const { tree, view, asked, answer, nextChange } = openImages({ names: many });
    view.setFilter('platform:amd64');
    const [unknown, notice] = await openRows(tree);
    assert.deepEqual([unknown?.kind, unknown?.kind === 'unknown' && unknown.count], ['unknown', 60]);
    assert.equal(notice?.kind, 'notice');
    answer();
    const repository = await nextChange((change) => !Array.isArray(change) && change?.kind === 'repository');
    const rows = await tree.getChildren(repository as TreeNode);
    assert.deepEqual(tagNames(rows), many.slice(0, 40));
    assert.equal(rows[0]?.kind === 'unknown' && rows[0].count, 20);
    await tree.details.idle();
    assert.equal(asked.length, 40);
    tree.dispose();
  });

  it('is whether images are signed only where the filter wants to know it', async () => {
    const { tree, view, signaturesAsked, answer, nextChange } = openImages({ names: ['1.2', '1.1'], signed: ['1.1'] });
    const [repository] = await tree.getChildren((await tree.getChildren())[0]);
    assert.ok(repository);
    await tree.getChildren(repository);
    answer();
    await tree.details.idle();
    assert.deepEqual(signaturesAsked, []);
    view.setFilter('signed');
    await tree.getChildren(repository);
    await nextChange((change) => change === repository);
    assert.deepEqual(tagNames(await tree.getChildren(repository)), ['1.1']);
    assert.deepEqual(
      signaturesAsked,
      ['1.2', '1.1'].map((name) => `one.example/web@${digestOf(name)}`),
    );
    view.setFilter('-signed');
    assert.deepEqual(tagNames(await tree.getChildren(repository)), ['1.2']);
    tree.dispose();
  });

  it('makes one row of the tags of an image where that is wanted', async () => {
    const { tree, view, answer, nextChange } = openImages({
      names: ['1.27.3', '1.27', 'latest', '1.26'],
      same: ['1.27.3', '1.27', 'latest'],
    });
    view.groupImages(true);
    const [repository] = await tree.getChildren((await tree.getChildren())[0]);
    assert.ok(repository);
    assert.equal((await tree.getChildren(repository)).length, 4);
    tree.opened(repository);
    answer();
    await nextChange((change) => change === repository);
    const rows = await tree.getChildren(repository);
    const items = await Promise.all(rows.map((row) => tree.getTreeItem(row)));
    assert.deepEqual(
      items.map(({ label }) => label),
      ['latest, 1.27.3, 1.27', '1.26'],
    );
    tree.dispose();
  });

  it('is said of a repository once it was opened: how many tags it has', async () => {
    const { tree, nextChange } = openImages({ names: ['1.1'] });
    const [repository] = await tree.getChildren((await tree.getChildren())[0]);
    assert.ok(repository);
    assert.equal((await tree.getTreeItem(repository)).description, '');
    await tree.getChildren(repository);
    tree.opened(repository);
    assert.equal(await nextChange((change) => !Array.isArray(change)), repository);
    assert.equal((await tree.getTreeItem(repository)).description, '1 tag');
    tree.dispose();
  });
});

function tagNames(rows: readonly TreeNode[]): readonly string[] {
  return rows.flatMap((row) => (row.kind === 'tag' ? [row.tag.name] : []));
}

/** A tree with one repository, of which some images cannot be read; the others are answered when it is told to. */
function openImages({
  names,
  broken = [],
  signed = [],
  same = [],
}: {
  readonly names: readonly string[];
  readonly broken?: readonly string[];
  readonly signed?: readonly string[];
  /** Tags of one image. */
  readonly same?: readonly string[];
}) {
  let answer!: () => void;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const asked: string[] = [];
  const signaturesAsked: string[] = [];
  const opened = openTree({
    listRepositories: async () => ({ items: [{ name: 'web', reference: 'one.example/web' }] }),
    tagPage: async () => ({ items: names.map((name) => ({ name })) }),
    seenDigests: async () => new Map(),
    noteDigests: async () => {},
    inspect: async (reference) => {
      asked.push(reference);
      await answered;
      const name = names.find((each) => reference.endsWith(`:${each}`) || reference.endsWith(digestOf(each))) ?? '';
      if (broken.includes(name)) throw new RegistryError('not-found', `one.example has no ${name}.`);
      return imageOf(name, digestOf(same.includes(name) ? (same[0] ?? '') : name));
    },
    referringSignatures: async (reference) => {
      signaturesAsked.push(reference);
      return signed.some((name) => reference.endsWith(digestOf(name))) ? [{ kind: 'notation' }] : [];
    },
  });
  return { ...opened, answer, asked, signaturesAsked };
}

function imageOf(name: string, digest: string): ImageDetails {
  return {
    reference: `one.example/web:${name}`,
    digest,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    platforms: ['linux/amd64'],
    size: 1000,
    createdAt: '2025-06-01T00:00:00Z',
    layers: [],
    annotations: {},
  };
}

function digestOf(name: string): string {
  return `sha256:${name.replaceAll('.', '').replace('latest', '0').padStart(64, '0')}`;
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
