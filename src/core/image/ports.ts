import type { ContentStore, Ports } from '../ports.ts';
import type { AccessPoints } from './accessPoints.ts';
import type { LayerIndex } from './layerIndex.ts';
import type { TocFormat, TocTable } from './toc.ts';

/** What looking into images needs besides. */
export interface ImagePorts extends Ports {
  readonly layers: LayerReader;
  readonly store: ContentStore;
}

/** What unpacks layers, off the thread that must not wait. Implemented in src/node/layers. */
export interface LayerReader {
  /**
   * Unpacks and lists a layer in one pass. What it gives is worth nothing unless `chunks` have ended without an error, which
   * they do not where they are not what their digest names.
   *
   * Rejects with `protocol` for what cannot be unpacked or is no archive, `too-large` past the bounds of imageLimits.ts,
   * `unsupported` for a compression that this Node does not have, `cancelled`, and what `chunks` reject with.
   */
  readLayer(source: LayerSource, options: ReadLayerOptions): Promise<ReadLayer>;
  /**
   * Reads a layer's table of contents. Rejects with `protocol` for what is none, `digest-mismatch` for another than is
   * expected, `cancelled`.
   */
  readToc(source: TocSource, signal: AbortSignal): Promise<ReadToc>;
  /** What comes out of a packed layer from a point of it on. Rejects with `protocol` for what cannot be unpacked. */
  unpackFrom(part: PackedPart): AsyncIterable<Uint8Array>;
  /** Packs a layer: the same bytes for the same archive. */
  gzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

export interface LayerSource {
  /** None is looked at again once the next is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes of the layer as stored. */
  readonly size: number;
  /** Digest of its archive, as the image's config tells it. */
  readonly diffId: string | undefined;
}

export interface TocSource {
  readonly format: TocFormat;
  /** As stored; of eStargz with the footer behind it. */
  readonly bytes: Uint8Array;
  /** Of the layer as stored. */
  readonly size: number;
  /** Of the table unpacked, where it is still to be compared. */
  readonly digest: string | undefined;
}

export interface ReadToc {
  readonly index: LayerIndex;
  readonly table: TocTable;
}

export interface ReadLayerOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: LayerProgress) => void) | undefined;
}

export interface LayerProgress {
  /** Bytes of the layer as stored. */
  readonly read: number;
  readonly total: number;
  /** Found so far. */
  readonly entries: number;
  readonly unpacked: number;
}

export interface ReadLayer {
  readonly index: LayerIndex;
  /** `undefined` where it can be read from the beginning only. */
  readonly points: AccessPoints | undefined;
}

/** What is stored from one place of a layer on, and what has to be known to unpack it. */
export type PackedPart =
  | { readonly kind: 'gzip' | 'zstd'; readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> }
  | {
      readonly kind: 'deflate';
      readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
      /** The 32 KiB before. */
      readonly window: Uint8Array;
      readonly bits: number;
      readonly previousByte: number;
    };
