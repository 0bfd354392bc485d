import type { SignalOption } from '../../api.ts';
import { createEngineApi } from '../adapters/engineApi.ts';
import type { DiscoverOptions } from '../connectionLogins.ts';
import { defaultUrl } from '../connectionUrl.ts';
import { throwIfAborted } from '../errors.ts';
import { neverAborted } from '../neverAborted.ts';
import { engineRegistry } from '../oci/localReference.ts';
import type { DiscoveredLogin } from '../ports.ts';
import { type EngineInfo, readEngineInfo } from '../transfer/engineInfo.ts';
import type { Shared } from './shared.ts';

/** A registry that could be added with a login that the machine has. */
export interface DiscoveredRegistry extends DiscoveredLogin {
  /** For {@link addConnection}. */
  readonly url: string;
}

/** An image of the container engine. */
export interface EngineTag {
  /** `engine:/docker.io/library/nginx:1.27` */
  readonly reference: string;
  /** Bytes, unpacked. */
  readonly size: number;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
}

/** What this machine has: logins of other programs, and a container engine. */
export function createDiscoveryUseCases({ ports, logins }: Shared) {
  return {
    /**
     * Registries for which docker or podman on this machine have a login, and which are neither connected nor were offered
     * before. See {@link markOffered}.
     */
    async discoverRegistries(options: SignalOption & DiscoverOptions = {}): Promise<readonly DiscoveredRegistry[]> {
      const { signal = neverAborted } = options;
      const found = await logins.discover(signal, options);
      return found.map((login) => ({ ...login, url: `${defaultUrl(login.registry)}${login.path}` }));
    },

    /** The user has answered: these registries, by {@link DiscoveredRegistry.registry}, are not offered again. */
    async markOffered(registries: readonly string[]): Promise<void> {
      await logins.markOffered(registries);
    },

    /** The container engine that answers on this machine, `docker` or `podman`; `undefined` when none does. */
    async findEngine(options: SignalOption = {}): Promise<EngineInfo['kind'] | undefined> {
      const { signal = neverAborted } = options;
      try {
        return (await readEngineInfo(await ports.findEngine({ signal }), signal)).kind;
      } catch (error) {
        throwIfAborted(signal);
        ports.log.debug(`No container engine is offered: ${error instanceof Error ? error.message : error}`);
        return undefined;
      }
    },

    /** The images of the engine by their names, newest first; those without a name are left out. */
    async engineImages(options: SignalOption = {}): Promise<readonly EngineTag[]> {
      const { signal = neverAborted } = options;
      const images = await createEngineApi(ports.findEngine).images(signal);
      return images
        .flatMap(({ names, size, createdAt }) =>
          names.flatMap(({ repository, tag }) =>
            tag === undefined ? [] : [{ reference: `${engineRegistry}${repository}:${tag}`, size, createdAt }],
          ),
        )
        .toSorted((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
    },
  };
}
