import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseHarborName, repositoryPath } from '../../../../src/core/adapters/harborApi.ts';
import {
  readArtifacts,
  readDescription,
  readFound,
  readProjects,
  readRepositories,
  readUpstream,
} from '../../../../src/core/adapters/harborReplies.ts';
import { readReport, readScanStatus } from '../../../../src/core/adapters/harborScan.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const nativeReport = 'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0';

describe('Harbor replies', () => {
  it('name projects, and tell those that are caches', () => {
    const projects = [
      { project_id: 1, name: 'library', metadata: { public: 'true' }, repo_count: 3 },
      { project_id: 2, name: 'hub', registry_id: 7, metadata: { public: 'false' } },
      { project_id: '3', name: 'plain', registry_id: 0 },
      { project_id: 4, name: '../x' },
      null,
    ];
    assert.deepEqual(readProjects(projects), [
      { id: 1, name: 'library', isProxy: false, isPublic: true },
      { id: 2, name: 'hub', isProxy: true, isPublic: false },
      { id: undefined, name: 'plain', isProxy: false, isPublic: false },
    ]);
  });

  it('name the registry behind a cache as references do', () => {
    const upstream = (url: unknown) => readUpstream({ repo_count: 1, registry: { url, type: 'x' } });
    assert.equal(upstream('https://hub.docker.com'), 'docker.io');
    assert.equal(upstream('https://quay.io/'), 'quay.io');
    assert.equal(upstream('http://registry.example:5000/v2'), 'registry.example:5000');
    for (const none of [undefined, null, '', 'nonsense', 7, 'mailto:x@y']) assert.equal(upstream(none), undefined);
    assert.equal(readUpstream({ repo_count: 1 }), undefined);
  });

  it('tell of artifacts what is known, and leave out dates that are none', () => {
    const artifact = {
      id: 1,
      project_id: 2,
      digest,
      size: 0,
      push_time: '2025-06-01T00:00:00.000Z',
      pull_time: '0001-01-01T00:00:00.000Z',
      manifest_media_type: 'application/vnd.oci.image.index.v1+json',
      extra_attrs: null,
      references: [
        { child_digest: digest, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
        { child_digest: digest, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
        {
          child_digest: digest,
          platform: { os: 'linux', architecture: 'arm64' },
          annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
        },
        { child_digest: digest, platform: { os: 'unknown', architecture: 'unknown' } },
        { child_digest: digest, platform: null },
      ],
      tags: [
        { name: 'v1', push_time: '2025-06-02T00:00:00Z', pull_time: '2025-06-03T00:00:00Z', immutable: true },
        { name: 'v2', push_time: '0001-01-01T00:00:00Z', pull_time: '0001-01-01T00:00:00Z', immutable: false },
        { name: 'v3' },
        { name: '../x' },
      ],
    };
    const common = { digest, platforms: ['linux/arm/v7'] };
    const pushedAt = '2025-06-01T00:00:00.000Z';
    assert.deepEqual(readArtifacts([artifact, { digest: 'x' }, null]), [
      {
        projectId: 2,
        digest,
        mediaType: artifact.manifest_media_type,
        pushedAt,
        tags: [
          {
            name: 'v1',
            ...common,
            pushedAt: '2025-06-02T00:00:00.000Z',
            pulledAt: '2025-06-03T00:00:00.000Z',
            protectedFrom: ['move', 'delete'],
          },
          { name: 'v2', ...common, pushedAt, protectedFrom: [] },
          { name: 'v3', ...common, pushedAt },
        ],
      },
    ]);
  });

  it('hold reports of both forms, and none of what was not scanned', () => {
    const report = { scanner: { name: 'Clair' }, severity: 'None', vulnerabilities: null };
    assert.deepEqual(readReport({ [nativeReport]: report }), { status: 'done', scanner: 'Clair', items: [] });
    assert.equal(readReport({}), 'none');
    assert.equal(readReport({ [nativeReport]: null }), 'none');
    for (const none of [null, [], 'text', 7, { [nativeReport]: 7 }, { [nativeReport]: { vulnerabilities: {} } }]) {
      assert.equal(readReport(none), undefined);
    }
  });

  it('tell how a scan stands', () => {
    const status = (scan_status: unknown) => readScanStatus({ scan_overview: { [nativeReport]: { scan_status } } });
    assert.equal(status('Success'), 'done');
    assert.equal(status('Scheduled'), 'pending');
    assert.equal(status('Error'), 'failed');
    assert.equal(status('constructor'), 'failed');
    assert.equal(status(undefined), undefined);
    for (const none of [null, {}, { scan_overview: null }, { scan_overview: {} }]) {
      assert.equal(readScanStatus(none), undefined);
    }
  });

  it('are read without an exception, whatever came', () => {
    const document = fc.jsonValue();
    fc.assert(
      fc.property(document, (value) => {
        for (const read of [readProjects, readRepositories, readArtifacts]) {
          read(value);
          read([value]);
        }
        readArtifacts([{ digest, tags: [value], references: [value], extra_attrs: value }]);
        readFound(value);
        readFound({ repository: [value] });
        readDescription(value);
        readUpstream({ registry: { url: value } });
        readReport({ [nativeReport]: { vulnerabilities: [value, { id: 'x', package: 'y', severity: value }] } });
        readScanStatus({ scan_overview: { x: value } });
      }),
    );
  });

  it('belong to repositories, whose names are encoded twice and lead nowhere else', () => {
    assert.deepEqual(parseHarborName('shop/team/web'), { project: 'shop', repository: 'team/web' });
    for (const none of ['web', '', '/web', 'shop/', 'shop/../x', 'Shop/web'])
      assert.equal(parseHarborName(none), undefined);
    assert.equal(repositoryPath('shop', 'team/web'), '/projects/shop/repositories/team%252Fweb');
    fc.assert(
      fc.property(fc.string(), (name) => {
        const place = parseHarborName(name);
        if (place === undefined) return;
        const path = repositoryPath(place.project, place.repository);
        assert.equal(new URL(path, 'https://harbor.example').pathname, path);
        assert.equal(path.split('/').length, 5);
      }),
    );
  });
});
