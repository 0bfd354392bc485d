import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  imageFiles,
  readFileList,
  readFolder,
  readQueryResult,
  readRepositories,
} from '../../../../src/core/adapters/artifactoryReplies.ts';

const sha256 = 'a'.repeat(64);
const modified = '2025-06-01T00:00:00.000Z';

describe("replies of Artifactory's API", () => {
  it('are repositories, remote ones with what they fetch from', () => {
    const url = 'https://art.example.com/artifactory';
    const listed = [
      { key: 'local', description: 'Ours', type: 'LOCAL', url: `${url}/local`, packageType: 'Docker' },
      { key: 'near', type: 'FEDERATED', url: `${url}/near` },
      { key: 'hub', type: 'REMOTE', url: 'https://registry-1.docker.io/' },
      { key: 'ours', type: 'REMOTE', url: `${url}/ours` },
      { key: 'all', type: 'VIRTUAL', description: ' ' },
      { key: 'odd', type: 7 },
      { key: 'UPPER', type: 'LOCAL' },
      { key: 'a/b', type: 'LOCAL' },
      null,
    ];
    assert.deepEqual(readRepositories(listed), [
      { key: 'local', kind: 'hosted', description: 'Ours' },
      { key: 'near', kind: 'hosted' },
      { key: 'hub', kind: 'proxy', upstream: 'https://registry-1.docker.io/' },
      { key: 'ours', kind: 'proxy' },
      { key: 'all', kind: 'group' },
      { key: 'odd', kind: 'unknown' },
    ]);
    for (const none of [null, {}, 'x', 7]) assert.equal(readRepositories(none), undefined);
  });

  it('are the same files by a query and by a list', () => {
    const item = {
      repo: 'local',
      path: 'shop/web/1.0',
      name: 'manifest.json',
      type: 'file',
      size: 7,
      modified,
      sha256,
    };
    const file = { uri: '/1.0/manifest.json', size: 7, lastModified: modified, folder: false, sha2: sha256 };
    const expected = [{ folder: 'shop/web/1.0', name: 'manifest.json', size: 7, modified, sha256 }];
    assert.deepEqual(readQueryResult({ results: [item, null, { path: 7 }] }), expected);
    assert.deepEqual(readFileList({ files: [file, { uri: '/1.0', folder: true }, 7] }, 'shop/web'), expected);
    for (const none of [null, {}, [], { results: {}, files: 'x' }]) {
      assert.equal(readQueryResult(none), undefined);
      assert.equal(readFileList(none, 'shop/web'), undefined);
    }
  });

  it('tell tags by their folders, and images whose names go on', () => {
    const manifest = { name: 'manifest.json', size: 7, modified, sha256 };
    const { tags, inside } = imageFiles(
      [
        { folder: 'shop/web/1.0', ...manifest },
        { folder: 'shop/web/1.0', name: `sha256__${sha256}`, size: 100 },
        { folder: 'shop/web/latest', ...manifest, name: 'list.manifest.json' },
        { folder: 'shop/web/partial', ...manifest },
        { folder: 'shop/web/partial', name: `sha256__${sha256}.marker`, size: 0 },
        { folder: `shop/web/sha256:${sha256}`, ...manifest },
        { folder: 'shop/web/_uploads', name: 'x', size: 1 },
        { folder: 'shop/web/deep/2.0', ...manifest },
        { folder: 'shop/webapp/3.0', ...manifest },
      ],
      'shop/web',
    );
    const common = { digest: `sha256:${sha256}`, pushedAt: modified };
    assert.deepEqual(tags, [
      { name: '1.0', ...common, size: 107 },
      { name: 'latest', ...common },
      { name: 'partial', ...common },
    ]);
    assert.deepEqual(inside, ['shop/web/deep']);
  });

  it('say what is in a folder', () => {
    const file = { uri: '/manifest.json', folder: false };
    assert.deepEqual(readFolder({ children: [file, 7] }), { isTag: true, hasFolders: false });
    assert.deepEqual(readFolder({ children: [file, { uri: '/x', folder: true }] }), { isTag: true, hasFolders: true });
    assert.deepEqual(readFolder({ children: [] }), { isTag: false, hasFolders: false });
    for (const none of [null, {}, [], { children: 7 }]) assert.equal(readFolder(none), undefined);
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.jsonValue()), (value, items) => {
        readRepositories(value);
        readFolder(value);
        imageFiles(readQueryResult({ results: items }) ?? [], 'a');
        imageFiles(readFileList({ files: items }, 'a') ?? [], 'a');
      }),
    );
  });
});
