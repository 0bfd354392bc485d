import * as vscode from 'vscode';
import type { ImageDetails, ImageMention, ImageReference } from '../../api.ts';
import { isRegistryError } from '../../core/errors.ts';
import { nameEdit, pinEdit, tagEdit, unpinEdit } from '../../core/mentions/editMention.ts';
import { type NewerTags, newerTags, type UpdateStep } from '../../core/oci/newerTags.ts';
import { dockerHub } from '../../core/oci/reference.ts';
import { withSignal } from '../cancellation.ts';
import { commandIds } from '../ids.ts';
import { errorMessage, formatDate, formatSize, isCancelled } from '../present.ts';
import type { Services } from '../services.ts';
import type { DocumentMentions } from './documentMentions.ts';
import type { ImageLookups } from './imageLookups.ts';
import { placeOf } from './mentionEdits.ts';

/** Milliseconds that a hover waits for what is newer; the next one has it. */
const patience = 1500;

/** What the links of a hover act on. */
interface Place {
  readonly document: vscode.TextDocument;
  readonly mention: ImageMention;
}

/** Says over the name of an image what it is and what is newer, without pulling it. */
export class ImageHover {
  readonly #services: Services;
  readonly #mentions: DocumentMentions;
  readonly #lookups: ImageLookups;

  constructor(services: Services, mentions: DocumentMentions, lookups: ImageLookups) {
    this.#services = services;
    this.#mentions = mentions;
    this.#lookups = lookups;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const mention = await this.#mentions.at(document, document.offsetAt(position));
    if (mention === undefined || token.isCancellationRequested) return undefined;
    const content = await this.#content({ document, mention }, token);
    if (content === undefined) return undefined;
    const isInside = document.offsetAt(position) >= mention.start && document.offsetAt(position) <= mention.end;
    const { start, end } = isInside ? mention : (mention.definition ?? mention);
    return new vscode.Hover(content, new vscode.Range(document.positionAt(start), document.positionAt(end)));
  }

  async #content(place: Place, token: vscode.CancellationToken): Promise<vscode.MarkdownString | undefined> {
    const { mention } = place;
    if (mention.unresolved !== undefined) {
      const names = mention.unresolved.join(', ');
      return plain(
        mention.kind === 'from'
          ? vscode.l10n.t('{0} has no value here, so the image is known only when it is built.', names)
          : vscode.l10n.t('{0} has no value here, so the image is not known.', names),
      );
    }
    const { reference } = mention;
    if (reference === undefined) return this.#explainInvalid(place);
    // Opening a file must not tell a host about it that the user has not connected.
    if (reference.registry !== dockerHub && !this.#services.gantry.isConnected(reference))
      return offerLookUp(reference);
    try {
      const [image, newer] = await withSignal(token, (signal) =>
        Promise.all([this.#lookups.image(reference, mention.platform, signal), this.#newer(reference, signal)]),
      );
      return describe(place, reference, image, newer);
    } catch (error) {
      if (isCancelled(error)) return undefined;
      return this.#failure(reference, error);
    }
  }

  /** Nothing where the list of tags fails or takes long: it is said of the image what is known of it. */
  async #newer(reference: ImageReference, signal: AbortSignal): Promise<NewerTags> {
    const { tag } = reference;
    if (tag === undefined) return {};
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), patience);
    });
    const reading = this.#lookups.tags(reference, signal).catch(() => undefined);
    const names = await Promise.race([reading, late]);
    clearTimeout(timer);
    return names === undefined ? {} : newerTags(tag, names);
  }

  #explainInvalid({ document, mention }: Place): vscode.MarkdownString | undefined {
    try {
      this.#services.gantry.parseReference(mention.raw);
      return undefined;
    } catch (error) {
      const content = trusted();
      content.appendMarkdown(escapeMarkdown(errorMessage(error)));
      const edit = nameEdit(mention);
      if (edit !== undefined) {
        content.appendMarkdown(
          `\n\n${link('$(edit)', vscode.l10n.t('Write it as {0}', edit.newText), commandIds.correctName, placeOf(document, mention))}`,
        );
      }
      return content;
    }
  }

  #failure(reference: ImageReference, error: unknown): vscode.MarkdownString {
    const content = trusted();
    heading(content, reference);
    content.appendMarkdown(`$(warning) ${escapeMarkdown(errorMessage(error))}\n\n`);
    const connection = this.#services.connections.forReference(reference);
    const links = [link('$(output)', vscode.l10n.t('Show log'), commandIds.showLog)];
    if (isRegistryError(error, 'unauthorized') && connection !== undefined)
      links.unshift(link('$(sign-in)', vscode.l10n.t('Sign in'), commandIds.signIn, connection.id));
    content.appendMarkdown(links.join(separator));
    return content;
  }
}

const separator = '&nbsp;&nbsp;&nbsp;';

