import * as vscode from 'vscode';

/** How a step of a flow ended: with a value, by the button Back, or by Escape. */
export type StepEnd<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'back' | 'given-up' };

type StepInput = vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>;

export interface Step<T> {
  /** Called at Enter. `undefined` leaves the step open. Work that takes long shows as such, and stops at the signal. */
  accept(signal: AbortSignal): Promise<T | undefined>;
  /** Called at every change of what is typed. */
  change?(text: string): void;
  /** Buttons of the step beside Back. */
  press?(button: vscode.QuickInputButton): void;
  /** Whether Enter stops what is running. Else it waits, lest somebody press it twice. */
  readonly stopsAtEnter?: boolean;
}

/**
 * Shows one step of a flow, and keeps it open until it has a value. Whoever goes on typing, goes back or presses Escape
 * stops what it is doing.
 */
export async function runStep<T>(input: StepInput, step: Step<T>): Promise<StepEnd<T>> {
  let running: AbortController | undefined;
  input.ignoreFocusOut = true;
  try {
    return await new Promise<StepEnd<T>>((resolve, reject) => {
      const accept = async (): Promise<void> => {
        if (running !== undefined) {
          if (step.stopsAtEnter) change(input.value);
          return;
        }
        const controller = new AbortController();
        running = controller;
        input.busy = true;
        try {
          const value = await step.accept(controller.signal);
          if (value !== undefined && !controller.signal.aborted) resolve({ kind: 'done', value });
        } catch (error) {
          if (!controller.signal.aborted) reject(error);
        }
        if (running !== controller) return;
        running = undefined;
        input.busy = false;
      };
      const stop = (): void => {
        running?.abort();
        running = undefined;
        input.busy = false;
      };
      const change = (text: string): void => {
        stop();
        step.change?.(text);
      };
      input.onDidAccept(() => void accept());
      input.onDidChangeValue(change);
      input.onDidTriggerButton((button) => {
        if (button !== vscode.QuickInputButtons.Back) return step.press?.(button);
        stop();
        resolve({ kind: 'back' });
      });
      input.onDidHide(() => {
        stop();
        resolve({ kind: 'given-up' });
      });
      input.show();
    });
  } finally {
    input.dispose();
  }
}
