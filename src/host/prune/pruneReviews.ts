import * as vscode from 'vscode';
import { RegistryError } from '../../core/errors.ts';
import type { PrunePlan } from '../../core/prunes.ts';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';
import { reviewText } from './reviewText.ts';

/** A dry run that is shown, with the connection of each of its plans. */
export interface PruneReview {
  readonly uri: vscode.Uri;
  readonly plans: readonly { readonly plan: PrunePlan; readonly connectionId: string | undefined }[];
}

/** Dry runs that were shown in this window, as documents: `oci-prune:/1/Prune of shop-web.txt`. */
export class PruneReviews {
  readonly #services: Services;
  readonly #open = new Map<string, PruneReview>();
  #count = 0;

  constructor(services: Services) {
    this.#services = services;
  }

  async show(plans: PruneReview['plans']): Promise<PruneReview> {
    const [first] = plans;
    const name = plans.length === 1 && first !== undefined ? first.plan.repository : String(plans.length);
    const uri = await this.#openText(
      vscode.l10n.t('Prune of {0}', name.replaceAll(/[/:]/g, '-')),
      'txt',
      reviewText(plans.map(({ plan }) => plan)),
    );
    const review = { uri, plans };
    this.#open.set(uri.path, review);
    return review;
  }

  /** A text beside a dry run, as the record of what was done. */
  async showText(title: string, extension: string, text: string): Promise<vscode.Uri> {
    return this.#openText(title, extension, text);
  }

  /** The dry run of a document; without one, of the editor in front. Errors: `not-found` for one that was run already. */
  of(uri: vscode.Uri | undefined): PruneReview {
    const shown = uri ?? vscode.window.activeTextEditor?.document.uri;
    const review = shown?.scheme === schemes.prune ? this.#open.get(shown.path) : undefined;
    if (review !== undefined) return review;
    throw new RegistryError(
      'not-found',
      'This dry run is not open any more, or was run already. Prune again for a new one.',
    );
  }

  /** It has been run: what it says is not so any more. */
  close({ uri }: PruneReview): void {
    this.#open.delete(uri.path);
  }

  async #openText(title: string, extension: string, text: string): Promise<vscode.Uri> {
    const uri = vscode.Uri.from({ scheme: schemes.prune, path: `/${++this.#count}/${title}.${extension}` });
    this.#services.texts.set(uri.path, text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
    return uri;
  }
}
