import * as v from 'valibot';
import type { TagSummary } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import { isKey, type KeyedRepository } from './keyedRegistry.ts';
import { dateSchema, lenient, parsed, textSchema } from './replyFields.ts';

/* What the REST API of Nexus Repository 3 answers. https://help.sonatype.com/en/rest-and-integration-api.html */

/** Formats of repositories with images: the second is new. */
const formats: readonly string[] = ['docker', 'oci'];

const kinds: Readonly<Record<string, KeyedRepository['kind']>> = { hosted: 'hosted', proxy: 'proxy', group: 'group' };

const repositorySchema = v.object({
  name: v.pipe(v.string(), v.check(isKey)),
  format: v.picklist(formats),
  type: lenient(v.string()),
  attributes: lenient(v.object({ proxy: lenient(v.object({ remoteUrl: lenient(textSchema) })) })),
});

/** Those that hold images, of all. `undefined` for no list. */
export function readRepositories(document: unknown): readonly KeyedRepository[] | undefined {
  if (!Array.isArray(document)) return undefined;
  return document.flatMap((item: unknown): readonly KeyedRepository[] => {
    const read = parsed(repositorySchema, item);
    if (read === undefined) return [];
    const { name, type = '', attributes } = read;
    const upstream = attributes?.proxy?.remoteUrl;
    return [
      {
        key: name,
        kind: Object.hasOwn(kinds, type) ? (kinds[type] ?? 'unknown') : 'unknown',
        ...(upstream !== undefined && { upstream }),
      },
    ];
  });
}

/** A tag of an image, or one of its manifests without a tag. */
export interface NexusComponent {
  readonly id: string;
  /** A tag, or a digest. */
  readonly version: string;
  readonly digest?: string;
  readonly modified?: string;
}

export interface NexusPage {
  readonly items: readonly NexusComponent[];
  readonly continuationToken?: string;
}

const assetSchema = v.object({
  path: lenient(v.string()),
  checksum: lenient(v.object({ sha256: lenient(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))) })),
  lastModified: lenient(dateSchema),
});

const componentSchema = v.object({
  id: textSchema,
  name: v.string(),
  version: v.pipe(
    v.string(),
    v.check((version) => isTag(version) || isDigest(version)),
  ),
  assets: lenient(v.array(v.unknown())),
});

const pageSchema = v.object({ items: v.array(v.unknown()), continuationToken: v.nullish(textSchema) });

/** The components of the image of exactly that name, of what a search has found. `undefined` for no result. */
export function readComponents(document: unknown, image: string): NexusPage | undefined {
  const page = parsed(pageSchema, document);
  if (page === undefined) return undefined;
  const items = page.items.flatMap((item: unknown): readonly NexusComponent[] => {
    const read = parsed(componentSchema, item);
    if (read === undefined || read.name !== image) return [];
    const { id, version, assets = [] } = read;
    const manifests = assets.flatMap((asset) => parsed(assetSchema, asset) ?? []);
    const manifest = manifests.find(({ path }) => path?.endsWith(`/manifests/${version}`)) ?? manifests[0];
    const sha256 = manifest?.checksum?.sha256;
    return [
      {
        id,
        version,
        ...(sha256 !== undefined && { digest: `sha256:${sha256}` }),
        ...(manifest?.lastModified !== undefined && { modified: manifest.lastModified }),
      },
    ];
  });
  const { continuationToken } = page;
  return { items, ...(typeof continuationToken === 'string' && { continuationToken }) };
}

/** Sizes are left out: that of an asset is the size of the manifest. */
export function tagsOf(components: readonly NexusComponent[]): readonly TagSummary[] {
  return components
    .filter(({ version }) => isTag(version))
    .map(({ version, digest, modified }) => ({
      name: version,
      ...(digest !== undefined && { digest }),
      ...(modified !== undefined && { pushedAt: modified }),
    }));
}
