import * as vscode from 'vscode';
import { panelIds } from '../ids.ts';
import type { Services } from '../services.ts';
import type { ImagePanels } from './imagePanels.ts';

export interface PanelsRegistration {
  readonly disposable: vscode.Disposable;
  /** Loaded at first use. */
  readonly imagePanels: () => Promise<ImagePanels>;
}

/** Registers what brings panels back after a reload; what shows them is loaded with the first of them. */
export function registerPanels(services: Services, extensionUri: vscode.Uri): PanelsRegistration {
  let loading: Promise<ImagePanels> | undefined;
  const imagePanels = (): Promise<ImagePanels> => {
    loading ??= import('./imagePanels.ts').then(({ ImagePanels }) => new ImagePanels(services, extensionUri));
    return loading;
  };
  const disposable = vscode.window.registerWebviewPanelSerializer(panelIds.image, {
    deserializeWebviewPanel: async (panel, state) => (await imagePanels()).restore(panel, state),
  });
  return { disposable, imagePanels };
}
