import type { GantryErrorCode } from '../../api.ts';
import type { TocSource } from '../../core/image/ports.ts';
import type { ScannedLayer, ScanOptions } from './layerScan.ts';
import type { ScannedToc } from './tocScan.ts';

/** What the extension host sends to the worker. */
export type ToWorker =
  | { readonly kind: 'begin'; readonly options: ScanOptions }
  /** More of the layer: the first `length` bytes of a buffer, which comes back with `taken`. */
  | { readonly kind: 'chunk'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'toc'; readonly source: TocSource };

/** What the worker answers. */
export type FromWorker =
  | {
      readonly kind: 'taken';
      readonly buffer: ArrayBuffer;
      readonly entries: number;
      readonly unpacked: number;
    }
  | { readonly kind: 'scanned'; readonly layer: ScannedLayer }
  | { readonly kind: 'scannedToc'; readonly result: ScannedToc }
  | { readonly kind: 'failed'; readonly code: GantryErrorCode; readonly message: string };
