import * as vscode from 'vscode';
import { formatReference, parseReference } from '../../core/oci/reference.ts';
import { panelIds } from '../ids.ts';
import type { Services } from '../services.ts';
import { RepositoryPanel, type RepositoryTarget } from './repositoryPanel.ts';

/** The pages of repositories that are open, one each; brings them back after a reload. */
export class RepositoryPanels {
  readonly #services: Services;
  readonly #extensionUri: vscode.Uri;
  readonly #open = new Map<string, vscode.WebviewPanel>();

  constructor(services: Services, extensionUri: vscode.Uri) {
    this.#services = services;
    this.#extensionUri = extensionUri;
  }

  show(target: RepositoryTarget): void {
    const named = { ...target, reference: nameOf(target.reference) };
    const open = this.#open.get(named.reference);
    if (open !== undefined) open.reveal();
    else this.#adopt(createRepositoryWebview(), named);
  }

  restore(panel: vscode.WebviewPanel, state: unknown): void {
    const target = savedTarget(state);
    if (target === undefined) panel.dispose();
    else this.#adopt(panel, target);
  }

  #adopt(panel: vscode.WebviewPanel, target: RepositoryTarget): void {
    this.#open.set(target.reference, panel);
    new RepositoryPanel(this.#services, { extensionUri: this.#extensionUri, panel }, target);
    panel.onDidDispose(() => {
      if (this.#open.get(target.reference) === panel) this.#open.delete(target.reference);
    });
  }
}

function createRepositoryWebview(): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(panelIds.repository, '', vscode.ViewColumn.Active, {
    enableScripts: true,
    retainContextWhenHidden: false,
    enableFindWidget: true,
  });
}

/** Without a tag and a digest. */
function nameOf(reference: string): string {
  const { registry, repository } = parseReference(reference);
  return formatReference({ registry, repository });
}

/** What the panel kept comes back from disk, and may be of another version. */
function savedTarget(state: unknown): RepositoryTarget | undefined {
  const { reference, connectionId } = (state ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof reference !== 'string') return undefined;
  try {
    return { reference: nameOf(reference), ...(typeof connectionId === 'string' && { connectionId }) };
  } catch {
    return undefined;
  }
}
