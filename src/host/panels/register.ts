import * as vscode from 'vscode';
import { panelIds } from '../ids.ts';
import type { Services } from '../services.ts';
import type { ImagePanels } from './imagePanels.ts';
import type { RepositoryPanels } from './repositoryPanels.ts';

export interface PanelsRegistration {
  readonly disposable: vscode.Disposable;
  /** Loaded at first use. */
  readonly imagePanels: () => Promise<ImagePanels>;
  readonly repositoryPanels: () => Promise<RepositoryPanels>;
}

/** Registers what brings panels back after a reload; what shows them is loaded with the first of them. */
export function registerPanels(services: Services, extensionUri: vscode.Uri): PanelsRegistration {
  const imagePanels = once(() =>
    import('./imagePanels.ts').then(({ ImagePanels }) => new ImagePanels(services, extensionUri)),
  );
  const repositoryPanels = once(() =>
    import('./repositoryPanels.ts').then(({ RepositoryPanels }) => new RepositoryPanels(services, extensionUri)),
  );
  const register = vscode.window.registerWebviewPanelSerializer;
  const disposable = vscode.Disposable.from(
    register(panelIds.image, {
      deserializeWebviewPanel: async (panel, state) => (await imagePanels()).restore(panel, state),
    }),
    register(panelIds.repository, {
      deserializeWebviewPanel: async (panel, state) => (await repositoryPanels()).restore(panel, state),
    }),
  );
  return { disposable, imagePanels, repositoryPanels };
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
