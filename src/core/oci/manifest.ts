import * as v from 'valibot';
import type { Descriptor } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';
import { isDigest } from './digest.ts';
import { essence, indexTypes, manifestTypes, mediaTypes, schema1Types } from './mediaType.ts';

/** OCI image-spec, image-index.md: the `platform` of an index entry. */
export interface PlatformFields {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

export interface IndexEntry extends Descriptor {
  readonly platform?: PlatformFields | undefined;
}

/** An image, or an artifact in the form of one. OCI image-spec, manifest.md; Docker image manifest v2, schema 2. */
export interface ImageManifest {
  readonly kind: 'image';
  readonly mediaType: string;
  readonly artifactType?: string | undefined;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** OCI image-spec, image-index.md; Docker manifest list. */
export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly artifactType?: string | undefined;
  readonly manifests: readonly IndexEntry[];
  readonly subject?: Descriptor | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Manifest = ImageManifest | ImageIndex;

/** Foreign numbers of bytes: never negative, never past what a number can count. */
const sizeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const annotationsSchema = v.optional(v.nullable(v.record(v.string(), v.string())));

const descriptorEntries = {
  mediaType: v.string(),
  digest: v.pipe(
    v.string(),
    v.check((digest) => isDigest(digest), 'not a sha256 or sha512 digest'),
  ),
  size: sizeSchema,
  artifactType: v.optional(v.string()),
  annotations: annotationsSchema,
};
const descriptorSchema = v.object(descriptorEntries);

const manifestSchema = v.object({
  mediaType: v.optional(v.string()),
  artifactType: v.optional(v.string()),
  config: descriptorSchema,
  layers: v.array(descriptorSchema),
  subject: v.optional(v.nullable(descriptorSchema)),
  annotations: annotationsSchema,
});

const indexSchema = v.object({
  mediaType: v.optional(v.string()),
  artifactType: v.optional(v.string()),
  manifests: v.array(
    v.object({
      ...descriptorEntries,
      platform: v.optional(
        v.nullable(v.object({ os: v.string(), architecture: v.string(), variant: v.optional(v.string()) })),
      ),
    }),
  ),
  subject: v.optional(v.nullable(descriptorSchema)),
  annotations: annotationsSchema,
});

/**
 * Reads a manifest. What it is, is told by the content type, else by `mediaType` in it, else by its shape. A document
 * that could be read in two ways is refused (CVE-2021-41190).
 *
 * Errors, which name `reference`: `protocol` for what is no manifest, `unsupported` for schema 1 and types that are not
 * known.
 */
export function parseManifest(bytes: Uint8Array, contentType?: string, reference?: string): Manifest {
  try {
    return read(bytes, contentType);
  } catch (error) {
    if (reference === undefined || !isRegistryError(error)) throw error;
    throw new RegistryError(error.code, `${reference}: ${error.message}`, { cause: error });
  }
}

function read(bytes: Uint8Array, contentType: string | undefined): Manifest {
  const document = parseJsonObject(bytes);
  const header = essence(contentType);
  const declared = typeof document['mediaType'] === 'string' ? document['mediaType'] : undefined;
  const hasManifests = Array.isArray(document['manifests']);
  const hasLayers = Array.isArray(document['layers']);

  if (schema1Types.includes(header) || document['schemaVersion'] === 1) {
    throw new RegistryError(
      'unsupported',
      'The manifest has the withdrawn schema 1 of 2015. Push the image again with a current tool to look inside.',
    );
  }
  if (hasManifests && (hasLayers || document['config'] !== undefined)) {
    throw malformed('it is an index and an image manifest at once');
  }
  if (isKnown(header) && declared !== undefined && declared !== header) {
    throw malformed(`it was sent as ${header} and says of itself that it is ${oneLine(declared)}`);
  }

  const mediaType = isKnown(header) ? header : declared;
  if (mediaType !== undefined && indexTypes.includes(mediaType)) return readIndex(document, mediaType);
  if (mediaType !== undefined && manifestTypes.includes(mediaType)) return readImage(document, mediaType);
  // OCI documents may leave their type out.
  if (hasManifests) return readIndex(document, mediaType ?? mediaTypes.ociIndex);
  if (hasLayers) return readImage(document, mediaType ?? mediaTypes.ociManifest);
  throw new RegistryError(
    'unsupported',
    `Manifests of the type "${oneLine(declared ?? header)}" cannot be read. Gantry may learn it in a later version.`,
  );
}

function readImage(document: unknown, mediaType: string): ImageManifest {
  const manifest = check(manifestSchema, document);
  return {
    kind: 'image',
    mediaType,
    artifactType: manifest.artifactType,
    config: descriptor(manifest.config),
    layers: manifest.layers.map(descriptor),
    subject: manifest.subject ? descriptor(manifest.subject) : undefined,
    annotations: manifest.annotations ?? {},
  };
}

function readIndex(document: unknown, mediaType: string): ImageIndex {
  const index = check(indexSchema, document);
  return {
    kind: 'index',
    mediaType,
    artifactType: index.artifactType,
    manifests: index.manifests.map((entry) => ({ ...descriptor(entry), platform: entry.platform ?? undefined })),
    subject: index.subject ? descriptor(index.subject) : undefined,
    annotations: index.annotations ?? {},
  };
}

function isKnown(mediaType: string): boolean {
  return indexTypes.includes(mediaType) || manifestTypes.includes(mediaType);
}

function descriptor(parsed: v.InferOutput<typeof descriptorSchema>): Descriptor {
  const { mediaType, digest, size, artifactType, annotations } = parsed;
  return {
    mediaType,
    digest,
    size,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
  };
}

function check<Schema extends v.GenericSchema>(schema: Schema, document: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, document, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw malformed(oneLine(`${v.getDotPath(issue) ?? 'the document'}: ${issue.message}`));
}

function parseJsonObject(bytes: Uint8Array): Record<string, unknown> {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformed('it is not JSON', error);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw malformed('it is not a JSON object');
  }
  return document as Record<string, unknown>;
}

function malformed(reason: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'protocol',
    `The manifest cannot be read: ${reason}. Push the image again, or tell whoever did.`,
    { cause },
  );
}
