import * as vscode from 'vscode';
import type { ImageReference } from '../../api.ts';
import type { Connection } from '../../core/connections.ts';
import { isRegistryError } from '../../core/errors.ts';
import { nameEdit } from '../../core/mentions/editMention.ts';
import { dockerHub } from '../../core/oci/reference.ts';
import { withSignal } from '../cancellation.ts';
import { commandIds } from '../ids.ts';
import { errorMessage, isCancelled } from '../present.ts';
import type { Services } from '../services.ts';
import type { DocumentMentions } from './documentMentions.ts';
import { describeImage, type HoverPlace } from './hoverContent.ts';
import { escapeMarkdown, heading, link, plain, separator, trusted } from './hoverMarkdown.ts';
import { readFacts } from './imageFacts.ts';
import type { ImageLookups } from './imageLookups.ts';
import { placeOf } from './mentionEdits.ts';

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

  async #content(place: HoverPlace, token: vscode.CancellationToken): Promise<vscode.MarkdownString | undefined> {
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
    const image = { ...mention, reference };
    try {
      const facts = await withSignal(token, (signal) => readFacts(this.#lookups, image, signal));
      return describeImage(place, reference, facts);
    } catch (error) {
      if (isCancelled(error)) return undefined;
      return this.#failure(reference, error);
    }
  }

  #explainInvalid({ document, mention }: HoverPlace): vscode.MarkdownString | undefined {
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
    // What an account may not see is often told of images that it does not see.
    const wantsLogin =
      isRegistryError(error, 'unauthorized') ||
      (isRegistryError(error, 'denied') && connection !== undefined && this.#account(connection) === undefined);
    if (wantsLogin && connection !== undefined)
      links.unshift(link('$(sign-in)', vscode.l10n.t('Sign in'), commandIds.signIn, connection.id));
    content.appendMarkdown(links.join(separator));
    return content;
  }

  #account(connection: Connection): string | undefined {
    return this.#services.connections.info(connection).account;
  }
}

function offerLookUp(reference: ImageReference): vscode.MarkdownString {
  const content = trusted();
  heading(content, reference);
  const label = vscode.l10n.t('Look up on {0}', reference.registry);
  content.appendMarkdown(link('$(package)', label, commandIds.showImage, reference.familiar));
  return content;
}
