import type * as vscode from 'vscode';
import { parseReference } from '../../core/oci/reference.ts';
import type { TagFacts } from '../../messages.ts';
import type { Services } from '../services.ts';
import { createImageWebview, ImagePanel } from './imagePanel.ts';

interface Target {
  /** Anything that `parseReference` takes. */
  readonly reference: string;
  readonly connectionId?: string;
  readonly platform?: string;
  /** What a list told of its tag. */
  readonly tag?: TagFacts;
}

/** The open image panels, one a reference; brings them back after a reload. */
export class ImagePanels {
  readonly #services: Services;
  readonly #extensionUri: vscode.Uri;
  readonly #open = new Map<string, ImagePanel>();

  constructor(services: Services, extensionUri: vscode.Uri) {
    this.#services = services;
    this.#extensionUri = extensionUri;
  }

  /**
   * Shows the panel of a reference, the open one where there is one. Where the focus is to stay, it moves only into a
   * panel that is in front already, as by a double click. Throws `invalid`.
   */
  show(target: Target, { preserveFocus = false }: { readonly preserveFocus?: boolean } = {}): void {
    const { familiar } = parseReference(target.reference);
    const open = this.#open.get(familiar);
    if (open !== undefined) open.reveal(target.platform, preserveFocus && !open.isInFront);
    else this.#adopt(createImageWebview(preserveFocus), { ...target, reference: familiar });
  }

  /** What the panel in front shows. */
  get inFront(): Pick<Target, 'reference' | 'connectionId'> | undefined {
    return [...this.#open.values()].find(({ isActive }) => isActive)?.target;
  }

  /** `state` is what the panel has kept. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    const target = savedTarget(state);
    if (target === undefined) panel.dispose();
    else this.#adopt(panel, target);
  }

  #adopt(webviewPanel: vscode.WebviewPanel, target: Target): void {
    const panel = new ImagePanel(
      this.#services,
      { extensionUri: this.#extensionUri, panel: webviewPanel },
      { reference: target.reference, connectionId: target.connectionId, platform: target.platform, tag: target.tag },
    );
    this.#open.set(target.reference, panel);
    panel.onDidDispose(() => {
      if (this.#open.get(target.reference) === panel) this.#open.delete(target.reference);
    });
  }
}

/** What the panel kept comes back from disk, and may be of another version. */
function savedTarget(state: unknown): Target | undefined {
  const { reference, connectionId, platform } = (state ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof reference !== 'string') return undefined;
  try {
    const { familiar } = parseReference(reference);
    return {
      reference: familiar,
      ...(typeof connectionId === 'string' && { connectionId }),
      ...(typeof platform === 'string' && { platform }),
    };
  } catch {
    return undefined;
  }
}
