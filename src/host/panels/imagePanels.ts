import type * as vscode from 'vscode';
import { parseReference } from '../../core/oci/reference.ts';
import type { TagFacts } from '../../messages.ts';
import type { Services } from '../services.ts';
import { createImageWebview, ImagePanel } from './imagePanel.ts';

/** What a panel is asked to show. */
interface PanelTarget {
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
  show(target: PanelTarget, { preserveFocus = false }: { readonly preserveFocus?: boolean } = {}): void {
    const { familiar } = parseReference(target.reference);
    const open = this.#open.get(familiar);
    if (open !== undefined) open.reveal(target.platform, preserveFocus && !open.isInFront);
    else this.#adopt(createImageWebview(preserveFocus), { ...target, reference: familiar });
  }

  get inFront(): Pick<PanelTarget, 'reference' | 'connectionId'> | undefined {
    return [...this.#open.values()].find(({ isActive }) => isActive)?.target;
  }

  /** `state` is what the panel has kept. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    const target = savedTarget(state);
    if (target === undefined) panel.dispose();
    else this.#adopt(panel, target);
  }

  #adopt(webviewPanel: vscode.WebviewPanel, target: PanelTarget): void {
    const panel = new ImagePanel(
      this.#services,
      {
        extensionUri: this.#extensionUri,
        panel: webviewPanel,
        show: (reference) => this.show({ ...panel.target, reference }),
        sharedLayers: () => this.#sharedLayers(panel),
        changed: () => this.#layersChanged(panel),
      },
      { reference: target.reference, connectionId: target.connectionId, platform: target.platform, tag: target.tag },
    );
    this.#open.set(target.reference, panel);
    panel.onDidDispose(() => {
      if (this.#open.get(target.reference) === panel) this.#open.delete(target.reference);
      this.#layersChanged(panel);
    });
  }

  #others(panel: ImagePanel): readonly ImagePanel[] {
    return [...this.#open.values()].filter((other) => other !== panel);
  }

  /** Which other open images have which layers of a panel's image. */
  #sharedLayers(panel: ImagePanel): Readonly<Record<string, readonly string[]>> {
    const others = this.#others(panel);
    const shared = [...panel.layers].map((digest) => {
      const references = others.filter(({ layers }) => layers.has(digest)).map(({ target }) => target.reference);
      return [digest, references] as const;
    });
    return Object.fromEntries(shared.filter(([, references]) => references.length > 0));
  }

  #layersChanged(panel: ImagePanel): void {
    for (const other of this.#others(panel)) other.sharingChanged();
  }
}

/** What the panel kept comes back from disk, and may be of another version. */
function savedTarget(state: unknown): PanelTarget | undefined {
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
