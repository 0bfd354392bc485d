import type { Connections } from './connections.ts';
import { registryOf } from './connectionUrl.ts';
import { isRegistryError } from './errors.ts';
import type { Gantry } from './gantry.ts';
import type { DiscoveredRegistry } from './useCases/discovery.ts';

/**
 * The registries that other programs on this machine are logged in to, offered once: until the user has answered. Found out
 * beside everything else, and never a reason to fail.
 */
export class LoginOffer {
  readonly #gantry: Pick<Gantry, 'discoverRegistries' | 'markOffered'>;
  readonly #connections: Pick<Connections, 'all'>;
  readonly #listeners = new Set<() => void>();
  #found: readonly DiscoveredRegistry[] = [];
  #isLooking = false;

  constructor(gantry: Pick<Gantry, 'discoverRegistries' | 'markOffered'>, connections: Pick<Connections, 'all'>) {
    this.#gantry = gantry;
    this.#connections = connections;
  }

  /** Those that are not connected by now, and of which it is known that there is a login. */
  current(): readonly DiscoveredRegistry[] {
    const connected = new Set(this.#connections.all().map(({ url }) => registryOf(url)));
    return this.#found.filter(({ registry, helper }) => helper === undefined && !connected.has(registry));
  }

  /** Reads what docker and podman have written; asks no helper. Rejects with what nobody expects only. */
  async look(signal: AbortSignal): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.#found = await this.#gantry.discoverRegistries({ signal });
      this.#changed();
    } catch (error) {
      if (!isRegistryError(error)) throw error;
    } finally {
      this.#isLooking = false;
    }
  }

  /** The user has said what becomes of these: they are not offered again. */
  async answered(registries: readonly DiscoveredRegistry[]): Promise<void> {
    const names = registries.map(({ registry }) => registry);
    await this.#gantry.markOffered(names);
    this.#found = this.#found.filter(({ registry }) => !names.includes(registry));
    this.#changed();
  }

  /** Calls back when others are offered than before. */
  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
