import { grow, taken } from './growing.ts';

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/**
 * The names and parents of all nodes of a tree, as bytes and numbers, without a text or an object for each. Folders are found by
 * their parent and name: a hash table of numbers. What else has the same name is told apart when all have come, by sorting.
 */
export class NameTable {
  #slots = new Int32Array(1024);
  #names = new Uint8Array(16 * 1024);
  #namesLength = 0;
  /** Where the name of each node ends; it begins where that of the one before ends. */
  #ends = new Uint32Array(1024);
  #parents = new Uint32Array(1024);
  #count = 0;
  #folders = 0;
  /** So that nobody can prepare names that all fall into one place. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);

  get count(): number {
    return this.#count;
  }

  /** The folder that was added last of this parent and name. */
  findFolder(parent: number, name: Uint8Array): number | undefined {
    const id = this.#slots[this.#slotOf(parent, name)] ?? 0;
    return id === 0 ? undefined : id - 1;
  }

  add(parent: number, name: Uint8Array): number {
    const id = this.#count++;
    this.#ends = grow(this.#ends, this.#count);
    this.#parents = grow(this.#parents, this.#count);
    this.#names = grow(this.#names, this.#namesLength + name.length);
    this.#names.set(name, this.#namesLength);
    this.#namesLength += name.length;
    this.#ends[id] = this.#namesLength;
    this.#parents[id] = parent;
    return id;
  }

  /** Adds a node that is found: in place of an earlier one of the same parent and name. */
  addFolder(parent: number, name: Uint8Array): number {
    if (this.#folders * 2 >= this.#slots.length) this.#enlarge();
    const slot = this.#slotOf(parent, name);
    if (this.#slots[slot] === 0) this.#folders++;
    const id = this.add(parent, name);
    this.#slots[slot] = id + 1;
    return id;
  }

  /** The columns, for whoever has finished. The table must not be used any more. */
  take() {
    this.#slots = new Int32Array(0);
    return {
      names: taken(this.#names, this.#namesLength),
      nameEnds: taken(this.#ends, this.#count),
      parents: taken(this.#parents, this.#count),
    };
  }

  #slotOf(parent: number, name: Uint8Array): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(parent, name, 0, name.length) & mask;
    for (;;) {
      const id = (this.#slots[slot] ?? 0) - 1;
      if (id < 0 || this.#isNode(id, parent, name)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isNode(id: number, parent: number, name: Uint8Array): boolean {
    if (this.#parents[id] !== parent) return false;
    const start = this.#startOf(id);
    if ((this.#ends[id] ?? 0) - start !== name.length) return false;
    for (let index = 0; index < name.length; index++) if (this.#names[start + index] !== name[index]) return false;
    return true;
  }

  #startOf(id: number): number {
    return id === 0 ? 0 : (this.#ends[id - 1] ?? 0);
  }

  /** FNV-1a, with its bits mixed once more, since only the lowest choose the slot. */
  #hash(parent: number, bytes: Uint8Array, start: number, end: number): number {
    let hash = offsetBasis ^ this.#seed ^ Math.imul(parent + 1, 0x9e3779b1);
    for (let index = start; index < end; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), prime);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  #enlarge(): void {
    // Only those that can be found still: an earlier folder of the same place is not.
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    const mask = this.#slots.length - 1;
    for (const taken of old) {
      if (taken === 0) continue;
      const id = taken - 1;
      let slot = this.#hash(this.#parents[id] ?? 0, this.#names, this.#startOf(id), this.#ends[id] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = taken;
    }
  }
}
