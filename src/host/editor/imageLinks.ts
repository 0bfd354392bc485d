import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { DocumentMentions } from './documentMentions.ts';
import { type OtherFeatures, versionStart } from './otherExtensions.ts';

/** Makes a link of each name of an image, which opens the image. Asks no registry before it is followed. */
export class ImageLinks implements vscode.DocumentLinkProvider {
  readonly #mentions: DocumentMentions;
  readonly #othersShow: (document: vscode.TextDocument) => OtherFeatures;

  constructor(mentions: DocumentMentions, othersShow: (document: vscode.TextDocument) => OtherFeatures) {
    this.#mentions = mentions;
    this.#othersShow = othersShow;
  }

  async provideDocumentLinks(document: vscode.TextDocument): Promise<vscode.DocumentLink[]> {
    const mentions = await this.#mentions.of(document);
    const { linkNames } = this.#othersShow(document);
    return mentions.flatMap(({ start, end, raw, kind, reference }) => {
      if (reference === undefined) return [];
      // Of links that touch, VS Code keeps one, and theirs are the later ones: in two parts, the tag stays a link of ours.
      const version = linkNames && (kind === 'from' || kind === 'compose') ? versionStart(raw) : 0;
      const places: readonly (readonly [from: number, to: number])[] =
        version === 0
          ? [[start, end]]
          : [
              [start, start + version - 1],
              [start + version, end],
            ];
      const query = encodeURIComponent(JSON.stringify([reference.familiar]));
      const target = vscode.Uri.parse(`command:${commandIds.showImage}?${query}`);
      return places.map(([from, to]) => {
        const link = new vscode.DocumentLink(
          new vscode.Range(document.positionAt(from), document.positionAt(to)),
          target,
        );
        // The hover has "Show image" already.
        link.tooltip = vscode.l10n.t('Open image');
        return link;
      });
    });
  }
}
