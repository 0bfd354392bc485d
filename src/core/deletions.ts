import type { CallOptions, DeletePlan, RepositorySession, TagSummary } from '../api.ts';
import { throwIfAborted } from './errors.ts';
import type { Manifest } from './oci/manifest.ts';
import { deletePlannedManifest, deletePlannedTag, planManifestDeletion, planTagDeletion } from './transfer/deletion.ts';
import { findTagDigests, type TagDigests } from './transfer/tagDigests.ts';

/** Milliseconds for which a complete search of a repository counts. */
const lifetime = 5 * 60 * 1000;

/** The repository that something is deleted from. */
export interface DeletionContext extends CallOptions {
  /** Of the repository on its connection. */
  readonly key: string;
  readonly repository: RepositorySession;
  readonly listTags: () => Promise<readonly TagSummary[]>;
  readonly fetchManifest: (digest: string) => Promise<Manifest>;
}

export interface SearchOptions {
  /** Ends the search for tags early; what was found by then is in the plan. */
  readonly stopScan?: AbortSignal;
  readonly onProgress?: (checkedTags: number, totalTags: number) => void;
}

interface Search {
  readonly siblings: TagDigests;
  /** Plans made from it, by digest. */
  readonly plans: Map<string, DeletePlan>;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Plans deletions and runs them. A complete search of a repository's tags is kept for some minutes. */
export class Deletions {
  readonly #now: () => number;
  readonly #searches = new Map<string, Search>();
  /** How often something was forgotten: a search that was under way then may be of before. */
  #forgotten = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async plan(
    context: DeletionContext,
    target: { readonly reference: string; readonly tag: string | undefined; readonly digest: string | undefined },
    options: SearchOptions,
  ): Promise<DeletePlan> {
    const { repository, signal } = context;
    const { reference, tag = 'latest', digest } = target;
    if (digest === undefined) return planTagDeletion(repository, { reference, tag }, { signal });
    const { siblings, plans } = this.#known(context.key) ?? (await this.#search(context, options));
    const plan =
      plans.get(digest) ?? (await planManifestDeletion(repository, { reference, digest, siblings }, context));
    plans.set(digest, plan);
    return plan;
  }

  /** `deleteTag` is another way to remove a tag alone than the registry's own. */
  async run(context: DeletionContext, plan: DeletePlan, deleteTag?: () => Promise<void>): Promise<void> {
    const { key, repository } = context;
    const search = this.#known(key);
    const forgotten = this.#forgotten;
    if (plan.kind === 'tag') await (deleteTag?.() ?? deletePlannedTag(repository, plan, context));
    else await deletePlannedManifest(repository, plan, { ...context, siblings: search?.siblings });
    if (search === undefined || forgotten !== this.#forgotten) return;
    // What is left is still true, so the next deletion here needs no new search.
    const descriptors = new Map([...search.siblings.descriptors].filter(([tag]) => !plan.tags.includes(tag)));
    const siblings = { ...search.siblings, descriptors, total: descriptors.size };
    this.#searches.set(key, { ...search, siblings, plans: new Map() });
  }

  /** Forgets what is known of a repository, or of all whose key begins so. */
  forget(prefix: string): void {
    this.#forgotten++;
    for (const key of this.#searches.keys()) if (key.startsWith(prefix)) this.#searches.delete(key);
  }

  #known(key: string): Search | undefined {
    const search = this.#searches.get(key);
    return search !== undefined && search.until > this.#now() ? search : undefined;
  }

  async #search(context: DeletionContext, { stopScan, onProgress = () => {} }: SearchOptions): Promise<Search> {
    const forgotten = this.#forgotten;
    const signal = stopScan === undefined ? context.signal : AbortSignal.any([context.signal, stopScan]);
    const siblings = await findTagDigests(context.repository, await context.listTags(), { signal, onProgress });
    throwIfAborted(context.signal);
    const search = { siblings, plans: new Map(), until: this.#now() + lifetime };
    if (siblings.isComplete && forgotten === this.#forgotten) this.#searches.set(context.key, search);
    return search;
  }
}
