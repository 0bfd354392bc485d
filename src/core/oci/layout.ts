import type { Descriptor } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isDigest } from './digest.ts';
import { mediaTypes } from './mediaType.ts';

/* OCI image-spec, image-layout.md: an image, or several, as a folder of files. */

/** Marks a folder as an image layout. */
export const layoutFile = 'oci-layout';
export const layoutFileContent = '{"imageLayoutVersion":"1.0.0"}';

/** Names what is in the folder. */
export const indexFile = 'index.json';

/** The tag of an entry of the index. */
export const refNameAnnotation = 'org.opencontainers.image.ref.name';

/** The whole reference: containerd, and so docker, and podman give an image this name when they load it. */
export const imageNameAnnotation = 'io.containerd.image.name';

/** The place of a manifest, config or layer below the layout's folder. `digest` must be one that {@link isDigest} takes. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

export interface LayoutEntry {
  readonly descriptor: Descriptor;
  /** The whole reference in the registry that it comes from. */
  readonly name?: string;
  /** Without one the entry can be found by its digest only. */
  readonly tag?: string;
  /** The digest that the tag may be taken from, wherever that image came from; `any` of all. */
  readonly replaces?: string;
}

/**
 * The bytes of an `index.json` with an entry put in. Entries with other tags stay as they are, whatever is in them. A tag
 * that came from the same repository moves; what it named before stays in the folder, without a name.
 *
 * Errors: `invalid` when `bytes` is no index, `conflict` when the tag stands for an image from elsewhere.
 */
export function withEntry(bytes: Uint8Array | undefined, entry: LayoutEntry, folder: string): Uint8Array {
  const index = bytes === undefined ? emptyIndex : parseIndex(bytes, folder);
  const { tag, name, descriptor, replaces } = entry;
  const { mediaType, digest, size } = descriptor;
  const sameTag =
    tag === undefined ? undefined : index.manifests.find((other) => annotationOf(other, refNameAnnotation) === tag);
  const isThere =
    tag === undefined
      ? index.manifests.some((other) => other['digest'] === digest)
      : sameTag !== undefined && sameTag['digest'] === digest;
  if (isThere) return bytes ?? encode(index);
  const mayReplace = replaces === 'any' || (replaces !== undefined && sameTag?.['digest'] === replaces);
  if (sameTag !== undefined && tag !== undefined && !mayReplace) {
    const holder = annotationOf(sameTag, imageNameAnnotation);
    if (holder === undefined || holder !== name) throw conflict(folder, tag, holder);
  }
  const annotations = {
    ...(name !== undefined && { [imageNameAnnotation]: name }),
    ...(tag !== undefined && { [refNameAnnotation]: tag }),
  };
  const added = { mediaType, digest, size, ...(Object.keys(annotations).length > 0 && { annotations }) };
  return encode({ ...index, manifests: [...index.manifests.filter((other) => other !== sameTag), added] });
}

/** What a tag stands for in an `index.json`. Errors: `invalid` when `bytes` is no index. */
export function findEntry(bytes: Uint8Array, tag: string, folder: string): Descriptor | undefined {
  const entry = parseIndex(bytes, folder).manifests.find((other) => annotationOf(other, refNameAnnotation) === tag);
  const { mediaType, digest, size } = entry ?? {};
  const isWhole = typeof mediaType === 'string' && typeof size === 'number' && isDigest(String(digest));
  return isWhole ? { mediaType, digest: String(digest), size } : undefined;
}

/** The bytes of an `index.json` that names nothing. */
export function emptyIndexFile(): Uint8Array {
  return encode(emptyIndex);
}

type JsonObject = Readonly<Record<string, unknown>>;

/** As it stands in the file, with everything that others have put into it. */
interface IndexDocument extends JsonObject {
  readonly manifests: readonly JsonObject[];
}

const emptyIndex: IndexDocument = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] };

function parseIndex(bytes: Uint8Array, folder: string): IndexDocument {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw broken(folder, error);
  }
  if (!isObject(document) || !Array.isArray(document['manifests']) || !document['manifests'].every(isObject)) {
    throw broken(folder);
  }
  return document as IndexDocument;
}

function annotationOf(entry: JsonObject, name: string): string | undefined {
  const annotations = entry['annotations'];
  const value = isObject(annotations) ? annotations[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function encode(index: IndexDocument): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(index, undefined, 2));
}

function broken(folder: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'invalid',
    `${folder} cannot be used as an OCI image layout: its ${indexFile} is no index of images. Choose another folder.`,
    { cause },
  );
}

function conflict(folder: string, tag: string, name: string | undefined): RegistryError {
  const holder = name === undefined ? 'another image' : name;
  return new RegistryError(
    'conflict',
    `${folder} already holds ${holder} as "${tag}". It was left as it is; choose another folder.`,
  );
}
