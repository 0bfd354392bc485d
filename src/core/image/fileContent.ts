import { formatBytes } from '../byteSize.ts';
import { concatenate } from '../concatenate.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { digestOf, mismatch } from '../registry/verify.ts';
import { tarBlockSize } from '../tarHeader.ts';
import { type AccessPoints, digestLength, findSpan, type Span, windowOf } from './accessPoints.ts';
import { imageLimits } from './imageLimits.ts';
import type { LayerIndex } from './layerIndex.ts';
import { layerKey } from './layerKinds.ts';
import type { LayerLibrary } from './layerLibrary.ts';
import { type LayerToRead, readWhole } from './layerSource.ts';
import type { ImagePorts } from './ports.ts';
import { tocDigest } from './toc.ts';

/** A file of a layer. */
export interface LayerFile {
  readonly layer: LayerToRead;
  readonly index: LayerIndex;
  readonly id: number;
}

export interface ContentContext {
  readonly ports: ImagePorts;
  readonly library: LayerLibrary;
}

/** A layer is kept as a whole only if it takes at most this share of what may be kept. */
const shareOfQuota = 0.5;

/**
 * The content of a file, verified: the part of the layer that it is in has the digest that it had when all of it was
 * compared with the layer's; or the whole layer is read again.
 *
 * Errors: `too-large`, `digest-mismatch`, `protocol`, and those of fetching.
 */
export async function readContent(context: ContentContext, file: LayerFile, signal: AbortSignal): Promise<Uint8Array> {
  const { index, id } = file;
  const size = index.size(id);
  checkSize(size);
  if (index.facts.source !== 'archive') return readByTable(context, file, signal);
  const pieces = index.sparse(id);
  const length = pieces === undefined ? size : pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length === 0) return new Uint8Array(size);
  const offset = (index.columns.contents[id] ?? 0) * tarBlockSize;
  const stored = await readPart(context, file.layer, { offset, length }, signal);
  if (pieces === undefined) return stored;
  const content = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    content.set(stored.subarray(at, at + piece.length), piece.offset);
    at += piece.length;
  }
  return content;
}

/** A file that lies packed by itself in its layer, and whose digest the table of contents tells. */
async function readByTable(
  { ports, library }: ContentContext,
  { layer, index, id }: LayerFile,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const size = index.size(id);
  if (size === 0) return new Uint8Array();
  const { digest } = layer.descriptor;
  const table = await library.table(digest, signal);
  const place = index.columns.contents[id] ?? 0;
  const [start, end] = [table?.starts[place], table?.ends[place]];
  if (table === undefined || start === undefined || end === undefined) {
    throw new RegistryError('storage', 'What was kept of the layer is incomplete. Look at the image again.');
  }
  const { chunks } = await layer.openBlob(layer.descriptor, { signal, range: { start, end } });
  const kind = index.facts.compression === 'zstd' ? 'zstd' : 'gzip';
  const content = await take(ports.layers.unpackFrom({ kind, chunks }), table.skipped[place] ?? 0, size);
  const found = digestOf(content, ports.createHash);
  const expected = `sha256:${tocDigest(table, place)}`;
  if (found !== expected) throw mismatch('the registry', `the file should be ${expected}, it is ${found}`);
  return content;
}

function checkSize(size: number): void {
  if (size <= imageLimits.file) return;
  throw new RegistryError(
    'too-large',
    `The file has ${formatBytes(size)}, and at most ${formatBytes(imageLimits.file)} are read at once. Pull the image to use it.`,
  );
}

interface Part {
  /** In the layer's archive. */
  readonly offset: number;
  readonly length: number;
}

async function readPart(
  context: ContentContext,
  layer: LayerToRead,
  part: Part,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { descriptor } = layer;
  const points = await context.library.points(descriptor.digest, signal);
  if (points !== undefined && points.storedSize === descriptor.size) {
    try {
      return await readSpan(context, layer, { part, points }, signal);
    } catch (error) {
      // Some registries send no parts.
      if (!isRegistryError(error, 'unsupported')) throw error;
    }
  }
  return readFromStart(context, layer, part, signal);
}

