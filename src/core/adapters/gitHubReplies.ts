import * as v from 'valibot';
import type { RepositoryListing, TagSummary } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { countSchema, dateSchema, lenient, parsed, textSchema } from './replyFields.ts';

/* What GitHub's API answers about packages. https://docs.github.com/en/rest/packages/packages */

/** A manifest with its tags: `name` is its digest. */
export interface GitHubVersion {
  readonly id: number;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt?: string;
}

const loginSchema = v.object({ login: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]*$/i)) });

const packageSchema = v.object({
  name: v.string(),
  visibility: lenient(textSchema),
  updated_at: lenient(dateSchema),
  repository: lenient(v.object({ description: lenient(textSchema) })),
});

const versionSchema = v.object({
  id: countSchema,
  name: v.pipe(v.string(), v.check(isDigest)),
  created_at: lenient(dateSchema),
  updated_at: lenient(dateSchema),
  metadata: lenient(v.object({ container: lenient(v.object({ tags: lenient(v.array(v.unknown())) })) })),
});

/** Names of owners count without case, and are written in lower case in names of images. `undefined` for what is none. */
export function readLogin(item: unknown): string | undefined {
  return parsed(loginSchema, item)?.login.toLowerCase();
}

export function readLogins(document: unknown): readonly string[] | undefined {
  return readItems(document, readLogin);
}

export function readPackages(document: unknown, owner: string): readonly RepositoryListing[] | undefined {
  return readItems(document, (item) => {
    const found = parsed(packageSchema, item);
    const name = `${owner}/${found?.name.toLowerCase()}`;
    if (found === undefined || !isRepositoryName(name)) return undefined;
    const description = [found.visibility, found.repository?.description].filter((part) => part !== undefined);
    return {
      name,
      ...(description.length > 0 && { description: description.join(': ') }),
      ...(found.updated_at !== undefined && { updatedAt: found.updated_at }),
    };
  });
}

export function readVersions(document: unknown): readonly GitHubVersion[] | undefined {
  return readItems(document, (item) => {
    const version = parsed(versionSchema, item);
    if (version === undefined) return undefined;
    const tags = version.metadata?.container?.tags ?? [];
    // A tag that is given to it later makes it a newer one.
    const pushedAt = version.updated_at ?? version.created_at;
    return {
      id: version.id,
      digest: version.name,
      tags: tags.filter((tag): tag is string => typeof tag === 'string' && isTag(tag)),
      ...(pushedAt !== undefined && { pushedAt }),
    };
  });
}

export function tagsOf({ tags, digest, pushedAt }: GitHubVersion): readonly TagSummary[] {
  return tags.map((name) => ({ name, digest, ...(pushedAt !== undefined && { pushedAt }) }));
}

function readItems<T>(document: unknown, readItem: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(document)) return undefined;
  return document.map(readItem).filter((item) => item !== undefined);
}
