import type { RegistryAdapter } from '../../api.ts';
import { openKeyedSession } from './keyedSession.ts';
import { nexusKind } from './kinds.ts';
import { readRepositories } from './nexusReplies.ts';
import { createNexusRepository, nexusApi } from './nexusRepository.ts';

/**
 * Sonatype Nexus Repository 3. Where images are routed by path, their names begin with the name of a repository, and the
 * API is on the same origin. A connector port is one repository, and has nothing but the registry.
 *
 * https://help.sonatype.com/en/docker-registry.html, https://help.sonatype.com/en/rest-and-integration-api.html
 */
export const nexusAdapter: RegistryAdapter = {
  ...nexusKind,
  apis: [nexusApi],
  open: (target, context) => {
    const memory = {};
    return openKeyedSession(target, context, {
      api: nexusApi.id,
      repositoriesPath: '/service/rest/v1/repositories',
      readRepositories,
      catalogPath: (key) => `/repository/${key}/v2/_catalog`,
      openRepository: (name, options) => createNexusRepository(name, { ...options, memory }),
    });
  },
};
