import type { ImageDetails, ImageReference } from '../../api.ts';
import { RecentValues } from '../../core/recentValues.ts';
import { SharedWork } from '../../core/sharedWork.ts';
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

/** What editors ask of registries, kept for some minutes: the same image in many lines is looked up once. */
export class ImageLookups {
  readonly #services: Services;
  readonly #now: () => number;
  readonly #images = new RecentValues<Kept<ImageDetails>>(capacity);
  readonly #names = new RecentValues<Kept<readonly string[]>>(capacity);
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
  tags(reference: ImageReference, signal: AbortSignal): Promise<readonly string[]> {
    const name = repositoryOf(reference);
    return this.#get(this.#names, `tags ${name}`, signal, async (stop) =>
      (await this.#services.gantry.tagNames(name, { signal: stop })).tags.map((tag) => tag.name),
    );
  }

  /** What is known of the tags without asking. */
  knownTags(reference: ImageReference): readonly string[] | undefined {
    const kept = this.#names.get(`tags ${repositoryOf(reference)}`);
    return kept !== undefined && 'value' in kept.outcome ? kept.outcome.value : undefined;
  }

  /** What a registry lists first, as references without tags. */
  repositories(connectionId: string, signal: AbortSignal): Promise<readonly string[]> {
    return this.#get(this.#names, `repositories ${connectionId}`, signal, async (stop) => {
      const page = await this.#services.gantry.listRepositories(connectionId, { signal: stop });
      return page.items.map(({ reference }) => reference);
    });
  }

  /** Forgets all: logins and connections have changed. */
  clear(): void {
    this.#images.clear();
    this.#names.clear();
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

const neverAborted: AbortSignal = new AbortController().signal;
