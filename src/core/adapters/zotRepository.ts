import type { CallOptions, RepositorySession, Vulnerability, VulnerabilityReport } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { assertDigest } from '../oci/digest.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { limits } from '../registry/limits.ts';
import type { ZotApi } from './zotApi.ts';
import { askPage, askPageOrRegistry } from './zotPage.ts';
import { readScan, readTags } from './zotReplies.ts';

const imageFields = 'Tag Digest Size LastUpdated Manifests { Platform { Os Arch } }';
const tagsQuery = (fields: string): string => `query($repo: String!, $page: PageInput) {
  ImageList(repo: $repo, requestedPage: $page) { Page { TotalCount } Results { ${fields} } }
}`;
/** The times of pushes and pulls have come with later versions. */
const tagsQueries = [
  tagsQuery(`${imageFields} PushTimestamp TaggedTimestamp LastPullTimestamp`),
  tagsQuery(`${imageFields} PushTimestamp`),
  tagsQuery(imageFields),
] as const;
const scanQuery = `query($image: String!, $page: PageInput) {
  CVEListForImage(image: $image, requestedPage: $page) {
    Page { TotalCount }
    CVEList { Id Title Description Severity Reference PackageList { Name InstalledVersion FixedVersion } }
  }
}`;

/** A repository of zot: the registry, and its extension for the list of tags and what its scanner found. */
export function createZotRepository(name: string, registry: RepositorySession, api: ZotApi): RepositorySession {
  // Nothing but the registry can tell what a name of another form is.
  if (!isRepositoryName(name)) return registry;
  const scopes = [`repository:${name}:pull`];

  /** The scanner is Trivy, and scans when it is asked. */
  async function vulnerabilities(digest: string, call: CallOptions): Promise<VulnerabilityReport> {
    assertDigest(digest);
    const image = `${name}@${digest}`;
    const question = { queries: [scanQuery], variables: { image }, what: `the scan of ${image}`, scopes } as const;
    const items: Vulnerability[] = [];
    let cursor: string | undefined;
    try {
      for (let pages = 1; pages <= limits.pages && items.length < limits.names; pages++) {
        const options = { ...call, ...(cursor !== undefined && { cursor }) };
        const page = await askPage(api, options, { ...question, sortBy: 'SEVERITY', read: readScan });
        items.push(...page.items);
        cursor = page.cursor;
        if (cursor === undefined) break;
      }
    } catch (error) {
      if (isRegistryError(error, 'unsupported', 'not-found')) return { status: 'unsupported', items: [] };
      // The words are all that tells these apart from a failure.
      if (!isRegistryError(error, 'server')) throw error;
      if (/cve search is disabled/i.test(error.message)) return { status: 'none', items: [] };
      if (/scanning is not supported/i.test(error.message)) return { status: 'unsupported', items: [] };
      throw error;
    }
    return { status: 'done', scanner: 'Trivy', items };
  }

  return {
    ...registry,
    vulnerabilities,
    listTags: (call) =>
      askPageOrRegistry(api, call, {
        queries: tagsQueries,
        variables: { repo: name },
        what: `the tags of ${name}`,
        scopes,
        sortBy: 'ALPHABETIC_ASC',
        read: readTags,
        inRegistry: (own) => registry.listTags(own),
      }),
  };
}
