import { concatenate } from '../concatenate.ts';
import { RegistryError } from '../errors.ts';
import { digestOf } from '../registry/verify.ts';
import { type LayerToRead, readWhole } from './layerSource.ts';
import type { ImagePorts, ReadToc } from './ports.ts';
import { estargzTail, estargzTocStart, type TocLocation } from './tocLocation.ts';

/**
 * Reads the table of contents of a layer: one request for zstd:chunked, one or two for eStargz.
 *
 * Rejects with `digest-mismatch` or `protocol` for one that is not what the manifest says: then the layer itself has to be
 * read. Rejects with `unsupported` where the registry sends no parts.
 */
export async function readToc(
  ports: ImagePorts,
  layer: LayerToRead,
  location: TocLocation,
  signal: AbortSignal,
): Promise<ReadToc> {
  const { size } = layer.descriptor;
  if (location.format === 'estargz') {
    const tailStart = Math.max(0, size - estargzTail);
    const tail = await readRange(layer, tailStart, size, signal);
    const start = estargzTocStart(tail, size);
    if (start === undefined) throw mismatch('the end of the layer does not say where it is');
    const rest = start < tailStart ? await readRange(layer, start, tailStart, signal) : new Uint8Array();
    const bytes = concatenate([rest, tail.subarray(Math.max(0, start - tailStart))], size - start);
    return ports.layers.readToc({ format: 'estargz', bytes, size, digest: location.digest }, signal);
  }
  const bytes = await readRange(layer, location.start, location.end, signal);
  if (digestOf(bytes, ports.createHash, location.digest) !== location.digest) throw mismatch('its digest is another');
  return ports.layers.readToc({ format: 'zstd:chunked', bytes, size, digest: undefined }, signal);
}

async function readRange(
  { descriptor, openBlob }: LayerToRead,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { chunks } = await openBlob(descriptor, { signal, range: { start, end } });
  const bytes = await readWhole(chunks);
  if (bytes.length !== end - start) throw mismatch('a part of it is missing');
  return bytes;
}

function mismatch(reason: string): RegistryError {
  return new RegistryError(
    'digest-mismatch',
    `The layer's table of contents is not the one that its manifest names: ${reason}.`,
  );
}
