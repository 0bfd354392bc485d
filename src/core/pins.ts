import { isRepositoryName } from './oci/reference.ts';
import type { StateStore } from './ports.ts';

const stateKey = 'pinnedRepositories';

/** Repositories of one registry that are remembered by name; who needs more wants a list, which is the registry's. */
const maxPins = 500;

/**
 * Repositories that the user has named, by the address of their registry: some registries list none, and nobody wants to
 * look for the same one twice among thousands.
 */
export class Pins {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** Names as the registry has them, the newest last. */
  of(url: string): readonly string[] {
    const names = this.#all()[url];
    return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
  }

  /** Names that no repository can have are not remembered. */
  async add(url: string, name: string): Promise<void> {
    const names = this.of(url);
    if (!isRepositoryName(name) || names.includes(name)) return;
    await this.#set(url, [...names, name].slice(-maxPins));
  }

  async remove(url: string, name: string): Promise<void> {
    const names = this.of(url);
    if (names.includes(name))
      await this.#set(
        url,
        names.filter((other) => other !== name),
      );
  }

  async forget(url: string): Promise<void> {
    if (this.of(url).length > 0) await this.#set(url, []);
  }

  #set(url: string, names: readonly string[]): Promise<void> {
    const { [url]: _before, ...others } = this.#all();
    return this.#state.set(stateKey, names.length === 0 ? others : { ...others, [url]: names });
  }

  #all(): Readonly<Record<string, unknown>> {
    const stored = this.#state.get(stateKey);
    return typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  }
}
