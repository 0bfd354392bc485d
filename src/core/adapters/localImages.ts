import type { Descriptor } from '../../api.ts';

/** Images in a folder or a file of this machine, as they were when it was opened. */
export interface LocalImages {
  readonly images: readonly LocalImage[];
  /** A manifest, config or layer; `undefined` when it is not there. */
  find(digest: string, signal: AbortSignal): Promise<LocalContent | undefined>;
}

export interface LocalImage {
  readonly descriptor: Descriptor;
  /** By which it can be asked for, the one that is shown first. Empty: only its digest names it. */
  readonly names: readonly string[];
}

export interface LocalContent {
  readonly size: number;
  read(options: ReadOptions): AsyncIterable<Uint8Array>;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  readonly range?: { readonly start: number; readonly end: number };
}
