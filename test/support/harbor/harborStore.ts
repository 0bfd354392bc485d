import { PushRecords } from '../pushRecords.ts';
import type { SampleRegistry } from '../sampleRegistry.ts';

export interface HarborProjectRecord {
  readonly id: number;
  readonly name: string;
  readonly isPublic: boolean;
  /** Of a proxy cache: where its images come from. */
  readonly upstream?: string;
}

/** What Harbor knows beside the content of its registry. */
export class HarborStore {
  readonly projects: readonly HarborProjectRecord[];
  readonly records = new PushRecords();
  /** `repository:tag` that an immutability rule matches. */
  readonly immutable = new Set<string>();
  readonly descriptions = new Map<string, string>();
  /** By digest: what the scanner made of it. A report is the answer of `additions/vulnerabilities`. */
  readonly scans = new Map<
    string,
    { readonly status?: string; readonly report?: object; readonly isUnscannable?: true }
  >();

  constructor(projects: readonly HarborProjectRecord[]) {
    this.projects = projects;
  }

  projectOf(repository: string): HarborProjectRecord | undefined {
    const [name] = repository.split('/');
    return this.projects.find((project) => project.name === name);
  }

  /** Digests that an index of the repository names, or that refer to another manifest. */
  hiddenDigests(repository: string, registry: SampleRegistry): ReadonlySet<string> {
    const hidden = new Set<string>();
    for (const [digest, { bytes }] of registry.storage.repositories.get(repository)?.manifests ?? []) {
      const manifest = JSON.parse(bytes.toString()) as {
        readonly manifests?: readonly { readonly digest: string }[];
        readonly subject?: object;
      };
      for (const child of manifest.manifests ?? []) hidden.add(child.digest);
      if (manifest.subject !== undefined) hidden.add(digest);
    }
    return hidden;
  }
}
