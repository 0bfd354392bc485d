import type { RegistryAdapter } from '../../api.ts';
import { readRepositories } from './artifactoryReplies.ts';
import { artifactoryApi, createArtifactoryRepository } from './artifactoryRepository.ts';
import { openKeyedSession } from './keyedSession.ts';
import { artifactoryKind } from './kinds.ts';

/**
 * JFrog's Artifactory, and its Container Registry. The names of images begin with the key of a repository, unless that has
 * a host or a port of its own. The API is beside the registry, and takes whatever the registry takes for a password.
 *
 * https://docs.jfrog.com/artifactory/docs/docker-repositories, https://docs.jfrog.com/artifactory/reference/
 */
export const artifactoryAdapter: RegistryAdapter = {
  ...artifactoryKind,
  apis: [artifactoryApi],
  open: (target, context) => {
    const memory = {};
    return openKeyedSession(target, context, {
      api: artifactoryApi.id,
      repositoriesPath: '/artifactory/api/repositories?packageType=docker',
      readRepositories,
      catalogPath: (key) => `/artifactory/api/docker/${key}/v2/_catalog`,
      openRepository: (name, options) => createArtifactoryRepository(name, { ...options, memory }),
    });
  },
};
