import assert from 'node:assert/strict';
import fc from 'fast-check';
import { googlePage, parseGooglePlace } from '../../../../src/core/adapters/googlePlace.ts';
import { readArtifactRepositories, readGoogleTags, readPackages } from '../../../../src/core/adapters/googleReplies.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

describe("Replies of Google's registries", () => {
  it('tell of tags what the manifests say', () => {
    const manifest = {
      [digest]: {
        imageSizeBytes: '9123456789',
        layerId: '',
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        tag: ['v1', '../x', 7],
        timeCreatedMs: '1748736000000',
        timeUploadedMs: '1748736060000',
      },
      [other]: { imageSizeBytes: '0', tag: [], timeCreatedMs: '-62135596800000', timeUploadedMs: 'soon' },
      nonsense: { tag: ['v2'] },
    };
    const list = readGoogleTags({
      name: 'x',
      tags: ['v1', 'v2', 'v1', '../x', 7],
      child: ['team', '../x', 'a/b'],
      manifest,
    });
    assert.deepEqual(list?.tags, [
      {
        name: 'v1',
        digest,
        size: 9_123_456_789,
        createdAt: '2025-06-01T00:00:00.000Z',
        pushedAt: '2025-06-01T00:01:00.000Z',
      },
      { name: 'v2' },
    ]);
    assert.deepEqual(list?.untagged, [{ digest: other }]);
    assert.deepEqual(list?.children, ['team']);
    assert.deepEqual(list?.tagsByDigest.get(digest), ['v1']);
  });

  it('are no lists without tags, which may be null', () => {
    assert.deepEqual(readGoogleTags({ tags: null })?.tags, []);
    for (const none of [null, 'text', [], {}, { tags: 7 }]) assert.equal(readGoogleTags(none), undefined);
  });

  it('name repositories that hold images, and where those of a mirror come from', () => {
    const name = (id: string): string => `projects/acme/locations/eu/repositories/${id}`;
    const repositories = [
      { name: name('images'), format: 'DOCKER', mode: 'STANDARD_REPOSITORY', description: ' Ours. ' },
      {
        name: name('hub'),
        format: 'DOCKER',
        mode: 'REMOTE_REPOSITORY',
        remoteRepositoryConfig: { dockerRepository: { publicRepository: 'DOCKER_HUB' } },
      },
      { name: name('npm'), format: 'NPM' },
      { name: name('..%2Fx'), format: 'DOCKER' },
      { name: 'images', format: 'DOCKER' },
      null,
    ];
    assert.deepEqual(readArtifactRepositories({ repositories, nextPageToken: 'more' }), {
      items: [
        { id: 'images', description: 'Ours.' },
        { id: 'hub', upstream: 'DOCKER_HUB' },
      ],
      nextPageToken: 'more',
    });
  });

  it('name images with all of their parts', () => {
    const packages = ['web', 'team%2Fapi', '%', '..%2Fx', 'A'].map((id) => ({
      name: `a/repositories/r/packages/${id}`,
    }));
    assert.deepEqual(
      readPackages({ packages }, 'acme/r')?.items.map(({ name }) => name),
      ['acme/r/web', 'acme/r/team/api'],
    );
    assert.deepEqual(readPackages({}, 'acme/r'), { items: [] });
    assert.equal(readPackages([], 'acme/r'), undefined);
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const document of [value, { tags: [value], child: [value], manifest: { [digest]: value, x: value } }]) {
          readGoogleTags(document);
        }
        readArtifactRepositories({ repositories: [value, { format: 'DOCKER', name: value }] });
        readPackages({ packages: [value, { name: value }] }, 'acme/r');
      }),
    );
  });
});

describe("Places at Google's registries", () => {
  it('are read from hosts and paths', () => {
    const pkg = 'europe-west3-docker.pkg.dev';
    const acme = { project: 'acme', projectPath: 'acme' };
    assert.deepEqual(parseGooglePlace(pkg, '/acme/images/team/web'), {
      location: 'europe-west3',
      ...acme,
      repository: 'images',
      image: 'team/web',
    });
    assert.deepEqual(parseGooglePlace(pkg, '/acme'), { location: 'europe-west3', ...acme });
    assert.deepEqual(parseGooglePlace(pkg, '/'), { location: 'europe-west3' });
    assert.deepEqual(parseGooglePlace(pkg, '/example.com/shop/images'), {
      location: 'europe-west3',
      project: 'example.com:shop',
      projectPath: 'example.com/shop',
      repository: 'images',
    });
    assert.deepEqual(parseGooglePlace(pkg, '/example.com'), { location: 'europe-west3' });
    assert.deepEqual(parseGooglePlace('gcr.io', 'acme/web'), { ...acme, image: 'web' });
  });

  it('have pages, which never lead elsewhere', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, reference) => {
        const { origin } = new URL(googlePage('eu-docker.pkg.dev', `a/b/${name}`, reference));
        assert.equal(origin, 'https://console.cloud.google.com');
      }),
    );
  });
});
