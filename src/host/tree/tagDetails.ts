import { undescribed } from '../../core/finding/arrangeTags.ts';
import { type FactSource, imagesAtOnce, isHopeless, readFacts } from '../../core/finding/readFacts.ts';
import { withFacts } from '../../core/finding/tagFacts.ts';
import { WantedWork } from '../../core/finding/wantedWork.ts';
import { logError } from '../log.ts';
import { isCancelled } from '../present.ts';
import type { Services } from '../services.ts';
import type { RepositoryNode, TagNode } from './nodes.ts';
import type { RepositoryTags } from './repositoryTags.ts';

/** Rows of a repository that are looked at when it is opened: what a high window shows. */
const firstRows = 40;

/** Rows looked at before and after one that the user points at. */
const rowsBefore = 15;
const rowsAfter = 30;

/** Milliseconds after which the rows are drawn of which something is known, though others are still asked about. */
const drawingDelay = 1000;

interface Opened {
  /** Of the repository. */
  readonly id: string;
  readonly tags: RepositoryTags;
  /** In the order of the rows. */
  rows: readonly TagNode[];
  /** Whether the first rows are taken to be in view: until the user points at others. */
  isAtTop: boolean;
  /** The first tags of which the filter cannot tell: not more of them by itself, however many follow. */
  candidates: readonly TagNode[];
  /** Whether an answer said that all others will be the same error. */
  isHopeless: boolean;
}

/**
 * Digests, sizes, dates and platforms of the rows that are likely to be in view. VS Code does not say which rows are: they
 * are taken to be the first ones of a repository that is opened, and those around the row that was last selected, expanded
 * or pointed at. What is asked for is always the last such window; the rest of an earlier one is cancelled.
 */
export class TagDetails {
  readonly #services: Services;
  readonly #draw: (nodes: readonly TagNode[]) => void;
  readonly #needsSignatures: () => boolean;
  readonly #opened = new Map<string, Opened>();
  readonly #work = new WantedWork(imagesAtOnce, (key, signal) => this.#ask(key, signal));
  #wanted: readonly string[] = [];
  /** The repository that was opened or pointed at last. */
  #active: string | undefined;
  readonly #drawn = new Map<string, TagNode>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    services: Services,
    {
      draw,
      needsSignatures,
    }: { readonly draw: (nodes: readonly TagNode[]) => void; readonly needsSignatures: () => boolean },
  ) {
    this.#services = services;
    this.#draw = draw;
    this.#needsSignatures = needsSignatures;
  }

  /** The rows of a repository as they are shown now. The first time it is opened its first rows are looked at. */
  show(node: RepositoryNode, tags: RepositoryTags, rows: readonly TagNode[], candidates: readonly TagNode[]): void {
    let opened = this.#opened.get(node.id);
    if (opened?.tags === tags) {
      opened.rows = rows;
      const further = candidates.filter(({ id }) => !opened?.candidates.some((known) => known.id === id));
      opened.candidates = [...opened.candidates, ...further].slice(0, firstRows);
      if (!opened.isAtTop || this.#active !== node.id) return;
    } else {
      this.#work.forget((key) => key.startsWith(`${node.id}|`));
      this.#active = node.id;
      opened = { id: node.id, tags, rows, candidates, isAtTop: true, isHopeless: false };
      this.#opened.set(node.id, opened);
    }
    this.#want(opened, rows.slice(0, firstRows));
  }

  /** Something else is asked of tags from now on. */
  filterChanged(): void {
    for (const opened of this.#opened.values()) opened.candidates = [];
    this.#work.forget(() => true);
  }

  /** The user points at a row, so those around it are in view. */
  pointAt(tag: TagNode): void {
    const opened = this.#opened.get(tag.parent.id);
    const rows = opened?.rows ?? [];
    const index = rows.findIndex(({ id }) => id === tag.id);
    if (opened === undefined || index < 0) return;
    if (opened.isAtTop && index < firstRows) return;
    opened.isAtTop = false;
    this.#active = opened.id;
    this.#want(opened, rows.slice(Math.max(0, index - rowsBefore), index + rowsAfter));
  }

  /** Nothing of a repository is in view any more. */
  leave(node: { readonly id: string }): void {
    this.#wanted = this.#wanted.filter((key) => !key.startsWith(`${node.id}|`));
    this.#work.want(this.#wanted);
  }

  /** What was known of these repositories is not shown any more. */
  forget(isConcerned: (repositoryId: string) => boolean): void {
    for (const id of this.#opened.keys()) {
      if (!isConcerned(id)) continue;
      this.#opened.delete(id);
      this.#work.forget((key) => key.startsWith(`${id}|`));
    }
  }

  /** Resolves when nothing is asked any more. */
  idle(): Promise<void> {
    return this.#work.idle();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#work.dispose();
  }

  #want({ tags, candidates }: Opened, rows: readonly TagNode[]): void {
    const wanted = [...rows, ...candidates];
    const left = new Set(
      undescribed(
        wanted.map(({ tag }) => tag),
        tags.facts,
        this.#needsSignatures(),
      ).map(({ name }) => name),
    );
    this.#wanted = wanted.filter(({ tag }) => left.has(tag.name)).map(({ id }) => id);
    this.#work.want(this.#wanted);
    void this.#work.idle().then(() => this.#drawNow());
  }

  async #ask(key: string, signal: AbortSignal): Promise<void> {
    const opened = [...this.#opened.values()].find(({ id }) => key.startsWith(`${id}|:`));
    const row = [...(opened?.rows ?? []), ...(opened?.candidates ?? [])].find(({ id }) => id === key);
    if (opened === undefined || row === undefined || opened.isHopeless) return;
    try {
      const { facts: known } = opened.tags;
      const source = factSource(this.#services, row.parent, this.#needsSignatures());
      const facts = await readFacts(source, withFacts(row.tag, known.get(row.tag.name)), signal);
      known.set(row.tag.name, facts);
      // The other names of an image name this one now.
      const isSame = ({ tag }: TagNode): boolean => (tag.digest ?? known.get(tag.name)?.digest) === facts.digest;
      this.#drawLater([row, ...opened.rows.filter(isSame)]);
    } catch (error) {
      if (isCancelled(error)) return;
      if (isHopeless(error)) opened.isHopeless = true;
      logError(this.#services.log, `Looking at ${row.reference}`, error);
    }
  }

  /** Not each alone: a row that is drawn is asked for anew, and VS Code loses a click that falls into it. */
  #drawLater(rows: readonly TagNode[]): void {
    for (const row of rows) this.#drawn.set(row.id, row);
    this.#timer ??= setTimeout(() => this.#drawNow(), drawingDelay);
  }

  #drawNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = [...this.#drawn.values()];
    this.#drawn.clear();
    if (rows.length > 0) this.#draw(rows);
  }
}

export function factSource(
  { gantry }: Services,
  { repository, connection }: RepositoryNode,
  needsSignatures: boolean,
): FactSource {
  const { inspect, referringSignatures: signatures } = gantry;
  const source = { inspect, repository: repository.reference, connectionId: connection.id };
  return needsSignatures ? { ...source, signatures } : source;
}
