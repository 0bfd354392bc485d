import * as vscode from 'vscode';
import { shortDigest } from '../core/oci/digest.ts';
import { lookAtWatched, type MovedTag } from '../core/tagWatch.ts';
import type { WatchedTag } from '../core/watchedTags.ts';
import { commandIds } from './ids.ts';
import { logError } from './log.ts';
import { isCancelled } from './present.ts';
import type { Services } from './services.ts';

/** Milliseconds between two looks at watched tags. */
const interval = 15 * 60 * 1000;

/** Milliseconds after the start of a window: what the user begins with goes first. */
const firstDelay = 60 * 1000;

/** Looks at watched tags now and then, while the window has the focus, and tells when one has moved. */
export class TagWatcher implements vscode.Disposable {
  readonly #services: Services;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(services: Services) {
    this.#services = services;
    this.start();
  }

  /** Nothing is asked as long as nothing is watched. */
  start(): void {
    if (this.#timer === undefined && this.#services.watched.all().length > 0) this.#wait(firstDelay);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  /** Looks at all of them at once, whatever has the focus; resolves with those that have moved. */
  async look(): Promise<readonly MovedTag[]> {
    if (this.#isLooking) return [];
    this.#isLooking = true;
    const { gantry, log } = this.#services;
    try {
      return await lookAtWatched(
        {
          tags: this.#services.watched,
          resolve: (reference, options) => gantry.resolve(reference, options),
          isConnected: (id) => gantry.connections().some((connection) => connection.id === id),
          failed: ({ reference }, error) => logError(log, `Looking at ${reference}`, error),
        },
        this.#controller.signal,
      );
    } finally {
      this.#isLooking = false;
    }
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => void this.#lookAndWait(), milliseconds);
  }

  async #lookAndWait(): Promise<void> {
    try {
      if (vscode.window.state.focused) for (const moved of await this.look()) void this.#tell(moved);
    } catch (error) {
      if (!isCancelled(error)) logError(this.#services.log, 'Looking at watched tags', error);
    }
    this.#timer = undefined;
    if (!this.#controller.signal.aborted && this.#services.watched.all().length > 0) this.#wait(interval);
  }

  async #tell({ before, digest }: MovedTag): Promise<void> {
    const compare = vscode.l10n.t('Compare');
    const show = vscode.l10n.t('Show Image');
    const stop = vscode.l10n.t('Stop Watching');
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t('{0} has moved: {1} → {2}', before.reference, shortDigest(before.digest), shortDigest(digest)),
      compare,
      show,
      stop,
    );
    if (chosen === compare) {
      const images = [before.digest, digest].map((each) => ({ kind: 'link', reference: atDigest(before, each) }));
      await vscode.commands.executeCommand(commandIds.compare, ...images);
    }
    if (chosen === show) await vscode.commands.executeCommand(commandIds.showImage, before.reference);
    if (chosen === stop) await this.#services.watched.remove(before);
  }
}

/** The tag goes: it names one of the two only. */
function atDigest({ reference }: WatchedTag, digest: string): string {
  return `${reference.slice(0, reference.lastIndexOf(':'))}@${digest}`;
}
