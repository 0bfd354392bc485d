import * as vscode from 'vscode';
import type { ImageDetails, ImageMention, ImageReference } from '../../api.ts';
import { dockerHub } from '../../core/oci/reference.ts';
import { withSignal } from '../cancellation.ts';
import { type CommandId, commandIds } from '../ids.ts';
import { errorMessage, formatDate, formatSize, isCancelled } from '../present.ts';
import type { Services } from '../services.ts';

/** Says over a `FROM` line what the image is, without pulling it. */
export class DockerfileHover implements vscode.HoverProvider {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const mentions = await this.#services.gantry.findReferences(document.getText(), document.languageId);
    const offset = document.offsetAt(position);
    const mention = mentions.find(({ start, end }) => start <= offset && offset <= end);
    if (mention === undefined || token.isCancellationRequested) return undefined;
    const range = new vscode.Range(document.positionAt(mention.start), document.positionAt(mention.end));
    const content = await this.#content(mention, token);
    return content === undefined ? undefined : new vscode.Hover(content, range);
  }

  async #content(mention: ImageMention, token: vscode.CancellationToken): Promise<vscode.MarkdownString | undefined> {
    if (mention.unresolved !== undefined) {
      const names = mention.unresolved.join(', ');
      return plain(vscode.l10n.t('{0} has no value here, so the image is known only when it is built.', names));
    }
    const { reference } = mention;
    if (reference === undefined) return this.#explainInvalid(mention);
    // Opening a file must not tell a host about it that the user has not connected.
    if (reference.registry !== dockerHub && !this.#services.gantry.isConnected(reference))
      return offerLookUp(reference);
    try {
      const image = await withSignal(token, (signal) =>
        this.#services.gantry.inspect(reference.canonical, {
          signal,
          ...(mention.platform !== undefined && { platform: mention.platform }),
        }),
      );
      return describe(reference, image);
    } catch (error) {
      if (isCancelled(error)) return undefined;
      return failure(reference, errorMessage(error));
    }
  }

  #explainInvalid(mention: ImageMention): vscode.MarkdownString | undefined {
    try {
      this.#services.gantry.parseReference(mention.raw);
      return undefined;
    } catch (error) {
      return plain(errorMessage(error));
    }
  }
}

function describe(reference: ImageReference, image: ImageDetails): vscode.MarkdownString {
  const content = trusted();
  heading(content, reference);
  const rows = [
    [vscode.l10n.t('Digest'), `\`${image.digest}\``],
    [vscode.l10n.t('Platforms'), image.platforms.map((platform) => `\`${platform.replaceAll('`', '')}\``).join(' ')],
    [vscode.l10n.t('Size'), sizeText(image)],
    [vscode.l10n.t('Created'), image.createdAt === undefined ? '' : formatDate(image.createdAt)],
  ];
  content.appendMarkdown('|  |  |\n|:--|:--|\n');
  for (const [name, value] of rows) if (value !== '') content.appendMarkdown(`| ${name}&nbsp; | ${value} |\n`);
  const reveal = commandLink(commandIds.reveal, `$(list-tree) ${vscode.l10n.t('Reveal in view')}`, reference);
  content.appendMarkdown(`\n${showImageLink(vscode.l10n.t('Show image'), reference)} &nbsp; ${reveal}`);
  return content;
}

function sizeText(image: ImageDetails): string {
  const size = formatSize(image.size);
  return image.platforms.length > 1 && image.platform !== undefined ? `${size} (${image.platform})` : size;
}

function failure(reference: ImageReference, message: string): vscode.MarkdownString {
  const content = trusted();
  heading(content, reference);
  content.appendMarkdown(`$(warning) ${escapeMarkdown(message)}`);
  content.appendMarkdown(`\n\n[${vscode.l10n.t('Show log')}](command:${commandIds.showLog})`);
  return content;
}

function offerLookUp(reference: ImageReference): vscode.MarkdownString {
  const content = trusted();
  heading(content, reference);
  content.appendMarkdown(showImageLink(vscode.l10n.t('Look up on {0}', reference.registry), reference));
  return content;
}

function plain(message: string): vscode.MarkdownString {
  return new vscode.MarkdownString(escapeMarkdown(message));
}

/** As `appendText` does it, but with blanks that a line can break at. */
function escapeMarkdown(text: string): string {
  return new vscode.MarkdownString(undefined, true).appendText(text).value.replace(/(?:&nbsp;)+/g, ' ');
}

/** Only these commands can be run from it, whatever a registry has put into its texts. */
function trusted(): vscode.MarkdownString {
  const content = new vscode.MarkdownString(undefined, true);
  content.isTrusted = { enabledCommands: [commandIds.showImage, commandIds.reveal, commandIds.showLog] };
  return content;
}

/** A reference has only characters of its grammar, of which none can end a code span. */
function heading(content: vscode.MarkdownString, reference: ImageReference): void {
  content.appendMarkdown(`**\`${reference.familiar}\`**\n\n`);
}

function showImageLink(label: string, reference: ImageReference): string {
  return commandLink(commandIds.showImage, `$(package) ${label}`, reference);
}

function commandLink(command: CommandId, label: string, reference: ImageReference): string {
  const argument = encodeURIComponent(JSON.stringify([reference.familiar]));
  return `[${label}](command:${command}?${argument})`;
}
