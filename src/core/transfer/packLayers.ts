import type { BlobContent, BlobOptions, Descriptor, FetchedManifest, RepositorySession } from '../../api.ts';
import { isPlainTar, mediaTypes } from '../oci/mediaType.ts';
import type { PlatformImage } from '../oci/platformImage.ts';
import type { CreateHash, Files } from '../ports.ts';
import { digestOf } from '../registry/verify.ts';
import { runAtOnce } from './runAtOnce.ts';

export interface PackContext {
  readonly files: Files;
  readonly createHash: CreateHash;
  readonly gzip: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** For the packed layers; it is there. */
  readonly folder: string;
}

export interface PackedImage {
  readonly manifest: FetchedManifest;
  readonly openBlob: RepositorySession['openBlob'];
}

/** Each takes a core. */
const layersAtOnce = 2;
const ociGzip = 'application/vnd.oci.image.layer.v1.tar+gzip';

/**
 * Packs the layers of an image that lie there as plain tars, and makes its manifest anew with them; the config stays, and
 * with it the id of the image. An image without such layers stays as it is, byte for byte.
 */
export async function packLayers(
  context: PackContext,
  { manifest, descriptor, bytes }: PlatformImage,
  openBlob: RepositorySession['openBlob'],
  options: { readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
): Promise<PackedImage> {
  const { files, createHash, folder } = context;
  const plain = new Map(
    manifest.layers.filter(({ mediaType }) => isPlainTar(mediaType)).map((layer) => [layer.digest, layer]),
  );
  if (plain.size === 0) return { manifest: { descriptor, bytes }, openBlob };
  const packed = new Map<string, Descriptor & { readonly path: string }>();
  await runAtOnce([...plain.values()], { atOnce: layersAtOnce, signal: options.signal }, async (layer, signal) => {
    const path = `${folder}/${layer.digest.replace(':', '-')}.gz`;
    const hash = createHash('sha256');
    let size = 0;
    // What is no layer of the image ends with an error: it is verified as it is read.
    const { chunks } = await openBlob(layer, { signal });
    const content = watched(context.gzip(watched(chunks, (chunk) => options.onBytes(chunk.length))), (chunk) => {
      hash.update(chunk);
      size += chunk.length;
    });
    await files.write(path, content, { signal, scratch: folder });
    const mediaType = layer.mediaType === mediaTypes.dockerLayer ? mediaTypes.dockerLayerGzip : ociGzip;
    packed.set(layer.digest, { mediaType, digest: `sha256:${hash.hex()}`, size, path });
  });

  const layers = manifest.layers.map((layer) => packed.get(layer.digest) ?? layer);
  const document = {
    schemaVersion: 2,
    mediaType: manifest.mediaType,
    config: fieldsOf(manifest.config),
    layers: layers.map(fieldsOf),
  };
  const made = new TextEncoder().encode(JSON.stringify(document, undefined, 2));
  const paths = new Map([...packed.values()].map(({ digest, path }) => [digest, path]));
  return {
    manifest: {
      descriptor: { mediaType: manifest.mediaType, digest: digestOf(made, createHash), size: made.length },
      bytes: made,
    },
    openBlob: async (blob: Descriptor, call: BlobOptions): Promise<BlobContent> => {
      const path = paths.get(blob.digest);
      if (path === undefined) return openBlob(blob, call);
      const { signal, range } = call;
      const size = range === undefined ? blob.size : range.end - range.start;
      return { size, chunks: files.read(path, { signal, ...(range !== undefined && { range }) }) };
    },
  };
}

function fieldsOf({ mediaType, size, digest }: Descriptor): Descriptor {
  return { mediaType, size, digest };
}

async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  see: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    see(chunk);
    yield chunk;
  }
}
