import * as vscode from 'vscode';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';
import { digestLinkProvider } from './digestLinks.ts';
import { JsonDocuments } from './jsonDocuments.ts';
import { ReadmeDocuments } from './readmeDocuments.ts';

export type DocumentScheme = (typeof schemes)['json' | 'readme' | 'prune'];

/** What writes the read-only documents of each scheme, and makes the digests in them lead somewhere. */
export interface Documents {
  readonly providers: Readonly<Record<DocumentScheme, vscode.TextDocumentContentProvider>>;
  readonly links: vscode.DocumentLinkProvider;
}

export function createDocuments(services: Services): Documents {
  const providers = {
    [schemes.json]: new JsonDocuments(services),
    [schemes.readme]: new ReadmeDocuments(services),
    // They are gone with the window that showed them.
    [schemes.prune]: {
      provideTextDocumentContent: ({ path }: vscode.Uri) =>
        services.texts.get(path) ??
        vscode.l10n.t('This is not kept when the window is closed. Prune again to see what would go now.'),
    },
  };
  return { providers, links: digestLinkProvider };
}
