import * as vscode from 'vscode';
import type { ImageMention } from '../../api.ts';
import { parseDotEnv } from '../../core/mentions/dotEnv.ts';
import { isComposeFile } from '../../core/mentions/fileKind.ts';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';

/** UTF-16 units of a document that is read while somebody writes it. Lists of images are not that long. */
const longestDocument = 1024 * 1024;

/** The images that open documents name, found once for each version of a document. */
export class DocumentMentions {
  readonly #services: Services;
  readonly #found = new WeakMap<
    vscode.TextDocument,
    { readonly version: number; readonly mentions: Promise<readonly ImageMention[]> }
  >();

  constructor(services: Services) {
    this.#services = services;
  }

  of(document: vscode.TextDocument): Promise<readonly ImageMention[]> {
    const known = this.#found.get(document);
    if (known?.version === document.version) return known.mentions;
    const mentions = this.#find(document);
    this.#found.set(document, { version: document.version, mentions });
    return mentions;
  }

  /** The one at an offset, or whose version stands there. */
  async at(document: vscode.TextDocument, offset: number): Promise<ImageMention | undefined> {
    const mentions = await this.of(document);
    const covers = ({ start, end }: { start: number; end: number }): boolean => start <= offset && offset <= end;
    return mentions.find(covers) ?? mentions.find(({ definition }) => definition !== undefined && covers(definition));
  }

  /**
   * The one that is being typed at an offset, also where nothing of it is there yet, or it ends with the colon of its tag: what it would be
   * with a letter more, without that letter.
   */
  async typedAt(document: vscode.TextDocument, offset: number): Promise<ImageMention | undefined> {
    const text = document.getText();
    const found = await this.#find(document, `${text.slice(0, offset)}x${text.slice(offset)}`);
    const mention = found.find(({ start, end }) => start <= offset && offset < end);
    if (mention === undefined) return undefined;
    const end = mention.end - 1;
    return { ...mention, end, raw: text.slice(mention.start, end) };
  }

  /** Those of a file that is not open, by its name. */
  async inText(text: string, uri: vscode.Uri, languageId = ''): Promise<readonly ImageMention[]> {
    if (text.length > longestDocument || uri.scheme === schemes.json) return [];
    const environment = isComposeFile(languageId, uri.path) ? await readEnvironment(uri) : undefined;
    return this.#services.gantry.findReferences(text, languageId, uri.path, environment);
  }

  #find(document: vscode.TextDocument, text = document.getText()): Promise<readonly ImageMention[]> {
    return this.inText(text, document.uri, document.languageId);
  }
}

async function readEnvironment(composeFile: vscode.Uri): Promise<ReadonlyMap<string, string> | undefined> {
  if (composeFile.scheme === 'untitled') return undefined;
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(composeFile, '..', '.env'));
    return parseDotEnv(new TextDecoder().decode(bytes));
  } catch {
    // Most have none.
    return undefined;
  }
}
