import { compareBytes } from './byteOrder.ts';
import type { LayerIndex } from './layerIndex.ts';

/** What a layer has in a folder, and how far it is walked: several are walked side by side. */
export interface FolderLane {
  readonly layer: number;
  readonly index: LayerIndex;
  /** Of the next child. */
  place: number;
  readonly end: number;
}

/** The first name, in the order of bytes, of what is left of the lanes; `undefined` at their end. */
export function firstName(lanes: readonly FolderLane[]): Uint8Array | undefined {
  let name: Uint8Array | undefined;
  for (const { index, place, end } of lanes) {
    if (place >= end) continue;
    const candidate = index.name(index.childAt(place));
    if (name === undefined || compareBytes(candidate, name) < 0) name = candidate;
  }
  return name;
}
