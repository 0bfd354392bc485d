import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import type { RegistryAbility, RepositoryAbility } from '../../core/abilities.ts';
import { contextKeys } from '../ids.ts';
import { logError } from '../log.ts';
import type { Services } from '../services.ts';

/** What can be done with what the rows show. Nothing is asked of a registry; what cannot be told can do nothing. */
export class RowAbilities {
  readonly #services: Services;
  readonly #registries = new Map<string, ReadonlySet<RegistryAbility>>();
  readonly #contextValues = new Map<string, string | undefined>();
  #published = '';
  readonly #repositories = new Map<string, Promise<ReadonlySet<RepositoryAbility>>>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Once it has been opened: what nobody has opened loads nothing. */
  async learnRegistry({ id }: ConnectionInfo): Promise<void> {
    this.#registries.set(id, await this.#orNone(this.#services.gantry.registryAbilities(id), id));
    await this.#publish();
  }

  /**
   * A registry's row was drawn with this `contextValue`. What was learnt since is told beside it, by a context key: a row
   * that is drawn anew while somebody opens one below it has been seen to lose that one's rows.
   */
  drawn({ id }: ConnectionInfo, contextValue: string | undefined): void {
    if (this.#contextValues.get(id) === contextValue) return;
    this.#contextValues.set(id, contextValue);
    void this.#publish();
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

  async #publish(): Promise<void> {
    const creatable = [...this.#registries]
      .filter(([, abilities]) => abilities.has('createRepository'))
      .flatMap(([id]) => this.#contextValues.get(id) ?? []);
    if (creatable.join() === this.#published) return;
    this.#published = creatable.join();
    await vscode.commands.executeCommand('setContext', contextKeys.creatableRegistries, creatable);
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
