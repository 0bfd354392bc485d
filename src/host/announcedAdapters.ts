import * as vscode from 'vscode';
import type { AnnouncedAdapter, ForeignAdapterHost } from '../core/foreignAdapters.ts';

/** The key under `contributes` of another extension's manifest. */
const contributionKey = 'gantry.adapters';

/** What the manifests of other extensions announce, read at first use and again when extensions have come or gone. */
export class AnnouncedAdapters implements ForeignAdapterHost, vscode.Disposable {
  #known: readonly AnnouncedAdapter[] | undefined;
  readonly #subscription = vscode.extensions.onDidChange(() => {
    this.#known = undefined;
  });

  announced(): readonly AnnouncedAdapter[] {
    this.#known ??= vscode.extensions.all.flatMap(({ id, packageJSON }) => {
      const { contributes } = packageJSON as { readonly contributes?: Readonly<Record<string, unknown>> };
      const declarations = contributes?.[contributionKey];
      return Array.isArray(declarations)
        ? declarations.map((declaration: unknown) => ({ extensionId: id, declaration }))
        : [];
    });
    return this.#known;
  }

  async activate(extensionId: string): Promise<void> {
    await vscode.extensions.getExtension(extensionId)?.activate();
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
