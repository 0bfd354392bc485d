import * as vscode from 'vscode';
import type { ImageMention, ImageReference } from '../../api.ts';
import { withSignal } from '../cancellation.ts';
import { commandIds, settingIds } from '../ids.ts';
import { formatSize } from '../present.ts';
import type { DocumentMentions } from './documentMentions.ts';
import type { ImageLookups } from './imageLookups.ts';
import type { MentionEdits } from './mentionEdits.ts';

class StageLens extends vscode.CodeLens {
  readonly mention: ImageMention;
  readonly reference: ImageReference;

  constructor(range: vscode.Range, mention: ImageMention, reference: ImageReference) {
    super(range);
    this.mention = mention;
    this.reference = reference;
  }
}

/** Says above the stages of a Dockerfile what they start from. Off unless told; asks when a stage is in view. */
export class StageLenses implements vscode.CodeLensProvider<StageLens> {
  readonly #mentions: DocumentMentions;
  readonly #lookups: ImageLookups;
  readonly #edits: MentionEdits;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(mentions: DocumentMentions, lookups: ImageLookups, edits: MentionEdits) {
    this.#mentions = mentions;
    this.#lookups = lookups;
    this.#edits = edits;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration(settingIds.codeLensStages) && this.#changed.fire(),
      ),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<StageLens[]> {
    const configuration = vscode.workspace.getConfiguration(undefined, document.uri);
    if (configuration.get<boolean>(settingIds.codeLensStages) !== true) return [];
    const mentions = await this.#mentions.of(document);
    return mentions.flatMap((mention) => {
      const { kind, reference, start, end } = mention;
      if (kind !== 'from' || reference === undefined || !this.#edits.mayAsk(reference)) return [];
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      return [new StageLens(range, mention, reference)];
    });
  }

  async resolveCodeLens(lens: StageLens, token: vscode.CancellationToken): Promise<StageLens> {
    const { reference, mention } = lens;
    lens.command = {
      title: await this.#title(reference, mention.platform, token),
      command: commandIds.showImage,
      arguments: [reference.familiar],
    };
    return lens;
  }

  async #title(
    reference: ImageReference,
    platform: string | undefined,
    token: vscode.CancellationToken,
  ): Promise<string> {
    try {
      const image = await withSignal(token, (signal) => this.#lookups.image(reference, platform, signal));
      const { length } = image.layers;
      const layers = length === 1 ? vscode.l10n.t('1 layer') : vscode.l10n.t('{0} layers', length);
      return [formatSize(image.size), layers, ...(image.platform === undefined ? [] : [image.platform])].join(' · ');
    } catch {
      // The hover says why.
      return vscode.l10n.t('Not known');
    }
  }
}