function describe(
  place: Place,
  reference: ImageReference,
  image: ImageDetails,
  newer: NewerTags,
): vscode.MarkdownString {
  const content = trusted();
  heading(content, reference);
  const rows = [
    [vscode.l10n.t('Digest'), `\`${image.digest}\``],
    [vscode.l10n.t('Platforms'), image.platforms.map(code).join(' ')],
    [vscode.l10n.t('Size'), sizeText(image)],
    [vscode.l10n.t('Created'), image.createdAt === undefined ? '' : formatDate(image.createdAt)],
    [vscode.l10n.t('Base'), annotation(image, 'org.opencontainers.image.base.name')],
    [vscode.l10n.t('Source'), annotation(image, 'org.opencontainers.image.source')],
    [vscode.l10n.t('Newer'), newerText(place, newer)],
  ];
  content.appendMarkdown('|  |  |\n|:--|:--|\n');
  for (const [name, value] of rows) if (value !== '') content.appendMarkdown(`| ${name}&nbsp; | ${value} |\n`);
  content.appendMarkdown(`\n${actions(place, reference).join(separator)}`);
  return content;
}

/** Each is a link where the file can be changed by it. */
function newerText({ document, mention }: Place, newer: NewerTags): string {
  const steps: readonly UpdateStep[] = ['patch', 'minor', 'major'];
  return steps
    .flatMap((step) => newer[step] ?? [])
    .map((tag) => {
      const canEdit = tagEdit(document.getText(), mention, tag) !== undefined;
      return canEdit ? link('', tag, commandIds.updateTag, { ...placeOf(document, mention), tag }) : code(tag);
    })
    .join(' · ');
}

function actions({ document, mention }: Place, reference: ImageReference): readonly string[] {
  const where = placeOf(document, mention);
  const image = { kind: 'link', reference: reference.familiar };
  const links = [link('$(package)', vscode.l10n.t('Show image'), commandIds.showImage, reference.familiar)];
  if (reference.digest === undefined && pinEdit(mention, '') !== undefined)
    links.push(link('$(pinned)', vscode.l10n.t('Pin to digest'), commandIds.pinDigest, where));
  if (unpinEdit(mention) !== undefined)
    links.push(link('$(pin)', vscode.l10n.t('Unpin'), commandIds.unpinDigest, where));
  links.push(
    link('$(list-tree)', vscode.l10n.t('Reveal in view'), commandIds.reveal, reference.familiar),
    link('$(cloud-download)', vscode.l10n.t('Pull'), commandIds.pull, image),
    link('$(copy)', vscode.l10n.t('Copy pinned'), commandIds.copyPinnedReference, image),
  );
  return links;
}

function annotation(image: ImageDetails, name: string): string {
  const value = image.annotations[name];
  return value === undefined ? '' : code(value.slice(0, 200));
}

function sizeText(image: ImageDetails): string {
  const size = formatSize(image.size);
  return image.platforms.length > 1 && image.platform !== undefined ? `${size} (${image.platform})` : size;
}

function offerLookUp(reference: ImageReference): vscode.MarkdownString {
  const content = trusted();
  heading(content, reference);
  const label = vscode.l10n.t('Look up on {0}', reference.registry);
  content.appendMarkdown(link('$(package)', label, commandIds.showImage, reference.familiar));
  return content;
}

function plain(message: string): vscode.MarkdownString {
  return new vscode.MarkdownString(escapeMarkdown(message));
}

/** As `appendText` does it, but with blanks that a line can break at. */
function escapeMarkdown(text: string): string {
  return new vscode.MarkdownString(undefined, true).appendText(text).value.replace(/(?:&nbsp;)+/g, ' ');
}

/** What ends a code span or a cell of a table is left out. */
function code(text: string): string {
  return `\`${text.replace(/[`|\r\n]/g, '')}\``;
}

/** Only these commands can be run from it, whatever a registry has put into its texts. */
function trusted(): vscode.MarkdownString {
  const content = new vscode.MarkdownString(undefined, true);
  const {
    showImage,
    reveal,
    showLog,
    signIn,
    pinDigest,
    unpinDigest,
    updateTag,
    correctName,
    pull,
    copyPinnedReference,
  } = commandIds;
  content.isTrusted = {
    enabledCommands: [
      showImage,
      reveal,
      showLog,
      signIn,
      pinDigest,
      unpinDigest,
      updateTag,
      correctName,
      pull,
      copyPinnedReference,
    ],
  };
  return content;
}

/** A reference has only characters of its grammar, of which none can end a code span. */
function heading(content: vscode.MarkdownString, reference: ImageReference): void {
  content.appendMarkdown(`**\`${reference.familiar}\`**\n\n`);
}

function link(icon: string, label: string, command: string, ...args: readonly unknown[]): string {
  const query = args.length === 0 ? '' : `?${encodeURIComponent(JSON.stringify(args))}`;
  return `[${icon === '' ? '' : `${icon} `}${escapeMarkdown(label)}](command:${command}${query})`;
}
