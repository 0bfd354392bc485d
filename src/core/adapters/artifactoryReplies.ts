import * as v from 'valibot';
import type { TagSummary } from '../../api.ts';
import { isTag } from '../oci/reference.ts';
import { isKey, type KeyedRepository } from './keyedRegistry.ts';
import { countSchema, dateSchema, lenient, parsed, textSchema } from './replyFields.ts';

/* What Artifactory's API answers. https://docs.jfrog.com/artifactory/reference/ */

const kinds: Readonly<Record<string, KeyedRepository['kind']>> = {
  local: 'hosted',
  federated: 'hosted',
  remote: 'proxy',
  virtual: 'group',
};

const repositorySchema = v.object({
  key: v.pipe(v.string(), v.check(isKey)),
  type: lenient(v.pipe(v.string(), v.toLowerCase())),
  description: lenient(textSchema),
  url: lenient(textSchema),
});

/** Get Repositories. A remote one has the address of what it fetches from. `undefined` for no list. */
export function readRepositories(document: unknown): readonly KeyedRepository[] | undefined {
  if (!Array.isArray(document)) return undefined;
  return document.flatMap((item: unknown): readonly KeyedRepository[] => {
    const read = parsed(repositorySchema, item);
    if (read === undefined) return [];
    const { key, type = '', description, url } = read;
    const kind = Object.hasOwn(kinds, type) ? (kinds[type] ?? 'unknown') : 'unknown';
    const isUpstream = kind === 'proxy' && url !== undefined && !url.replace(/\/$/, '').endsWith(`/${key}`);
    return [
      {
        key,
        kind,
        ...(description !== undefined && { description }),
        ...(isUpstream && { upstream: url }),
      },
    ];
  });
}

/** A file in a repository, by its path from there. */
export interface StoredFile {
  readonly folder: string;
  readonly name: string;
  readonly size?: number;
  readonly modified?: string;
  /** In hex. */
  readonly sha256?: string;
}

const fileFields = {
  size: lenient(v.pipe(v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))]), countSchema)),
  hash: lenient(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  date: lenient(dateSchema),
};

const itemSchema = v.object({
  path: v.string(),
  name: textSchema,
  size: fileFields.size,
  modified: fileFields.date,
  sha256: fileFields.hash,
});

/** What a query for items has found. `undefined` for no result. */
export function readQueryResult(document: unknown): readonly StoredFile[] | undefined {
  const listed = (document as { readonly results?: unknown } | null | undefined)?.results;
  if (!Array.isArray(listed)) return undefined;
  return listed.flatMap((item: unknown): readonly StoredFile[] => {
    const read = parsed(itemSchema, item);
    return read === undefined ? [] : [storedFile({ ...read, folder: read.path })];
  });
}

const listedSchema = v.object({
  uri: v.pipe(v.string(), v.startsWith('/')),
  folder: lenient(v.boolean()),
  size: fileFields.size,
  lastModified: fileFields.date,
  sha2: fileFields.hash,
});

/** File List of a folder, whose paths begin there. `undefined` for no list. */
export function readFileList(document: unknown, folder: string): readonly StoredFile[] | undefined {
  const listed = (document as { readonly files?: unknown } | null | undefined)?.files;
  if (!Array.isArray(listed)) return undefined;
  return listed.flatMap((item: unknown): readonly StoredFile[] => {
    const read = parsed(listedSchema, item);
    if (read === undefined || read.folder === true) return [];
    const end = read.uri.lastIndexOf('/');
    return [
      storedFile({
        folder: `${folder}${read.uri.slice(0, end)}`,
        name: read.uri.slice(end + 1),
        size: read.size,
        modified: read.lastModified,
        sha256: read.sha2,
      }),
    ];
  });
}

function storedFile({
  folder,
  name,
  size,
  modified,
  sha256,
}: {
  readonly folder: string;
  readonly name: string;
  readonly size?: number | undefined;
  readonly modified?: string | undefined;
  readonly sha256?: string | undefined;
}): StoredFile {
  return {
    folder,
    name,
    ...(size !== undefined && { size }),
    ...(modified !== undefined && { modified }),
    ...(sha256 !== undefined && { sha256 }),
  };
}

/** What the files below the folder of an image say. */
export interface ImageFiles {
  readonly tags: readonly TagSummary[];
  /** Images whose names go on after this one's: their folders are in its folder. */
  readonly inside: readonly string[];
}

/**
 * A tag is a folder with its manifest (`manifest.json`, or `list.manifest.json` for several platforms), config and layers.
 * Manifests without a tag are in folders named by their digest.
 */
export function imageFiles(files: readonly StoredFile[], image: string): ImageFiles {
  const folders = new Map<string, StoredFile[]>();
  const inside = new Set<string>();
  for (const file of files) {
    if (!file.folder.startsWith(`${image}/`)) continue;
    const below = file.folder.slice(image.length + 1);
    if (!below.includes('/')) folders.set(below, [...(folders.get(below) ?? []), file]);
    else if (isManifest(file)) inside.add(file.folder.slice(0, file.folder.lastIndexOf('/')));
  }
  const tags = [...folders].flatMap(([tag, held]) => {
    const manifest = held.find(({ name }) => name === 'list.manifest.json') ?? held.find(isManifest);
    return manifest === undefined || !isTag(tag) ? [] : [tagOf(tag, manifest, held)];
  });
  return { tags, inside: [...inside] };
}

function tagOf(name: string, manifest: StoredFile, held: readonly StoredFile[]): TagSummary {
  const sizes = held.map(({ size }) => size);
  // An index has its images elsewhere, and layers that a remote repository has not fetched yet are markers.
  const isWhole = manifest.name === 'manifest.json' && !held.some((file) => file.name.endsWith('.marker'));
  const size = sizes.every((one) => one !== undefined) ? sizes.reduce((sum, one) => sum + one, 0) : undefined;
  return {
    name,
    ...(manifest.sha256 !== undefined && { digest: `sha256:${manifest.sha256}` }),
    ...(isWhole && size !== undefined && { size }),
    ...(manifest.modified !== undefined && { pushedAt: manifest.modified }),
  };
}

function isManifest({ name }: StoredFile): boolean {
  return name === 'manifest.json' || name === 'list.manifest.json';
}

const folderSchema = v.object({ children: v.array(v.unknown()) });

/** Folder Info: whether it is that of a tag, and whether it has other folders in it. `undefined` for no folder. */
export function readFolder(document: unknown): { readonly isTag: boolean; readonly hasFolders: boolean } | undefined {
  const read = parsed(folderSchema, document);
  if (read === undefined) return undefined;
  const childSchema = v.object({ uri: v.string(), folder: lenient(v.boolean()) });
  const children = read.children.flatMap((child: unknown) => parsed(childSchema, child) ?? []);
  return {
    isTag: children.some(({ uri, folder }) => folder !== true && isManifest({ folder: '', name: uri.slice(1) })),
    hasFolders: children.some(({ folder }) => folder === true),
  };
}
