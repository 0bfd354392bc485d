import * as vscode from 'vscode';
import { parseReference } from '../../core/oci/reference.ts';
import { withSignal } from '../cancellation.ts';
import { schemes } from '../ids.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';

/** Descriptions of repositories as read-only documents: `oci-readme:/HOST/REPOSITORY/README.md`. As text, never drawn. */
export class ReadmeDocuments implements vscode.TextDocumentContentProvider {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const reference = uri.path.slice(1, uri.path.lastIndexOf('/'));
    const connectionId = new URLSearchParams(uri.query).get('connection');
    const connection = connectionId === null ? {} : { connectionId };
    return withSignal(
      token,
      async (signal) => (await this.#services.gantry.readme(reference, { ...connection, signal })) ?? '',
    );
  }
}

/** Opens the description of a repository; `undefined` where it has none, which is said. */
export async function openReadme(
  { gantry }: Services,
  { reference, connectionId }: { readonly reference: string; readonly connectionId?: string },
): Promise<vscode.Uri | undefined> {
  const connection = connectionId === undefined ? {} : { connectionId };
  const { registry, repository } = parseReference(reference);
  const text = await withProgress(vscode.l10n.t('Reading the description of {0}…', repository), (signal) =>
    gantry.readme(reference, { ...connection, signal }),
  );
  if (text === undefined || text.trim() === '') {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} has no description.', repository));
    return undefined;
  }
  const uri = vscode.Uri.from({
    scheme: schemes.readme,
    path: `/${registry}/${repository}/README.md`,
    query: connectionId === undefined ? '' : new URLSearchParams({ connection: connectionId }).toString(),
  });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  return uri;
}
