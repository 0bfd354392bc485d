import { RegistryError } from '../errors.ts';
import type { LayerColumns, LayerWarning } from './layerIndex.ts';
import { LayerIndexBuilder } from './layerIndexBuilder.ts';
import { TarReader } from './tarReader.ts';

export interface IndexedArchive {
  readonly columns: LayerColumns;
  readonly contents: number;
  readonly entries: number;
  readonly warnings: readonly LayerWarning[];
}

/**
 * Makes the index of a layer from the bytes of its archive, whatever pieces they come in.
 *
 * Throws `protocol` for what is no archive, `too-large` past the bounds.
 */
export class LayerIndexer {
  readonly #builder = new LayerIndexBuilder();
  readonly #reader: TarReader;

  constructor() {
    this.#reader = new TarReader({
      entry: (entry) => void this.#builder.add(entry),
      warn: (kind, path) => this.#builder.warn(kind, path),
    });
  }

  /** How many have been found. */
  get entries(): number {
    return this.#builder.entries;
  }

  /** Whether its end mark has come: nothing that follows belongs to it. */
  get isAtEnd(): boolean {
    return this.#reader.isAtEnd;
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    if (this.#reader.isNoArchive) throw noArchive();
  }

  /** It must not be used any more. */
  finish(): IndexedArchive {
    this.#reader.end();
    if (this.#reader.isNoArchive) throw noArchive();
    const { entries } = this.#builder;
    const columns = this.#builder.finish();
    const warnings = this.#builder.warnings();
    return { columns, contents: sumOfSizes(columns), entries, warnings };
  }
}

/** Bytes of the contents of all files. */
export function sumOfSizes({ order, sizes, largeIds, largeNumbers }: LayerColumns): number {
  const largeSizes = new Map([...largeIds].map((id, place) => [id, largeNumbers[place] ?? 0]));
  let sum = 0;
  for (const id of order) sum += largeSizes.get(id) ?? sizes[id] ?? 0;
  return sum;
}

function noArchive(): RegistryError {
  return new RegistryError('protocol', 'The layer is no tar archive. Push the image again, or tell whoever did.');
}
