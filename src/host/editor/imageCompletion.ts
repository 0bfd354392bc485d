import * as vscode from 'vscode';
import type { ImageMention, ImageReference, TagSummary } from '../../api.ts';
import { stagesAbove } from '../../core/mentions/dockerfile.ts';
import { referenceOf } from '../../core/mentions/mention.ts';
import { isSamePlatform } from '../../core/oci/platform.ts';
import { dateOf } from '../../core/oci/tagOrder.ts';
import { withSignal } from '../cancellation.ts';
import { formatDate, formatSize } from '../present.ts';
import type { Services } from '../services.ts';
import type { DocumentMentions } from './documentMentions.ts';
import type { ImageLookups, TagList } from './imageLookups.ts';
import type { MentionEdits } from './mentionEdits.ts';
import type { OtherFeatures } from './otherExtensions.ts';
import { proposalList, type Typed } from './proposals.ts';
import { repositoryNames } from './repositoryNames.ts';
import { endOfPart, typedImage } from './typedImage.ts';

/** Those that most images are built for, and what stands for that of the machine and of the result. Others can be typed. */
const commonPlatforms = [
  'linux/amd64',
  'linux/arm64',
  'linux/arm/v7',
  'linux/386',
  'linux/ppc64le',
  'linux/riscv64',
  'linux/s390x',
  'windows/amd64',
  '$BUILDPLATFORM',
  '$TARGETPLATFORM',
];

/** Tags whose digests are asked for where the registry's list has none: each is a request. */
const digestsAsked = 5;

interface Parts {
  readonly services: Services;
  readonly mentions: DocumentMentions;
  readonly lookups: ImageLookups;
  readonly edits: MentionEdits;
  readonly othersShow: (document: vscode.TextDocument) => OtherFeatures;
}

/** Proposes tags in the order of versions, digests, repositories, stages of a Dockerfile, and platforms. */
export class ImageCompletion {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList | undefined> {
    const platform = typedPlatform(document, position);
    if (platform !== undefined) return this.#platforms(document, platform, token);
    const offset = document.offsetAt(position);
    const mention = await this.#parts.mentions.typedAt(document, offset);
    if (mention === undefined || mention.unresolved !== undefined || token.isCancellationRequested) return undefined;
    const { part, before, typed } = typedImage(mention.raw.slice(0, offset - mention.start));
    const start = mention.start + before.length;
    const end = mention.start + endOfPart(mention.raw, offset - mention.start, part);
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    const replaced: Typed = { before: typed, range };
    if (part === 'name') return this.#names(document, mention, replaced, token);
    const { reference } = referenceOf(before.slice(0, -1));
    if (reference === undefined || !this.#parts.edits.mayAsk(reference)) return undefined;
    return part === 'tag'
      ? this.#tags(reference, mention.platform, replaced, token)
      : this.#digests(reference, replaced, token);
  }

