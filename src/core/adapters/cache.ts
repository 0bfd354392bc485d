import type { RegistryAdapter } from '../../api.ts';
import { cacheKind } from './kinds.ts';
import { readOnly } from './readOnly.ts';

/** Of Docker Hub; it has no list, and everybody may read it. */
const unlistedHosts: readonly string[] = ['mirror.gcr.io'];

/**
 * A registry that only passes the images of another one on, as Distribution in its proxy mode does and the mirrors of
 * Docker Hub. It takes nothing, and deletes nothing. It lists the repositories that were pulled through it; all others can
 * be opened by name. Tags are those of the other registry.
 * https://distribution.github.io/distribution/recipes/mirror/
 */
export const cacheAdapter: RegistryAdapter = {
  ...cacheKind,
  open: (target, context) => {
    const { listRepositories, ...registry } = context.oci();
    const isListed = listRepositories !== undefined && !unlistedHosts.includes(new URL(target.url).host);
    return {
      ...registry,
      ...(isListed && { listRepositories }),
      repository: (name) => readOnly(registry.repository(name)),
    };
  },
};
