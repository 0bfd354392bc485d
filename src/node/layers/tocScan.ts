import { createHash } from 'node:crypto';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { isRegistryError, RegistryError } from '../../core/errors.ts';
import { imageLimits } from '../../core/image/imageLimits.ts';
import type { LayerFacts } from '../../core/image/layerIndex.ts';
import type { TocSource } from '../../core/image/ports.ts';
import { type ParsedToc, parseToc } from '../../core/image/toc.ts';
import { parseTarHeader, tarBlockSize } from '../../core/tarHeader.ts';

export interface ScannedToc {
  readonly toc: ParsedToc;
  readonly facts: LayerFacts;
}

/** Unpacks and reads a table of contents. Throws `protocol`, `digest-mismatch`. */
export function scanToc({ format, bytes, size, digest }: TocSource): ScannedToc {
  try {
    const text = format === 'estargz' ? estargzText(bytes) : unpackZstd(bytes);
    const found = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    if (digest !== undefined && found !== digest) {
      throw new RegistryError(
        'digest-mismatch',
        `The layer's table of contents is ${found}, its manifest names ${digest}.`,
      );
    }
    const toc = parseToc(JSON.parse(new TextDecoder().decode(text)), size);
    const { entries, contents, warnings } = toc;
    const compression = format === 'estargz' ? 'gzip' : 'zstd';
    return { toc, facts: { source: format, compression, unpacked: contents, contents, entries, warnings } };
  } catch (error) {
    if (isRegistryError(error)) throw error;
    throw new RegistryError('protocol', 'The table of contents of the layer cannot be read.', { cause: error });
  }
}

/** It is a file in an archive of its own, behind everything else. */
function estargzText(bytes: Uint8Array): Uint8Array {
  const tar = gunzipSync(bytes, { maxOutputLength: imageLimits.toc });
  const header = parseTarHeader(tar.subarray(0, tarBlockSize));
  if (header === undefined || header === 'end' || header.path !== 'stargz.index.json') {
    throw new RegistryError('protocol', 'The table of contents of the layer is not where its end says.');
  }
  return tar.subarray(tarBlockSize, tarBlockSize + header.size);
}

function unpackZstd(bytes: Uint8Array): Uint8Array {
  if (typeof zstdDecompressSync !== 'function') {
    throw new RegistryError('protocol', 'This VS Code cannot unpack Zstandard. VS Code 1.101 or newer can.');
  }
  return zstdDecompressSync(bytes, { maxOutputLength: imageLimits.toc });
}
