import * as v from 'valibot';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { dateSchema, lenient, parsed } from './replyFields.ts';

/* What the API of Gitea and Forgejo answers. Every instance has its documentation at /api/swagger. */

export interface GiteaVersion {
  /** A tag, or the digest of a manifest. */
  readonly version: string;
  /** When it was pushed: a tag that is pushed again is a new version. */
  readonly createdAt?: string;
}

export interface GiteaVersions {
  readonly items: readonly GiteaVersion[];
  /** How many came, with those of other packages. */
  readonly received: number;
}

const versionSchema = v.object({
  name: v.string(),
  version: v.pipe(
    v.string(),
    v.check((version) => isTag(version) || isDigest(version)),
  ),
  created_at: lenient(dateSchema),
});

/** Versions of the package of that name; lists that are searched have those of others too. `undefined` for no list. */
export function readVersions(document: unknown, image: string): GiteaVersions | undefined {
  if (!Array.isArray(document)) return undefined;
  const items = document.flatMap((item: unknown): readonly GiteaVersion[] => {
    const read = parsed(versionSchema, item);
    // Owners and packages may be written with capitals, which names in a registry never have.
    if (read === undefined || read.name.toLowerCase() !== image) return [];
    return [{ version: read.version, ...(read.created_at !== undefined && { createdAt: read.created_at }) }];
  });
  return { items, received: document.length };
}

const ownerSchema = v.pipe(v.string(), v.toLowerCase(), v.check(isOwner));

/** The name of the user; `undefined` for what is none. */
export function readUser(document: unknown): string | undefined {
  return parsed(v.object({ login: ownerSchema }), document)?.login;
}

/** Older servers know them as `username` only. `undefined` for no list. */
export function readOrganizations(document: unknown): readonly string[] | undefined {
  if (!Array.isArray(document)) return undefined;
  const schema = v.object({ name: lenient(ownerSchema), username: lenient(ownerSchema) });
  return document.flatMap((item: unknown) => {
    const read = parsed(schema, item);
    return read?.name ?? read?.username ?? [];
  });
}

/** A page of the catalogue; `undefined` for what is none. */
export function readCatalog(
  document: unknown,
): { readonly names: readonly string[]; readonly received: number } | undefined {
  const page = parsed(v.object({ repositories: v.nullable(v.array(v.unknown())) }), document);
  if (page === undefined) return undefined;
  const listed = page.repositories ?? [];
  const names = listed.filter((name): name is string => typeof name === 'string' && isRepositoryName(name));
  return { names, received: listed.length };
}

/** The first part of a repository's name: a user or an organization. */
export function isOwner(name: string): boolean {
  return isRepositoryName(name) && !name.includes('/');
}
