/** The part of VS Code that a webview can reach. */
export interface VsCodeApi<Request, State> {
  postMessage(request: Request): void;
  /** What `setState` stored, in this life of the panel or the one before: unchecked. */
  getState(): unknown;
  setState(state: State): void;
}

declare function acquireVsCodeApi(): VsCodeApi<unknown, unknown>;

/** Can be called once in the life of a panel. */
export function connect<Request, State>(): VsCodeApi<Request, State> {
  return acquireVsCodeApi();
}
