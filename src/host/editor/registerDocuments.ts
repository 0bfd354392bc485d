import * as vscode from 'vscode';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';
import type { createDocuments, DocumentScheme } from './documents.ts';

const documentSchemes: readonly DocumentScheme[] = [schemes.json, schemes.readme];

/** Registers the schemes of read-only documents; what writes them is loaded when the first is opened. */
export function registerDocuments(services: Services): vscode.Disposable {
  let documents: ReturnType<typeof createDocuments> | undefined;
  return vscode.Disposable.from(
    ...documentSchemes.map((scheme) =>
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: async (uri, token) => {
          documents ??= (await import('./documents.ts')).createDocuments(services);
          return documents[scheme].provideTextDocumentContent(uri, token);
        },
      }),
    ),
  );
}
