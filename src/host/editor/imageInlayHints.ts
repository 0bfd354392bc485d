import * as vscode from 'vscode';
import type { ImageDetails, ImageMention, ImageReference } from '../../api.ts';
import type { KnownImage } from '../../core/mentions/checks.ts';
import { withSignal } from '../cancellation.ts';
import { settingIds } from '../ids.ts';
import { formatDateTime, formatLongAge, formatSize } from '../present.ts';
import type { ImageChecks } from './checks/imageChecks.ts';
import type { DocumentMentions } from './documentMentions.ts';
import type { ImageLookups } from './imageLookups.ts';
import type { MentionEdits } from './mentionEdits.ts';
import { isTagOnHub, type OtherFeatures } from './otherExtensions.ts';

interface Parts {
  readonly mentions: DocumentMentions;
  readonly lookups: ImageLookups;
  readonly checks: Pick<ImageChecks, 'known' | 'onDidCheck'>;
  readonly edits: MentionEdits;
  readonly othersShow: (document: vscode.TextDocument) => OtherFeatures;
}

interface Wanted {
  readonly age: boolean;
  readonly version: boolean;
  readonly size: boolean;
}

/**
 * Age, size and version of images behind their names. The age is taken from what the checks have read anyway; size and version, which
 * are off unless told, need a look at each image that is in view.
 */
export class ImageInlayHints implements vscode.InlayHintsProvider {
  readonly #parts: Parts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeInlayHints = this.#changed.event;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      parts.checks.onDidCheck(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration('gantry.inlayHints') && this.#changed.fire(),
      ),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async provideInlayHints(
    document: vscode.TextDocument,
    range: vscode.Range,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlayHint[]> {
    const wanted = wantedOf(document);
    if (!wanted.age && !wanted.version && !wanted.size) return [];
    const mentions = await this.#parts.mentions.of(document);
    const { tellAge } = this.#parts.othersShow(document);
    const inView = mentions.filter(
      ({ end, isOutput }) => isOutput !== true && range.contains(document.positionAt(end)),
    );
    const hints = await withSignal(token, (signal) =>
      Promise.all(
        inView.map((mention) => {
          const age = wanted.age && !(tellAge && isTagOnHub(mention));
          return this.#hint(document, mention, { ...wanted, age }, signal);
        }),
      ),
    );
    return hints.filter((hint) => hint !== undefined);
  }

  async #hint(
    document: vscode.TextDocument,
    mention: ImageMention,
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<vscode.InlayHint | undefined> {
    const { reference } = mention;
    if (reference === undefined) return undefined;
    const details = await this.#details(mention, reference, wanted, signal);
    const known = this.#parts.checks.known(mention);
    const listed = reference.digest === undefined ? this.#parts.lookups.knownTag(reference) : undefined;
    const createdAt = details?.createdAt ?? known?.createdAt ?? listed?.createdAt ?? listed?.pushedAt;
    const version = reference.digest === undefined || !wanted.version ? undefined : versionOf(details, known);
    const parts = [
      ...(version === undefined ? [] : [version]),
      ...(wanted.age && createdAt !== undefined ? [formatLongAge(createdAt)] : []),
      ...(wanted.size && details !== undefined ? [formatSize(details.size)] : []),
    ];
    if (parts.length === 0) return undefined;
    const hint = new vscode.InlayHint(document.positionAt(mention.end), parts.join(' · '));
    hint.paddingLeft = true;
    if (createdAt !== undefined) hint.tooltip = vscode.l10n.t('Created {0}', formatDateTime(createdAt));
    return hint;
  }

  /** What a registry does not tell is not shown; the hover says why. */
  async #details(
    { platform }: ImageMention,
    reference: ImageReference,
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<ImageDetails | undefined> {
    const needsImage = wanted.size || (wanted.version && reference.digest !== undefined);
    if (!needsImage || !this.#parts.edits.mayAsk(reference)) return undefined;
    return this.#parts.lookups.image(reference, platform, signal).catch(() => undefined);
  }
}

function wantedOf({ uri }: vscode.TextDocument): Wanted {
  const configuration = vscode.workspace.getConfiguration(undefined, uri);
  const isOn = (id: string): boolean => configuration.get<boolean>(id) === true;
  return {
    age: isOn(settingIds.inlayAge),
    version: isOn(settingIds.inlayVersion),
    size: isOn(settingIds.inlaySize),
  };
}

/** Foreign text, shown as it is: a version of one line. */
function versionOf(details: ImageDetails | undefined, known: KnownImage | undefined): string | undefined {
  const version = (details?.annotations ?? known?.annotations)?.['org.opencontainers.image.version'];
  return version === undefined || !/^[\w.+-]{1,60}$/.test(version) ? undefined : version;
}
