// As much of the module `vscode` as Microsoft's registry provider uses to list and delete.

export class EventEmitter<T> {
  readonly #listeners = new Set<(event: T) => void>();

  readonly event = (listener: (event: T) => void): { dispose(): void } => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(event: T): void {
    for (const listener of this.#listeners) listener(event);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export class Uri {
  readonly #url: URL;

  private constructor(url: URL) {
    this.#url = url;
  }

  static parse(text: string): Uri {
    // A link to a next page is a path.
    return new Uri(new URL(text, 'file://'));
  }

  get path(): string {
    return this.#url.pathname;
  }

  get query(): string {
    return this.#url.search.slice(1);
  }

  with({ path, query }: { readonly path?: string; readonly query?: string }): Uri {
    const url = new URL(this.#url);
    if (path !== undefined) url.pathname = path;
    if (query !== undefined) url.search = query;
    return new Uri(url);
  }

  toString(): string {
    return this.#url.href;
  }
}

export class ThemeColor {}

export class ThemeIcon {}

export class CancellationError extends Error {}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };

export const l10n = {
  t: (message: string, ...values: readonly unknown[]): string =>
    message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)])),
};

export const window = {};
