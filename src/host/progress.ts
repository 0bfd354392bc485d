import * as vscode from 'vscode';
import type { TransferProgress } from '../api.ts';
import { formatSize } from './present.ts';

export type Report = (message: string, percent?: number) => void;

/** Milliseconds. A notification cannot be hidden again at once: what ends before is better off without one. */
const patience = 500;

/** Runs work with a notification that can cancel it. Work that ends soon shows none. */
export async function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let latest: Parameters<Report> | undefined;
  let show: Report = (...reported) => {
    latest = reported;
  };
  const running = work(controller.signal, (...reported) => show(...reported));

  const timer = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, async (progress, token) => {
      token.onCancellationRequested(() => controller.abort());
      show = reportTo(progress);
      if (latest !== undefined) show(...latest);
      await running.catch(() => {});
    });
  }, patience);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}

/** VS Code is told how much is added, not how much is done. */
function reportTo(progress: vscode.Progress<{ message: string; increment: number }>): Report {
  let shownPercent = 0;
  return (message, percent = shownPercent) => {
    progress.report({ message, increment: percent - shownPercent });
    shownPercent = percent;
  };
}

/** `12.3 MB of 1.2 GB` */
export function progressText({ done, total }: TransferProgress): string {
  return vscode.l10n.t('{0} of {1}', formatSize(done), formatSize(total));
}

export function percent({ done, total }: TransferProgress): number {
  return total === 0 ? 0 : (done / total) * 100;
}
