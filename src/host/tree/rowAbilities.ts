import type { ConnectionInfo } from '../../api.ts';
import type { RegistryAbility, RepositoryAbility } from '../../core/abilities.ts';
import { logError } from '../log.ts';
import type { Services } from '../services.ts';

/** What can be done with what the rows show. Nothing is asked of a registry; what cannot be told can do nothing. */
export class RowAbilities {
  readonly #services: Services;
  readonly #registries = new Map<string, ReadonlySet<RegistryAbility>>();
  readonly #repositories = new Map<string, Promise<ReadonlySet<RepositoryAbility>>>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** As far as it was learnt: a registry that nobody has opened loads nothing. */
  ofRegistry({ id }: ConnectionInfo): ReadonlySet<RegistryAbility> {
    return this.#registries.get(id) ?? new Set();
  }

  async learnRegistry({ id }: ConnectionInfo): Promise<void> {
    this.#registries.set(id, await this.#orNone(this.#services.gantry.registryAbilities(id), id));
  }

  /** `reference` is the repository's, which its tags share. */
  ofRepository({ id }: ConnectionInfo, reference: string): Promise<ReadonlySet<RepositoryAbility>> {
    const key = `${id} ${reference}`;
    const known = this.#repositories.get(key);
    if (known !== undefined) return known;
    const { gantry } = this.#services;
    const abilities = this.#orNone(gantry.repositoryAbilities(reference, { connectionId: id }), reference);
    this.#repositories.set(key, abilities);
    return abilities;
  }

  /** An adapter may have come, or another kind been chosen. */
  forget(): void {
    this.#repositories.clear();
  }

  async #orNone<T>(abilities: Promise<ReadonlySet<T>>, what: string): Promise<ReadonlySet<T>> {
    try {
      return await abilities;
    } catch (error) {
      logError(this.#services.log, `What ${what} can do`, error);
      return new Set();
    }
  }
}
