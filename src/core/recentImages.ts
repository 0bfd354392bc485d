import type { StateStore } from './ports.ts';

const stateKey = 'recentImages';

const maxImages = 30;

/** Images that were opened, by their references, the last one first. */
export class RecentImages {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  all(): readonly string[] {
    const stored = this.#state.get(stateKey);
    return Array.isArray(stored) ? stored.filter((text): text is string => typeof text === 'string') : [];
  }

  /** `reference` in its shortest form. */
  async add(reference: string): Promise<void> {
    const others = this.all().filter((other) => other !== reference);
    await this.#state.set(stateKey, [reference, ...others].slice(0, maxImages));
  }
}
