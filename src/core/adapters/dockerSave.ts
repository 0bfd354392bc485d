import type { Descriptor } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { isLocalName } from '../oci/localReference.ts';
import { mediaTypes } from '../oci/mediaType.ts';
import { parseReference } from '../oci/reference.ts';
import type { CreateHash } from '../ports.ts';
import { printable } from '../printable.ts';
import { limits } from '../registry/limits.ts';
import { digestOf } from '../registry/verify.ts';
import { type Archive, readEntry } from './archive.ts';
import type { LocalContent, LocalImage, LocalImages } from './localImages.ts';

/** The file of `docker save` that names its images. */
export const dockerSaveFile = 'manifest.json';

/** One image of it. The names of the fields are Docker's. */
interface SavedImage {
  readonly configFile: string;
  readonly names: readonly string[];
  readonly layerFiles: readonly string[];
}

const gzip = [0x1f, 0x8b];
const zstd = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * Reads an archive of `docker save`, as Docker 1.10 and later, podman and skopeo write it. It holds configs and layers, but
 * no manifests, so one is made for each image: a Docker manifest, schema 2, of what the archive has. Its digest is that of
 * the bytes made here. It is the same each time, and another than the image has in a registry, where layers are
 * compressed.
 */
export async function readDockerSave(
  archive: Archive,
  createHash: CreateHash,
  signal: AbortSignal,
): Promise<LocalImages> {
  const contents = new Map<string, LocalContent>();
  const images: LocalImage[] = [];
  for (const saved of parseSaved(
    await readEntry(archive, dockerSaveFile, { limit: limits.manifest, signal }),
    archive,
  )) {
    const config = await readEntry(archive, saved.configFile, { limit: limits.config, signal });
    const configDigest = digestOf(config, createHash);
    contents.set(configDigest, inMemory(config));
    const diffIds = diffIdsOf(config);
    if (diffIds.length !== saved.layerFiles.length) throw unreadable(archive, 'its layers are not those of its config');
    const layers: Descriptor[] = [];
    for (const [index, file] of saved.layerFiles.entries()) {
      const content = archive.find(file);
      if (content === undefined) throw unreadable(archive, `the layer "${printable(file)}" is missing`);
      const layer = await describeLayer(content, diffIds[index], createHash, signal);
      layers.push(layer);
      contents.set(layer.digest, content);
    }
    const manifest = makeManifest(
      { mediaType: mediaTypes.dockerConfig, size: config.length, digest: configDigest },
      layers,
    );
    const digest = digestOf(manifest, createHash);
    contents.set(digest, inMemory(manifest));
    images.push(...named(saved.names, { mediaType: mediaTypes.dockerManifest, digest, size: manifest.length }));
  }
  return { images, find: async (digest) => contents.get(digest) };
}

/** The bytes of the manifest. The order of its fields is that of Docker's own. */
function makeManifest(config: Descriptor, layers: readonly Descriptor[]): Uint8Array {
  const ordered = ({ mediaType, size, digest }: Descriptor): Descriptor => ({ mediaType, size, digest });
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.dockerManifest,
    config: ordered(config),
    layers: layers.map(ordered),
  };
  return new TextEncoder().encode(JSON.stringify(manifest, undefined, 2));
}

/**
 * Layers lie there as plain tars, whose digests the config has; only some builders compress them, and then they have to be
 * read for it.
 */
async function describeLayer(
  content: LocalContent,
  diffId: string | undefined,
  createHash: CreateHash,
  signal: AbortSignal,
): Promise<Descriptor> {
  const { size } = content;
  const type = layerTypeOf(await firstBytes(content, signal));
  if (type === mediaTypes.dockerLayer && diffId !== undefined) return { mediaType: type, size, digest: diffId };
  const hash = createHash('sha256');
  for await (const chunk of content.read({ signal })) hash.update(chunk);
  return { mediaType: type, size, digest: `sha256:${hash.hex()}` };
}

async function firstBytes(content: LocalContent, signal: AbortSignal): Promise<readonly number[]> {
  const bytes: number[] = [];
  for await (const chunk of content.read({ signal, range: { start: 0, end: zstd.length } })) bytes.push(...chunk);
  return bytes;
}

function layerTypeOf(start: readonly number[]): string {
  const beginsWith = (magic: readonly number[]): boolean => magic.every((byte, index) => start[index] === byte);
  if (beginsWith(gzip)) return mediaTypes.dockerLayerGzip;
  return beginsWith(zstd) ? mediaTypes.dockerLayerZstd : mediaTypes.dockerLayer;
}

/** One entry a name: each is a tag of its own, as in a registry. */
function named(names: readonly string[], descriptor: Descriptor): readonly LocalImage[] {
  const usable = names.filter(isLocalName);
  return usable.length === 0
    ? [{ descriptor, names: [] }]
    : usable.map((name) => ({ descriptor, names: aliases(name) }));
}

/** Skopeo writes `docker.io/library/nginx:1.27` where Docker writes `nginx:1.27`. */
function aliases(name: string): readonly string[] {
  try {
    return [...new Set([parseReference(name).familiar, name])];
  } catch {
    return [name];
  }
}

function parseSaved(bytes: Uint8Array, archive: Archive): readonly SavedImage[] {
  const document = parseJson(bytes);
  if (!Array.isArray(document)) throw unreadable(archive, `its ${dockerSaveFile} is no list of images`);
  return document.map((item: unknown) => {
    const { Config: configFile, RepoTags: names, Layers: layerFiles } = (item ?? {}) as Record<string, unknown>;
    if (typeof configFile !== 'string' || !isTexts(layerFiles)) {
      throw unreadable(archive, `its ${dockerSaveFile} does not say of what an image consists`);
    }
    return { configFile, names: isTexts(names) ? names : [], layerFiles };
  });
}

function diffIdsOf(config: Uint8Array): readonly string[] {
  const document = parseJson(config) as { readonly rootfs?: { readonly diff_ids?: unknown } } | null | undefined;
  const diffIds = document?.rootfs?.diff_ids;
  return isTexts(diffIds) ? diffIds.filter(isDigest) : [];
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function inMemory(bytes: Uint8Array): LocalContent {
  return {
    size: bytes.length,
    read: async function* ({ range = { start: 0, end: bytes.length } }) {
      yield bytes.subarray(range.start, range.end);
    },
  };
}

function unreadable({ path }: Archive, reason: string): RegistryError {
  return new RegistryError(
    'protocol',
    `${path} cannot be read as an archive of images: ${reason}. Save the image again.`,
  );
}
