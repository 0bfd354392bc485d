import * as vscode from 'vscode';
import type { ImageMention } from '../../api.ts';
import { stagesAbove } from '../../core/mentions/dockerfile.ts';
import { referenceOf } from '../../core/mentions/mention.ts';
import { withSignal } from '../cancellation.ts';
import type { Services } from '../services.ts';
import type { DocumentMentions } from './documentMentions.ts';
import type { ImageLookups } from './imageLookups.ts';
import type { MentionEdits } from './mentionEdits.ts';

/** Proposals at once; VS Code asks again while somebody types. */
const most = 500;

/** Those that most images are built for; others can be typed. */
const platforms = [
  'linux/amd64',
  'linux/arm64',
  'linux/arm/v7',
  'linux/386',
  'linux/ppc64le',
  'linux/riscv64',
  'linux/s390x',
  'windows/amd64',
];

/** What is replaced, and what of it stands before the cursor. */
interface Typed {
  readonly before: string;
  readonly range: vscode.Range;
}

/** Proposes tags in the order of versions, repositories, stages of a Dockerfile, and platforms. */
export class ImageCompletion {
  readonly #services: Services;
  readonly #mentions: DocumentMentions;
  readonly #lookups: ImageLookups;
  readonly #edits: MentionEdits;

  constructor(services: Services, mentions: DocumentMentions, lookups: ImageLookups, edits: MentionEdits) {
    this.#services = services;
    this.#mentions = mentions;
    this.#lookups = lookups;
    this.#edits = edits;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList | undefined> {
    const platform = typedPlatform(document, position);
    if (platform !== undefined) return list(platforms, platform, vscode.CompletionItemKind.EnumMember);
    const offset = document.offsetAt(position);
    const mention = await this.#mentions.typedAt(document, offset);
    if (mention === undefined || mention.unresolved !== undefined || token.isCancellationRequested) return undefined;
    const written = mention.raw.slice(0, offset - mention.start);
    const place = new vscode.Range(document.positionAt(mention.start), document.positionAt(mention.end));
    const [name, tag] = splitTag(written);
    if (tag !== undefined) return this.#tags(name, { before: tag, range: tagRange(document, mention, name) }, token);
    const typed = { before: written, range: place };
    const stages = isDockerfileKind(mention) ? stagesAbove(document.getText(), mention.start) : [];
    const repositories = await this.#repositories(written, token);
    const items = [
      ...list(stages, typed, vscode.CompletionItemKind.Reference).items,
      ...list(repositories, typed, vscode.CompletionItemKind.Module).items,
    ];
    return items.length === 0 ? undefined : new vscode.CompletionList(items);
  }

  async #tags(name: string, typed: Typed, token: vscode.CancellationToken): Promise<vscode.CompletionList | undefined> {
    const { reference } = referenceOf(name);
    if (reference === undefined || !this.#edits.mayAsk(reference)) return undefined;
    const names = await this.#quietly(token, (signal) => this.#lookups.tags(reference, signal));
    return list(names, typed, vscode.CompletionItemKind.Value);
  }

  /** Addresses of registries and what is pinned; of the registry whose address is typed, what it lists. */
  async #repositories(written: string, token: vscode.CancellationToken): Promise<readonly string[]> {
    const connections = this.#services.connections.all();
    const known = connections.flatMap(({ url }) => {
      const { host } = new URL(url);
      return host === '' || url.endsWith('docker.io') ? [] : [`${host}/`];
    });
    const connection = connections.find(({ url }) => written.startsWith(`${new URL(url).host}/`));
    if (connection === undefined) return known;
    return this.#quietly(token, (signal) => this.#lookups.repositories(connection.id, signal));
  }

  /** A registry that does not answer is no reason to disturb who types; the hover says what is wrong. */
  async #quietly(
    token: vscode.CancellationToken,
    read: (signal: AbortSignal) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    try {
      return await withSignal(token, read);
    } catch {
      return [];
    }
  }
}

/** `nginx:1.2` is `nginx` and `1.2`; the colon of a port is none. */
function splitTag(written: string): readonly [name: string, tag: string | undefined] {
  const colon = written.lastIndexOf(':');
  const isTag = colon > 0 && !written.includes('/', colon) && !written.includes('@');
  return isTag ? [written.slice(0, colon), written.slice(colon + 1)] : [written, undefined];
}

function tagRange(document: vscode.TextDocument, mention: ImageMention, name: string): vscode.Range {
  const start = mention.start + name.length + 1;
  const at = mention.raw.indexOf('@');
  return new vscode.Range(document.positionAt(start), document.positionAt(at < 0 ? mention.end : mention.start + at));
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

/** In their order, which VS Code would change to that of the alphabet. */
function list(
  names: readonly string[],
  { before, range }: Typed,
  kind: vscode.CompletionItemKind,
): vscode.CompletionList {
  const matching = names.filter((name) => name.includes(before));
  const items = matching.slice(0, most).map((name, index) => {
    const item = new vscode.CompletionItem(name, kind);
    item.range = range;
    item.sortText = `${index}`.padStart(4, '0');
    return item;
  });
  return new vscode.CompletionList(items, matching.length > most);
}

function isDockerfileKind({ kind }: ImageMention): boolean {
  return kind === 'from' || kind === 'copy-from' || kind === 'mount-from';
}
