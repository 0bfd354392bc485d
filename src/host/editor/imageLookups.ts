import type { ImageDetails, ImageReference, TagSummary, VulnerabilityReport } from '../../api.ts';
import { neverAborted } from '../../core/neverAborted.ts';
import { RecentValues } from '../../core/recentValues.ts';
import { SharedWork } from '../../core/sharedWork.ts';
import type { Signature } from '../../core/trust/signatures.ts';
import type { Services } from '../services.ts';

/** Milliseconds for which what a registry said is taken without asking again. */
const freshFor = 5 * 60 * 1000;
/** Milliseconds for which a failure is: a tag that was missing may have been pushed since. */
const failedFor = 30 * 1000;
/** Images and lists of tags that are kept: those of a large workspace. */
const capacity = 500;

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

interface Kept<T> {
  readonly outcome: Outcome<T>;
  readonly until: number;
}

/** The tags of a repository as its registry lists them. */
export interface TagList {
  /** Newest versions first; the same list as long as it is kept. */
  readonly names: readonly string[];
  readonly tags: ReadonlyMap<string, TagSummary>;
}

/** What editors ask of registries, kept for some minutes: the same image in many lines is looked up once. */
export class ImageLookups {
  readonly #services: Services;
  readonly #now: () => number;
  readonly #images = new RecentValues<Kept<ImageDetails>>(capacity);
  readonly #tags = new RecentValues<Kept<TagList>>(capacity);
  readonly #repositories = new RecentValues<Kept<readonly string[]>>(capacity);
  readonly #digests = new RecentValues<Kept<string>>(capacity);
  readonly #scans = new RecentValues<Kept<VulnerabilityReport | undefined>>(capacity);
  readonly #signatures = new RecentValues<Kept<readonly Signature[]>>(capacity);
  readonly #running = new SharedWork<unknown>();

  constructor(services: Services, now: () => number = Date.now) {
    this.#services = services;
    this.#now = now;
  }

  /** What is known is given at once, and read anew behind it when it is old. */
  image(reference: ImageReference, platform: string | undefined, signal: AbortSignal): Promise<ImageDetails> {
    const key = `${reference.canonical} ${platform ?? ''}`;
    return this.#get(this.#images, `image ${key}`, signal, (stop) =>
      this.#services.gantry.inspect(reference.canonical, { signal: stop, ...(platform !== undefined && { platform }) }),
    );
  }

  /** The names of all tags of a repository, newest versions first. */
  async tags(reference: ImageReference, signal: AbortSignal): Promise<readonly string[]> {
    return (await this.tagList(reference, signal)).names;
  }

  tagList(reference: ImageReference, signal: AbortSignal): Promise<TagList> {
    const name = repositoryOf(reference);
    return this.#get(this.#tags, `tags ${name}`, signal, async (stop) => {
      const { tags } = await this.#services.gantry.tagNames(name, { signal: stop });
      return { names: tags.map((tag) => tag.name), tags: new Map(tags.map((tag) => [tag.name, tag])) };
    });
  }

  /** What is known of the tags without asking. */
  knownTags(reference: ImageReference): readonly string[] | undefined {
    const kept = this.#tags.get(`tags ${repositoryOf(reference)}`);
    return kept !== undefined && 'value' in kept.outcome ? kept.outcome.value.names : undefined;
  }

  /** The digest that a tag names, or a digest that is there. Asked with HEAD, which registries do not count as a pull. */
  digest(reference: ImageReference, tagOrDigest: string, signal: AbortSignal): Promise<string> {
    const name = `${repositoryOf(reference)}${tagOrDigest.includes(':') ? '@' : ':'}${tagOrDigest}`;
    return this.#get(this.#digests, `digest ${name}`, signal, async (stop) => {
      const { digest } = await this.#services.gantry.resolve(name, { signal: stop });
      return digest;
    });
  }

  /** What the registry's own scanner has found; `undefined` where it has none. */
  scan(reference: ImageReference, digest: string, signal: AbortSignal): Promise<VulnerabilityReport | undefined> {
    const { gantry } = this.#services;
    const name = repositoryOf(reference);
    return this.#get(this.#scans, `scan ${name}@${digest}`, signal, async (stop) => {
      const abilities = await gantry.repositoryAbilities(name);
      if (!abilities.has('vulnerabilities')) return undefined;
      return gantry.vulnerabilities(`${name}@${digest}`, { signal: stop });
    });
  }

  signatures(reference: ImageReference, digest: string, signal: AbortSignal): Promise<readonly Signature[]> {
    const name = `${repositoryOf(reference)}@${digest}`;
    return this.#get(this.#signatures, `signatures ${name}`, signal, (stop) =>
      this.#services.gantry.signatures(name, { signal: stop }),
    );
  }

  /** The digests that tags had when the repository was last looked at in the tree. */
  seenDigests(reference: ImageReference): Promise<ReadonlyMap<string, string>> {
    return this.#services.gantry.seenDigests(repositoryOf(reference));
  }

  /** What the list of a repository's tags told of one of them, without asking. */
  knownTag(reference: ImageReference): TagSummary | undefined {
    const kept = this.#tags.get(`tags ${repositoryOf(reference)}`);
    const tag = reference.tag ?? 'latest';
    return kept !== undefined && 'value' in kept.outcome ? kept.outcome.value.tags.get(tag) : undefined;
  }

  /** What a registry lists first, as references without tags. */
  repositories(connectionId: string, signal: AbortSignal): Promise<readonly string[]> {
    return this.#get(this.#repositories, `repositories ${connectionId}`, signal, async (stop) => {
      const page = await this.#services.gantry.listRepositories(connectionId, { signal: stop });
      return page.items.map(({ reference }) => reference);
    });
  }

  /** Forgets all: logins and connections have changed. */
  clear(): void {
    for (const values of [this.#images, this.#tags, this.#repositories, this.#digests, this.#scans, this.#signatures])
      values.clear();
  }

  async #get<T>(
    values: RecentValues<Kept<T>>,
    key: string,
    signal: AbortSignal,
    read: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const kept = values.get(key);
    const isFresh = kept !== undefined && kept.until > this.#now();
    if (kept !== undefined && (isFresh || 'value' in kept.outcome)) {
      // Nobody waits for it, so nobody can cancel it; the client has deadlines.
      if (!isFresh) this.#read(values, key, neverAborted, read).catch(() => {});
      if ('value' in kept.outcome) return kept.outcome.value;
      throw kept.outcome.error;
    }
    return this.#read(values, key, signal, read);
  }

  async #read<T>(
    values: RecentValues<Kept<T>>,
    key: string,
    signal: AbortSignal,
    read: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      const value = (await this.#running.run(key, signal, read)) as T;
      values.set(key, { outcome: { value }, until: this.#now() + freshFor });
      return value;
    } catch (error) {
      if (!signal.aborted) values.set(key, { outcome: { error }, until: this.#now() + failedFor });
      throw error;
    }
  }
}

function repositoryOf({ registry, repository }: ImageReference): string {
  return `${registry}/${repository}`;
}
