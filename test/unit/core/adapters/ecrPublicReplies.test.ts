import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAliases, readImageTags, readPublicRepositories } from '../../../../src/core/adapters/ecrPublicReplies.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('ECR Public replies', () => {
  it('name repositories by the alias in their addresses', () => {
    const repositories = [
      { repositoryName: 'web', repositoryUri: 'public.ecr.aws/a1b2c3d4/web' },
      { repositoryName: 'web', repositoryUri: 'evil.example/a1b2c3d4/web' },
      { repositoryName: 'web', repositoryUri: 'public.ecr.aws/../x' },
      { repositoryName: 'web' },
    ];
    assert.deepEqual(readPublicRepositories({ repositories })?.items, [{ name: 'a1b2c3d4/web' }]);
    const registries = [{ aliases: [{ name: 'a1b2c3d4' }, { name: '../x' }, null] }, {}];
    assert.deepEqual(readAliases({ registries })?.items, ['a1b2c3d4']);
  });

  it('tell of tags one by one', () => {
    const detail = { imageDigest: digest, imageSizeInBytes: 5, imagePushedAt: 1_748_736_000 };
    const imageTagDetails = [
      { imageTag: 'v1', createdAt: 1_748_736_060, imageDetail: detail },
      { imageTag: 'v2', imageDetail: detail },
      { imageTag: 'v3' },
      { imageTag: '../x' },
    ];
    assert.deepEqual(readImageTags({ imageTagDetails })?.items, [
      { name: 'v1', digest, size: 5, pushedAt: '2025-06-01T00:01:00.000Z' },
      { name: 'v2', digest, size: 5, pushedAt: '2025-06-01T00:00:00.000Z' },
      { name: 'v3' },
    ]);
  });

  it('are read without an exception, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of [readPublicRepositories, readImageTags, readAliases]) {
          read(value);
          read({ repositories: [value], imageTagDetails: [value], registries: [value, { aliases: [value] }] });
        }
      }),
    );
  });
});
