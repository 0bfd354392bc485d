import * as vscode from 'vscode';
import { type ImageStatus, statusGroup } from '../../../core/mentions/imageStatus.ts';
import { type NewerTags, newestWithin, type UpdateStep, updateSteps } from '../../../core/oci/newerTags.ts';
import { withProgress } from '../../progress.ts';
import type { DocumentMentions } from '../documentMentions.ts';
import type { ImageLookups } from '../imageLookups.ts';
import type { MentionEdits } from '../mentionEdits.ts';
import { readStatuses } from './imageStatuses.ts';
import type { ImagesDocument } from './imagesDocument.ts';
import type { LookedUpImages } from './imagesText.ts';
import { type ImageChange, planEdits } from './workspaceEdits.ts';
import { findWorkspaceImages, type WorkspaceImage, type WorkspaceImages } from './workspaceImages.ts';

/** What the command that finds all images resolves with. */
export interface FoundImage {
  readonly reference: string;
  readonly status: ReturnType<typeof statusGroup>;
  readonly newer?: NewerTags;
  readonly places: readonly { readonly uri: string; readonly line: number; readonly character: number }[];
}

export interface ChangeOptions {
  /** Whether each change is shown before it is made; it is, unless `false`. */
  readonly preview?: boolean;
}

interface Parts {
  readonly mentions: DocumentMentions;
  readonly lookups: ImageLookups;
  readonly edits: MentionEdits;
  readonly document: ImagesDocument;
}

/** Commands for all images that the files of the workspace name. */
export class WorkspaceCommands {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Opens the document with all images and how they stand. What was known when it was stopped is shown. */
  async find(): Promise<readonly FoundImage[]> {
    const found = await this.#lookUp();
    await this.#parts.document.show(found);
    return found.images.map(({ reference, places }) => {
      const status: ImageStatus = found.statuses.get(reference) ?? { kind: 'stopped' };
      const newer = status.kind === 'known' ? status.newer : undefined;
      return {
        reference: reference.familiar,
        status: statusGroup(status),
        ...(newer !== undefined && { newer }),
        places: places.map(({ uri, line, character }) => ({ uri: uri.toString(), line, character })),
      };
    });
  }

  /** Updates as far as a step goes: `minor` takes the newest minor version, or else the newest patch. Asks for it when none is given. */
  async update(step: UpdateStep | undefined, options: ChangeOptions = {}): Promise<number> {
    const { images, statuses } = await this.#lookUp();
    const newerOf = ({ reference }: WorkspaceImage): NewerTags => {
      const status = statuses.get(reference);
      return (status?.kind === 'known' ? status.newer : undefined) ?? {};
    };
    const upTo = (chosen: UpdateStep): readonly ImageChange[] =>
      images.flatMap((image) => {
        const tag = newestWithin(newerOf(image), chosen);
        if (tag === undefined) return [];
        const label = vscode.l10n.t('Update {0} to {1}', image.reference.familiar, tag);
        return [{ image, change: { kind: 'update', tag }, label }];
      });
    if (upTo('major').length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('No file of this workspace names an image with a newer version.'),
      );
      return 0;
    }
    const chosen = step ?? (await askStep(upTo));
    return chosen === undefined ? 0 : this.#apply(upTo(chosen), options);
  }

  /** Pins every image whose registry may be asked. */
  async pin(options: ChangeOptions = {}): Promise<number> {
    const { images } = await this.#search();
    const changes = images
      .filter(({ reference }) => reference.digest === undefined && this.#parts.edits.mayAsk(reference))
      .map((image): ImageChange => {
        const label = vscode.l10n.t('Pin {0} to its digest', image.reference.familiar);
        return { image, change: { kind: 'pin' }, label };
      });
    if (changes.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'No file of this workspace names an image that could be pinned: they are pinned, or their registries are not connected.',
        ),
      );
      return 0;
    }
    return this.#apply(changes, options);
  }

  async #apply(changes: readonly ImageChange[], { preview = true }: ChangeOptions): Promise<number> {
    const planned = await withProgress(vscode.l10n.t('Preparing the changes…'), (signal) =>
      planEdits(this.#parts, changes, { needsConfirmation: preview, signal }),
    );
    if (planned.count === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'Nothing was changed: the files do not tell what to replace, or their registries did not answer.',
        ),
      );
      return 0;
    }
    const isApplied = await vscode.workspace.applyEdit(planned.edit, { isRefactoring: true });
    return isApplied ? planned.count : 0;
  }

  #search(): Promise<WorkspaceImages> {
    return withProgress(vscode.l10n.t('Looking for images in the files…'), (signal, report) =>
      findWorkspaceImages(this.#parts.mentions, signal, report),
    );
  }

  async #lookUp(): Promise<LookedUpImages> {
    const found = await this.#search();
    const statuses = await withProgress(vscode.l10n.t('Looking images up…'), (signal, report) => {
      const references = found.images.map(({ reference }) => reference);
      return readStatuses(this.#parts, references, signal, report);
    });
    return { ...found, statuses, at: new Date().toISOString() };
  }
}

async function askStep(upTo: (step: UpdateStep) => readonly ImageChange[]): Promise<UpdateStep | undefined> {
  const labels: Readonly<Record<UpdateStep, string>> = {
    patch: vscode.l10n.t('Newest patch version'),
    minor: vscode.l10n.t('Newest minor version, or patch'),
    major: vscode.l10n.t('Newest version'),
  };
  const items = updateSteps.flatMap((step) => {
    const changes = upTo(step);
    const places = changes.reduce((sum, { image }) => sum + image.places.length, 0);
    const description = vscode.l10n.t('{0} images in {1} places', changes.length, places);
    return changes.length === 0 ? [] : [{ step, label: labels[step], description }];
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Update All Images in Workspace'),
    placeHolder: vscode.l10n.t('How far? The variant stays the same. You tick the changes that you want in a preview.'),
  });
  return chosen?.step;
}
