import type { TagSummary } from '../../api.ts';
import { type ArrangedTags, arrangeTags, sharedDigests, type TagArrangement } from '../../core/finding/arrangeTags.ts';
import type { TagFacts } from '../../core/finding/tagFacts.ts';
import { type FetchPage, PageReading, type ReadingEnd } from '../../core/registry/pageReading.ts';
import { createPause } from '../pause.ts';
import { isCancelled } from '../present.ts';

/** Pages that are read without being asked for: 50,000 tags of most registries. */
const pagesByItself = 50;

/** Milliseconds between two drawings of what is being read. */
const drawingInterval = 1000;

/** What the rows of a repository are made of, at one time. */
export interface TagsState {
  readonly arranged: ArrangedTags;
  readonly read: number;
  /** Where the registry tells. */
  readonly total: number | undefined;
  readonly isReading: boolean;
  /** `undefined` while there is more to read. */
  readonly end: ReadingEnd | undefined;
  /** Why reading stopped before its end, where it failed. */
  readonly failure: unknown;
}

export interface RepositoryTagsOptions {
  readonly fetchPage: FetchPage<TagSummary>;
  /** How they are to be shown now. */
  readonly arrangement: () => Omit<TagArrangement, 'facts'>;
  /** There is something new to draw. */
  readonly changed: () => void;
  readonly now: () => number;
}

/** The tags of a repository that is open in the tree: the first page at once, the others as they come. */
export class RepositoryTags {
  readonly #options: RepositoryTagsOptions;
  readonly #reading: PageReading<TagSummary>;
  readonly #controller = new AbortController();
  readonly facts = new Map<string, TagFacts>();
  /** The digests of an earlier visit. */
  before: ReadonlyMap<string, string> = new Map();
  #following: { readonly controller: AbortController; readonly end: Promise<void> } | undefined;
  #failure: unknown;
  #arranged: { readonly size: number; readonly version: number; readonly tags: Promise<ArrangedTags> } | undefined;
  #version = 0;
  #shared:
    | { readonly size: number; readonly facts: number; readonly names: ReadonlyMap<string, readonly string[]> }
    | undefined;
  #drawnAt = 0;

  constructor(options: RepositoryTagsOptions) {
    this.#options = options;
    this.#reading = new PageReading(options.fetchPage, ({ name }) => name);
  }

  /** What was read, in the order of the registry. */
  get tags(): Iterable<TagSummary> {
    return this.#reading.items;
  }

  /** Reads the first page, and goes on by itself. Errors: of the first page. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#reading.readPage(signal);
    this.#drawnAt = this.#options.now();
    this.follow(pagesByItself);
  }

  /** Reads on, up to so many pages of the list in all; resolves at their end. A failure is a part of the state. */
  follow(pages = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#following !== undefined) return this.#following.end;
    if (this.#reading.end !== undefined || this.#controller.signal.aborted) return Promise.resolve();
    const controller = new AbortController();
    this.#failure = undefined;
    const end = this.#readOn(pages, AbortSignal.any([controller.signal, this.#controller.signal])).finally(() => {
      this.#following = undefined;
      if (!this.#controller.signal.aborted) this.#options.changed();
    });
    this.#following = { controller, end };
    return end;
  }

  /** Leaves it at what was read. */
  stop(): void {
    this.#following?.controller.abort();
  }

  /** Nothing of it is shown any more. */
  dispose(): void {
    this.#controller.abort();
  }

  /** Other tags of an image, as far as their digests are known, in the order of the registry. */
  sameImage(digest: string, name: string): readonly string[] {
    return (
      this.#sharedDigests()
        .get(digest)
        ?.filter((other) => other !== name) ?? []
    );
  }

  /** Order, filter or facts have changed. */
  rearrange(): void {
    this.#version++;
  }

  async state(): Promise<TagsState> {
    return {
      arranged: await this.#arrange(),
      read: this.#reading.size,
      total: this.#reading.total,
      isReading: this.#following !== undefined,
      end: this.#reading.end,
      failure: this.#failure,
    };
  }

  async #readOn(pages: number, signal: AbortSignal): Promise<void> {
    // The rows of the first page go first.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#reading.end === undefined && this.#reading.pages < pages) {
        await this.#reading.readPage(signal);
        if (this.#options.now() - this.#drawnAt < drawingInterval) continue;
        this.#drawnAt = this.#options.now();
        if (!signal.aborted) this.#options.changed();
      }
    } catch (error) {
      if (!isCancelled(error)) this.#failure = error;
    }
  }

  #arrange(): Promise<ArrangedTags> {
    const { size } = this.#reading;
    const known = this.#arranged;
    if (known?.size === size && known.version === this.#version) return known.tags;
    const arrangement = { ...this.#options.arrangement(), facts: this.facts };
    const tags = arrangeTags(this.#reading.items, arrangement, createPause());
    this.#arranged = { size, version: this.#version, tags };
    return tags;
  }

  #sharedDigests(): ReadonlyMap<string, readonly string[]> {
    const [size, facts] = [this.#reading.size, this.facts.size];
    if (this.#shared?.size !== size || this.#shared.facts !== facts)
      this.#shared = { size, facts, names: sharedDigests(this.#reading.items, this.facts) };
    return this.#shared.names;
  }
}
