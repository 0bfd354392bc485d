import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  readGraphReply,
  readRepositories,
  readScan,
  readSearch,
  readTags,
} from '../../../../src/core/adapters/zotReplies.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('zot replies', () => {
  it('tell of a tag all that zot knows, and leave out attestations and dates that are none', () => {
    const image = {
      Tag: '1.0',
      Digest: digest,
      Size: '7683',
      LastUpdated: '2026-05-02T10:00:00Z',
      PushTimestamp: '2026-05-03T10:00:00.123456789Z',
      TaggedTimestamp: '0001-01-01T00:00:00Z',
      LastPullTimestamp: '0001-01-01T00:00:00Z',
      Manifests: [
        { Platform: { Os: 'linux', Arch: 'amd64' } },
        { Platform: { Os: 'linux', Arch: 'arm64/v8' } },
        { Platform: { Os: 'unknown', Arch: 'unknown' } },
        { Platform: { Os: '', Arch: '' } },
        null,
      ],
    };
    const Results = [image, { ...image, Tag: '../x' }, { Tag: '2.0', Size: '0', Digest: 'sha256:x' }, null];
    assert.deepEqual(readTags({ ImageList: { Page: { TotalCount: 4 }, Results } }), {
      items: [
        {
          name: '1.0',
          digest,
          size: 7683,
          createdAt: '2026-05-02T10:00:00.000Z',
          pushedAt: '2026-05-03T10:00:00.123Z',
          platforms: ['linux/amd64', 'linux/arm64/v8'],
        },
        { name: '2.0' },
      ],
      length: 4,
      total: 4,
    });
  });

  it('tell of repositories, also where a search has found none', () => {
    const Results = [{ Name: 'shop/web', LastUpdated: '2026-05-02T10:00:00Z', DownloadCount: 3 }, { Name: 'A' }];
    assert.deepEqual(readRepositories({ RepoListWithNewestImage: { Results } }), {
      items: [{ name: 'shop/web', updatedAt: '2026-05-02T10:00:00.000Z', pulls: 3 }],
      length: 2,
    });
    assert.deepEqual(readSearch({ GlobalSearch: { Page: { TotalCount: 0 }, Repos: null } }), {
      items: [],
      length: 0,
      total: 0,
    });
  });

  it('tell of a CVE once for each package, without a fix that is not specified', () => {
    const CVEList = [
      {
        Id: 'CVE-2024-3094',
        Title: 'xz backdoor',
        Severity: 'CRITICAL',
        Reference: 'https://nvd.nist.gov/vuln/detail/CVE-2024-3094',
        PackageList: [
          { Name: 'xz', InstalledVersion: '5.6.0', FixedVersion: '5.6.2' },
          { Name: 'liblzma', InstalledVersion: '5.6.0', FixedVersion: 'Not Specified' },
        ],
      },
      { Id: 'CVE-1', Severity: 'NEW', Reference: 'javascript:x', PackageList: [{ Name: 'a' }] },
    ];
    assert.deepEqual(readScan({ CVEListForImage: { CVEList } })?.items, [
      {
        id: 'CVE-2024-3094',
        severity: 'critical',
        packageName: 'xz',
        version: '5.6.0',
        fixedVersion: '5.6.2',
        description: 'xz backdoor',
        url: 'https://nvd.nist.gov/vuln/detail/CVE-2024-3094',
      },
      {
        id: 'CVE-2024-3094',
        severity: 'critical',
        packageName: 'liblzma',
        version: '5.6.0',
        description: 'xz backdoor',
        url: 'https://nvd.nist.gov/vuln/detail/CVE-2024-3094',
      },
      { id: 'CVE-1', severity: 'unknown', packageName: 'a' },
    ]);
  });

  it('are no answer without data or a reason', () => {
    assert.equal(readGraphReply({}), undefined);
    assert.equal(readGraphReply({ data: null }), undefined);
    assert.deepEqual(readGraphReply({ data: null, errors: [{ message: 'no' }] }), { data: null, problem: 'no' });
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of [readTags, readRepositories, readSearch, readScan, readGraphReply]) {
          read(value);
          read({
            ImageList: { Results: [value], Page: value },
            RepoListWithNewestImage: { Results: [value] },
            GlobalSearch: { Repos: [value] },
            CVEListForImage: { CVEList: [value, { Id: 'CVE-1', PackageList: [value] }] },
            errors: [value],
          });
        }
      }),
    );
  });
});
