import * as vscode from 'vscode';
import type { StateStore } from '../../core/ports.ts';
import { isUnderWay, TransferJobs } from '../../core/transferJobs.ts';
import { contextKeys } from '../ids.ts';
import { transferRow } from './transferRow.ts';

/** A transfer in the view, by its id. */
export interface TransferRow extends vscode.TreeItem {
  readonly transferId: string;
}

/** Milliseconds between two drawings: bytes come faster than anybody reads. */
const drawingPause = 250;
/** While no bytes come, which nobody reports. */
const stalledPause = 1000;

/** The transfers, and the view that shows them. */
export class TransfersView {
  readonly jobs: TransferJobs;
  readonly #view: vscode.TreeView<TransferRow>;
  readonly #changed: vscode.EventEmitter<undefined>;
  #drawing: NodeJS.Timeout | undefined;
  #waiting: NodeJS.Timeout | undefined;
  #isShown = false;

  constructor(state: StateStore, view: vscode.TreeView<TransferRow>, changed: vscode.EventEmitter<undefined>) {
    this.#view = view;
    this.#changed = changed;
    this.jobs = new TransferJobs(state, Date.now, () => this.#draw());
  }

  rows(): readonly TransferRow[] {
    return this.jobs.all().map(transferRow);
  }

  #draw(): void {
    if (!this.#isShown) {
      this.#isShown = true;
      void vscode.commands.executeCommand('setContext', contextKeys.hasTransfers, true);
    }
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      const underWay = this.jobs.all().filter(isUnderWay);
      const count = underWay.length;
      this.#view.badge =
        count === 0 ? undefined : { value: count, tooltip: vscode.l10n.t('{0} transfers under way', count) };
      this.#changed.fire(undefined);
      clearTimeout(this.#waiting);
      if (underWay.some(({ progress }) => progress !== undefined))
        this.#waiting = setTimeout(() => this.#draw(), stalledPause);
    }, drawingPause);
  }
}