async function readSpan(
  { ports }: ContentContext,
  { descriptor, openBlob }: LayerToRead,
  { part, points }: { readonly part: Part; readonly points: AccessPoints },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const span = findSpan(points, part.offset, part.length);
  const { start, end } = span.stored;
  const { chunks } = await openBlob(descriptor, { signal, range: { start, end } });
  const bytes = await readWhole(chunks);
  checkSpan(ports, points, span, bytes);
  if (points.kind === 'none') {
    const content = bytes.subarray(span.skipped, span.skipped + part.length);
    if (content.length < part.length) throw endsEarly();
    return content;
  }
  const packed =
    span.first === 0
      ? ({ kind: 'gzip', chunks: [bytes] } as const)
      : ({
          kind: 'deflate',
          chunks: [bytes],
          window: windowOf(points, span.first),
          bits: points.bits[span.first] ?? 0,
          previousByte: points.previousBytes[span.first] ?? 0,
        } as const);
  return take(ports.layers.unpackFrom(packed), span.skipped, part.length);
}

function checkSpan({ createHash }: ImagePorts, points: AccessPoints, span: Span, bytes: Uint8Array): void {
  const { start, end } = span.stored;
  if (bytes.length !== end - start) throw mismatch('the registry', `of ${end - start} bytes, ${bytes.length} came`);
  for (let point = span.first; point <= span.last; point++) {
    const from = (points.stored[point] ?? 0) - start;
    const to = (points.stored[point + 1] ?? points.storedSize) - start;
    const hash = createHash('sha256');
    hash.update(bytes.subarray(from, to));
    const expected = points.digests.subarray(point * digestLength, (point + 1) * digestLength);
    if (hash.hex() === toHex(expected)) continue;
    throw mismatch('the registry', 'a part of the layer has changed since all of it was read');
  }
}

/** From the layer as a whole, which is kept for the next file where there is room for it. */
async function readFromStart(
  context: ContentContext,
  layer: LayerToRead,
  part: Part,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { ports } = context;
  const { digest, size } = layer.descriptor;
  const key = `layer-${layerKey(digest)}`;
  let stored = await ports.store.read(key, signal);
  if (stored === undefined && size <= ports.store.quota * shareOfQuota) {
    const { chunks } = await layer.openBlob(layer.descriptor, { signal });
    try {
      // Verified as it is read: what is not the layer is not kept.
      await ports.store.write(key, chunks, signal);
      stored = await ports.store.read(key, signal);
    } catch (error) {
      if (!isRegistryError(error, 'storage')) throw error;
      ports.log.warn(`A layer is not kept: ${error.message}`);
    }
  }
  const chunks = stored?.chunks ?? (await layer.openBlob(layer.descriptor, { signal })).chunks;
  const { compression } = (await context.library.index(layer, { signal })).facts;
  const unpacked = compression === 'none' ? chunks : ports.layers.unpackFrom({ kind: compression, chunks });
  // What was kept is verified; what comes from the registry is when it has come to its end.
  return take(unpacked, part.offset, part.length, { readsToEnd: stored === undefined });
}

/** `length` bytes behind the first `skipped`. */
async function take(
  chunks: AsyncIterable<Uint8Array>,
  skipped: number,
  length: number,
  { readsToEnd = false } = {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let position = 0;
  let taken = 0;
  for await (const chunk of chunks) {
    const from = Math.max(0, skipped - position);
    const part = chunk.subarray(from, from + length - taken);
    position += chunk.length;
    if (part.length > 0 && taken < length) {
      parts.push(part);
      taken += part.length;
    }
    if (taken === length && !readsToEnd) break;
  }
  if (taken < length) throw endsEarly();
  return concatenate(parts, length);
}

function endsEarly(): RegistryError {
  return new RegistryError('protocol', 'The layer ends before the file does: it is broken. Push the image again.');
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
