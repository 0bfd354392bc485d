import * as vscode from 'vscode';
import { commandIds } from '../../ids.ts';
import { imageSelector } from '../languages.ts';

/** Says beside the language of an editor which registries could not be asked, and offers to try again. Nothing pops up. */
export class CheckStatus {
  #item: vscode.LanguageStatusItem | undefined;

  /** `failing`: hosts with what they failed with. */
  show(failing: ReadonlyMap<string, Error>): void {
    if (failing.size === 0) {
      this.dispose();
      return;
    }
    this.#item ??= vscode.languages.createLanguageStatusItem('gantry.checks', imageSelector);
    const hosts = [...failing.keys()].join(', ');
    this.#item.name = vscode.l10n.t('Images');
    this.#item.text = vscode.l10n.t('Images on {0} are not checked', hosts);
    this.#item.detail = [...failing.values()].map(({ message }) => message).join(' ');
    this.#item.severity = vscode.LanguageStatusSeverity.Warning;
    this.#item.command = { title: vscode.l10n.t('Try again'), command: commandIds.checkAgain };
  }

  dispose(): void {
    this.#item?.dispose();
    this.#item = undefined;
  }
}
