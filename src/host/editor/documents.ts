import type * as vscode from 'vscode';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';
import { JsonDocuments } from './jsonDocuments.ts';
import { ReadmeDocuments } from './readmeDocuments.ts';

export type DocumentScheme = (typeof schemes)['json' | 'readme'];

/** What writes the read-only documents of each scheme. */
export function createDocuments(
  services: Services,
): Readonly<Record<DocumentScheme, vscode.TextDocumentContentProvider>> {
  return {
    [schemes.json]: new JsonDocuments(services),
    [schemes.readme]: new ReadmeDocuments(services),
  };
}
