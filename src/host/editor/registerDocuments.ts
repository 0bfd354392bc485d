import * as vscode from 'vscode';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';
import type { DocumentScheme, Documents } from './documents.ts';

const documentSchemes: readonly DocumentScheme[] = [schemes.json, schemes.readme, schemes.prune];

/** Registers the schemes of read-only documents; what writes them is loaded when the first is opened. */
export function registerDocuments(services: Services): vscode.Disposable {
  let documents: Documents | undefined;
  const load = async (): Promise<Documents> => {
    documents ??= (await import('./documents.ts')).createDocuments(services);
    return documents;
  };
  return vscode.Disposable.from(
    ...documentSchemes.map((scheme) =>
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: async (uri, token) =>
          (await load()).providers[scheme].provideTextDocumentContent(uri, token),
      }),
    ),
    vscode.languages.registerDocumentLinkProvider(
      { scheme: schemes.json },
      { provideDocumentLinks: async (...args) => (await load()).links.provideDocumentLinks(...args) },
    ),
  );
}
