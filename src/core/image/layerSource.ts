import type { BlobContent, BlobOptions, Descriptor } from '../../api.ts';
import { concatenate } from '../concatenate.ts';

export type OpenBlob = (descriptor: Descriptor, options: BlobOptions) => Promise<BlobContent>;

/** A layer, and where its bytes come from. */
export interface LayerToRead {
  readonly descriptor: Descriptor;
  /** Of its archive, as the image's config tells it. */
  readonly diffId: string | undefined;
  readonly openBlob: OpenBlob;
}

export async function readWhole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    all.push(chunk);
    length += chunk.length;
  }
  return concatenate(all, length);
}
