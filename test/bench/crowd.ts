import { manyReleases } from '../support/sampleImages/crowd.ts';
import { type SampleRegistry, type SampleRegistryOptions, startSampleRegistry } from '../support/sampleRegistry.ts';

export const repository = 'shop/web';

/**
 * Tags of a repository: one less than the page that Gantry asks for. After a page that is exactly full, and without a
 * link to a next one, it has to ask whether there are more.
 */
export const crowdSize = 999;

export const login = { user: 'ada', password: 'only for the benchmark' };

/** Milliseconds before each answer: those of a registry in the same country. */
export const distance = 20;

/** As the options of a sample registry: open to everybody, or with tokens for those who know the {@link login}. */
export const access = {
  anonymous: {},
  bearer: { auth: { scheme: 'bearer', users: { [login.user]: login.password } } },
} as const satisfies Readonly<Record<string, SampleRegistryOptions>>;

export type Access = keyof typeof access;

/** Runs `use` with a sample registry whose one repository has so many tags, each with an image of its own. `latency` is in milliseconds. */
export async function withCrowd<T>(
  { tags, as, latency = 0 }: { readonly tags: number; readonly as: Access; readonly latency?: number },
  use: (registry: SampleRegistry) => Promise<T>,
): Promise<T> {
  const registry = await startSampleRegistry({ ...access[as], latency });
  try {
    for (const { tag, image } of manyReleases('2026-03-01T00:00:00Z', tags)) registry.push(repository, image, tag);
    return await use(registry);
  } finally {
    await registry.close();
  }
}
