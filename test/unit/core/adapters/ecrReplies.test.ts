import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isImmutable,
  readFailures,
  readImages,
  readRepositories,
  readScan,
} from '../../../../src/core/adapters/ecrReplies.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('ECR replies', () => {
  it('are pages with a token, or nothing of the kind', () => {
    assert.deepEqual(readImages({ imageDetails: [], nextToken: 'abc' }), { items: [], nextToken: 'abc' });
    for (const none of [null, 'text', [], {}, { imageDetails: null }, { imageDetails: {} }]) {
      assert.equal(readImages(none), undefined);
      assert.equal(readRepositories(none), undefined);
    }
    for (const nextToken of [null, '', 7, 'x'.repeat(16_385)]) {
      assert.deepEqual(readImages({ imageDetails: [], nextToken }), { items: [] });
    }
  });

  it('drop images without a digest, tags that are none, and fields of another form', () => {
    const odd = {
      imageSizeInBytes: -1,
      imagePushedAt: 'yesterday',
      lastRecordedPullTime: 1e300,
      imageManifestMediaType: 7,
    };
    const imageDetails = [
      null,
      7,
      {},
      { imageDigest: 'x' },
      { imageDigest: digest, imageTags: ['v1', '../x', 7], ...odd },
    ];
    assert.deepEqual(readImages({ imageDetails })?.items, [{ digest, tags: ['v1'] }]);
    assert.deepEqual(readImages({ imageDetails: [{ imageDigest: digest, imagePushedAt: 0 }] })?.items, [
      { digest, tags: [] },
    ]);
  });

  it('tell which tags may not be moved', () => {
    const told = (imageTagMutability: unknown, ...filters: unknown[]) =>
      readRepositories({
        repositories: [{ repositoryName: 'shop/web', imageTagMutability, imageTagMutabilityExclusionFilters: filters }],
      })?.items[0]?.mutability;
    const filter = { filterType: 'WILDCARD', filter: 'dev-*-x*' };
    assert.deepEqual(told('MUTABLE'), { isMutable: true, exceptions: [] });
    assert.deepEqual(told('IMMUTABLE_WITH_EXCLUSION', filter, { filterType: 'OTHER', filter: '*' }, null), {
      isMutable: false,
      exceptions: ['dev-*-x*'],
    });
    for (const other of [undefined, null, 'SOMETHING', 7]) assert.equal(told(other), undefined);
    const rules = { isMutable: false, exceptions: ['dev-*-x*', 'latest'] };
    const immutable = ['v1', 'latest', 'latest2', 'dev-1-x', 'dev--x2', 'dev-x', 'predev-1-x'].filter((tag) =>
      isImmutable(rules, tag),
    );
    assert.deepEqual(immutable, ['v1', 'latest2', 'dev-x', 'predev-1-x']);
    assert.equal(isImmutable({ isMutable: true, exceptions: ['v*'] }, 'v1'), true);
    assert.equal(isImmutable({ isMutable: true, exceptions: ['*'] }, 'x'), true);
  });

  it('match patterns as a regular expression would, however they are made', () => {
    const text = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((all) => all.join(''));
    const pattern = fc.array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(pattern, text, (exception, tag) => {
        const expected = new RegExp(`^${exception.replaceAll('*', '.*')}$`).test(tag);
        assert.equal(isImmutable({ isMutable: true, exceptions: [exception] }, tag), expected);
      }),
    );
  });

  it('name what was not deleted', () => {
    assert.deepEqual(readFailures({ imageIds: [], failures: [{ failureCode: 'KmsError' }, {}, null] }), [
      { code: 'KmsError', reason: undefined },
    ]);
    assert.deepEqual(readFailures({ imageIds: [] }), []);
  });

  it('of scans by Amazon Inspector name packages, and fixes where there are some', () => {
    const finding = {
      severity: 'CRITICAL',
      description: 'Text.',
      packageVulnerabilityDetails: {
        vulnerabilityId: 'CVE-2024-3094',
        sourceUrl: 'javascript:alert(1)',
        vulnerablePackages: [
          { name: 'xz', version: '5.6.0', fixedInVersion: '5.6.2' },
          { name: 'liblzma', fixedInVersion: 'NotAvailable' },
          {},
        ],
      },
    };
    const report = readScan({
      imageScanStatus: { status: 'ACTIVE' },
      imageScanFindings: {
        imageScanCompletedAt: 1_748_736_000,
        enhancedFindings: [finding, { severity: 'LOW' }, null],
      },
      nextToken: 'more',
    });
    const common = { id: 'CVE-2024-3094', severity: 'critical', description: 'Text.' };
    assert.deepEqual(report, {
      status: 'done',
      scanner: 'Amazon Inspector',
      scannedAt: '2025-06-01T00:00:00.000Z',
      items: [
        { ...common, packageName: 'xz', version: '5.6.0', fixedVersion: '5.6.2' },
        { ...common, packageName: 'liblzma' },
      ],
      nextToken: 'more',
    });
  });

  it('of scans that are not done tell of nothing', () => {
    const statuses = { PENDING: 'pending', UNSUPPORTED_IMAGE: 'unsupported', FAILED: 'failed', toString: 'failed' };
    for (const [status, expected] of Object.entries(statuses)) {
      const report = readScan({ imageScanStatus: { status }, imageScanFindings: { findings: [{}] } });
      assert.deepEqual([report?.status, report?.items], [expected, []]);
    }
  });

  it('are read without an exception, whatever came', () => {
    const readers = [readImages, readRepositories, readFailures, readScan];
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of readers) {
          read(value);
          for (const key of ['imageDetails', 'imageTagDetails', 'repositories', 'registries', 'failures']) {
            read({ [key]: [value], imageScanFindings: value, imageScanStatus: value });
          }
        }
      }),
    );
  });
});
