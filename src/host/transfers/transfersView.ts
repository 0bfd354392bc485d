import * as vscode from 'vscode';
import type { StateStore } from '../../core/ports.ts';
import { isUnderWay, TransferJobs } from '../../core/transferJobs.ts';
import { contextKeys } from '../ids.ts';
import { transferRow } from './transferRow.ts';

/** A transfer in the view, by its id. */
export interface TransferRow extends vscode.TreeItem {
  readonly transferId: string;
}

/** Milliseconds until a transfer that begins or ends is drawn, with those that do so at once. */
const statePause = 250;
/** Milliseconds between two drawings of bytes: VS Code loses a click on a row, or on its Cancel, that falls between two. */
const progressPause = 2000;

/** The transfers, and the view that shows them. */
export class TransfersView {
  readonly jobs: TransferJobs;
  readonly #view: vscode.TreeView<TransferRow>;
  readonly #changed: vscode.EventEmitter<undefined>;
  #next: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
  /** What stands in the view, but for the bytes. */
  #drawn = '';
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
    this.#drawIn(this.#states() === this.#drawn ? progressPause : statePause);
  }

  #drawIn(milliseconds: number): void {
    const at = performance.now() + milliseconds;
    if (this.#next !== undefined && this.#next.at <= at) return;
    clearTimeout(this.#next?.timer);
    this.#next = { at, timer: setTimeout(() => this.#drawNow(), milliseconds) };
  }

  #drawNow(): void {
    this.#next = undefined;
    this.#drawn = this.#states();
    const underWay = this.jobs.all().filter(isUnderWay);
    const count = underWay.length;
    this.#view.badge =
      count === 0 ? undefined : { value: count, tooltip: vscode.l10n.t('{0} transfers under way', count) };
    this.#changed.fire(undefined);
    // Also while no bytes come, which nobody reports.
    if (underWay.some(({ progress }) => progress !== undefined)) this.#drawIn(progressPause);
  }

  #states(): string {
    const parts = this.jobs.all().map(({ id, state, progress }) => `${id} ${state} ${progress === undefined}`);
    return parts.join();
  }
}
