import * as v from 'valibot';
import { realDate } from '../oci/config.ts';
import { isDigest } from '../oci/digest.ts';
import { parseReference } from '../oci/reference.ts';
import { countSchema, lenient, parsed, textSchema } from './replyFields.ts';

/*
 * What the API of container engines answers about images. https://docs.docker.com/reference/api/engine/
 */

/** An image as the list has it. */
export interface EngineImage {
  /** The engine's own: `sha256:…` */
  readonly id: string;
  readonly size: number;
  readonly createdAt: string | undefined;
  readonly names: readonly EngineName[];
}

/** One name of it, in full. */
export interface EngineName {
  /** `docker.io/library/nginx` */
  readonly repository: string;
  readonly tag: string | undefined;
  /** Without a tag: of the manifest that it was pulled by. */
  readonly digest: string | undefined;
}

/** What is told of one image. */
export interface EngineDetails {
  readonly id: string;
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
  readonly created: string | undefined;
  readonly author: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
  /** Digests of the layers as plain tars. */
  readonly diffIds: readonly string[];
  readonly repoDigests: readonly string[];
}

/** A step of its making, the newest first. */
export interface EngineStep {
  readonly createdBy: string | undefined;
  readonly created: string | undefined;
  /** Of the layer that it made; 0 also where it made none. */
  readonly size: number;
}

const namesSchema = v.nullish(v.array(v.unknown()));
const digestSchema = v.pipe(v.string(), v.check(isDigest));

/** Also without the algorithm, as in some answers of podman. */
const idSchema = v.pipe(v.string(), v.regex(/^(?:sha256:)?[0-9a-f]{64}$/));

const imageSchema = v.object({
  Id: idSchema,
  RepoTags: namesSchema,
  RepoDigests: namesSchema,
  Created: lenient(countSchema),
  Size: v.fallback(countSchema, 0),
});

/** `undefined` for what is no list. */
export function readEngineImages(document: unknown): readonly EngineImage[] | undefined {
  if (!Array.isArray(document)) return undefined;
  return document.flatMap((item: unknown) => {
    const image = parsed(imageSchema, item);
    if (image === undefined) return [];
    const tagged = (image.RepoTags ?? []).flatMap(nameOf).filter(({ tag }) => tag !== undefined);
    const pulled = (image.RepoDigests ?? []).flatMap(nameOf).filter(({ digest }) => digest !== undefined);
    // A tag says more than the digest that the image of the tag was pulled by.
    const untagged = pulled.filter(({ repository }) => !tagged.some((name) => name.repository === repository));
    return [
      {
        id: image.Id,
        size: image.Size,
        createdAt: image.Created === undefined ? undefined : dateOf(image.Created),
        names: [...tagged, ...untagged],
      },
    ];
  });
}

/** Docker writes the short form, and `<none>` where there is no name. */
function nameOf(text: unknown): readonly EngineName[] {
  if (typeof text !== 'string') return [];
  try {
    const { registry, repository, tag, digest } = parseReference(text);
    return [{ repository: `${registry}/${repository}`, tag, digest }];
  } catch {
    return [];
  }
}

const detailsSchema = v.object({
  Id: idSchema,
  Os: v.fallback(textSchema, 'linux'),
  Architecture: v.fallback(textSchema, 'unknown'),
  Variant: lenient(textSchema),
  Created: lenient(textSchema),
  Author: lenient(textSchema),
  Config: v.nullish(v.record(v.string(), v.unknown())),
  RootFS: lenient(v.object({ Layers: v.nullish(v.array(digestSchema)) })),
  RepoDigests: v.nullish(v.array(v.string())),
});

export function readEngineDetails(document: unknown): EngineDetails | undefined {
  const image = parsed(detailsSchema, document);
  if (image === undefined) return undefined;
  return {
    id: image.Id,
    os: image.Os,
    architecture: image.Architecture,
    variant: image.Variant,
    created: realDate(image.Created),
    author: image.Author,
    config: withoutEmpty(image.Config ?? {}),
    diffIds: image.RootFS?.Layers ?? [],
    repoDigests: image.RepoDigests ?? [],
  };
}

const stepSchema = v.object({ CreatedBy: lenient(textSchema), Created: lenient(countSchema), Size: countSchema });

export function readEngineHistory(document: unknown): readonly EngineStep[] | undefined {
  if (!Array.isArray(document)) return undefined;
  const steps = document.map((item: unknown) => parsed(stepSchema, item));
  if (!steps.every((step) => step !== undefined)) return undefined;
  return steps.map(({ CreatedBy: createdBy, Created: created, Size: size }) => ({
    createdBy,
    created: created === undefined ? undefined : dateOf(created),
    size,
  }));
}

/** Engines fill in every field that a container can have. */
function withoutEmpty(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isTold = ([, value]: readonly [string, unknown]): boolean =>
    value !== null && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(config).filter(isTold));
}

/** Seconds since 1970. */
function dateOf(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : realDate(date.toISOString());
}
