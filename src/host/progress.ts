import * as vscode from 'vscode';
import { withSignal } from './cancellation.ts';

/** Runs work with a notification that can cancel it. Work that ends at once shows none. */
export function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (message: string, percent?: number) => void) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  let shownPercent = 0;
  return Promise.resolve(
    vscode.window.withProgress(options, (progress, token) =>
      withSignal(token, (signal) =>
        work(signal, (message, percent) => {
          const increment = percent === undefined ? 0 : percent - shownPercent;
          if (percent !== undefined) shownPercent = percent;
          progress.report({ message, increment });
        }),
      ),
    ),
  );
}