  async #tags(
    reference: ImageReference,
    platform: string | undefined,
    typed: Typed,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList | undefined> {
    const list = await quietly(token, (signal) => this.#parts.lookups.tagList(reference, signal));
    if (list === undefined) return undefined;
    return proposalList(list.names, typed, vscode.CompletionItemKind.Value, (label) => {
      const tag = list.tags.get(label) ?? { name: label };
      return isFor(tag, platform) ? { label, ...detailOf(tag) } : undefined;
    });
  }

  /** That of the tag which stands before; without one, those of the newest tags. */
  async #digests(
    reference: ImageReference,
    typed: Typed,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList | undefined> {
    const digests = await quietly(token, (signal) => this.#knownDigests(reference, signal));
    if (digests === undefined) return undefined;
    return proposalList(digests.keys(), typed, vscode.CompletionItemKind.Value, (label) => ({
      label,
      detail: digests.get(label)?.join(', ') ?? '',
    }));
  }

  /** Tags by their digests, the newest first. */
  async #knownDigests(reference: ImageReference, signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>> {
    const { tag } = reference;
    if (tag !== undefined) return new Map([[await this.#parts.lookups.digest(reference, tag, signal), [tag]]]);
    const list = await this.#parts.lookups.tagList(reference, signal);
    const listed = digestsByTag(list);
    if (listed.size > 0) return listed;
    const asked = await Promise.all(
      list.names
        .slice(0, digestsAsked)
        .map(async (name) => [await this.#parts.lookups.digest(reference, name, signal), name] as const),
    );
    return grouped(asked);
  }

  async #names(
    document: vscode.TextDocument,
    mention: ImageMention,
    typed: Typed,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList | undefined> {
    const isProposed = mention.kind === 'copy-from' && this.#parts.othersShow(document).proposeStages;
    const wantsStages = isDockerfileKind(mention) && !isProposed;
    const stages = wantsStages ? stagesAbove(document.getText(), mention.start) : [];
    const names = (await quietly(token, (signal) => repositoryNames(this.#parts, typed.before, signal))) ?? [];
    const lists = [
      proposalList(stages, typed, vscode.CompletionItemKind.Reference),
      proposalList(names, typed, vscode.CompletionItemKind.Module),
    ];
    const items = lists.flatMap((list) => list.items);
    // Names are many, and those that follow another letter are others.
    return items.length === 0 ? undefined : new vscode.CompletionList(items, true);
  }

  /** Those that the image on the line is there for, as far as it may be asked. */
  async #platforms(
    document: vscode.TextDocument,
    typed: Typed,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList> {
    const { line } = typed.range.start;
    const mentions = await this.#parts.mentions.of(document);
    const mention = mentions.find(({ start }) => document.positionAt(start).line === line);
    const { reference } = mention ?? {};
    const image =
      reference !== undefined && this.#parts.edits.mayAsk(reference)
        ? await quietly(token, (signal) => this.#parts.lookups.image(reference, undefined, signal))
        : undefined;
    const variables = commonPlatforms.filter((name) => name.startsWith('$'));
    const names = image === undefined ? commonPlatforms : [...image.platforms, ...variables];
    return proposalList(names, typed, vscode.CompletionItemKind.EnumMember);
  }
}

/** A registry that does not answer is no reason to disturb who types; the hover says what is wrong. */
async function quietly<T>(
  token: vscode.CancellationToken,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await withSignal(token, read);
  } catch {
    return undefined;
  }
}

/** Whether an image may be there for a platform; not every registry tells. */
function isFor({ platforms }: TagSummary, platform: string | undefined): boolean {
  if (platform === undefined || platforms === undefined || platforms.length === 0) return true;
  return platforms.some((known) => isSamePlatform(known, platform));
}

/** `Jun 1, 2025 · 54.2 MB` */
function detailOf(tag: TagSummary): { readonly detail?: string } {
  const date = dateOf(tag);
  const facts = [
    ...(date === undefined ? [] : [formatDate(date)]),
    ...(tag.size === undefined ? [] : [formatSize(tag.size)]),
  ];
  return facts.length === 0 ? {} : { detail: facts.join(' · ') };
}

function digestsByTag({ names, tags }: TagList): ReadonlyMap<string, readonly string[]> {
  return grouped(
    names.flatMap((name) => {
      const digest = tags.get(name)?.digest;
      return digest === undefined ? [] : [[digest, name] as const];
    }),
  );
}

function grouped(pairs: readonly (readonly [digest: string, tag: string])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [digest, tag] of pairs) {
    const group = groups.get(digest);
    if (group === undefined) groups.set(digest, [tag]);
    else group.push(tag);
  }
  return groups;
}

function typedPlatform(document: vscode.TextDocument, position: vscode.Position): Typed | undefined {
  if (document.languageId !== 'dockerfile') return undefined;
  const line = document.lineAt(position.line).text;
  const [, before] = /--platform=([^\s=]*)$/.exec(line.slice(0, position.character)) ?? [];
  if (before === undefined) return undefined;
  const [after = ''] = /^\S*/.exec(line.slice(position.character)) ?? [];
  return {
    before,
    range: new vscode.Range(position.translate(0, -before.length), position.translate(0, after.length)),
  };
}

function isDockerfileKind({ kind }: ImageMention): boolean {
  return kind === 'from' || kind === 'copy-from' || kind === 'mount-from';
}
