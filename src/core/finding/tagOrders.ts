import type { TagOrder } from '../oci/tagOrder.ts';
import type { StateStore } from '../ports.ts';

const stateKey = 'tagOrders';

/** Repositories whose order is remembered; of more, those chosen first go. */
const maxOrders = 500;

/** By what the tags of each repository are sorted, where that is not by version. */
export class TagOrders {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** `repository` in its shortest form. */
  of(repository: string): TagOrder {
    const order = this.#all()[repository];
    return order === 'date' || order === 'name' ? order : 'version';
  }

  async set(repository: string, order: TagOrder): Promise<void> {
    const { [repository]: _before, ...others } = this.#all();
    const orders = order === 'version' ? others : { ...others, [repository]: order };
    await this.#state.set(stateKey, Object.fromEntries(Object.entries(orders).slice(-maxOrders)));
  }

  #all(): Readonly<Record<string, unknown>> {
    const stored = this.#state.get(stateKey);
    return typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  }
}
