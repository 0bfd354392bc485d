import * as vscode from 'vscode';
import { isHttps } from '../../core/scanSummary.ts';
import type { ImagePanelMessage, ImagePanelRequest, ImageView, TagFacts } from '../../messages.ts';
import { commandIds, panelIds } from '../ids.ts';
import { logError } from '../log.ts';
import { errorMessage, isCancelled } from '../present.ts';
import type { Services } from '../services.ts';
import { imagePanelStrings } from './imagePanelStrings.ts';
import { ImageScan } from './imageScan.ts';
import { panelHtml, panelRoots } from './panelHtml.ts';

/** One panel that shows what a reference names. */
export class ImagePanel implements vscode.Disposable {
  readonly #services: Services;
  readonly #panel: vscode.WebviewPanel;
  readonly #target: Pick<ImageView, 'reference' | 'connectionId'>;
  readonly #tag: TagFacts | undefined;
  readonly #scan: ImageScan;
  #platform: string | undefined;
  #view: ImageView;
  #isReady = false;
  #loading: AbortController | undefined;

  readonly onDidDispose: vscode.Event<void>;

  constructor(
    services: Services,
    context: { readonly extensionUri: vscode.Uri; readonly panel: vscode.WebviewPanel },
    target: {
      readonly reference: string;
      readonly connectionId: string | undefined;
      readonly platform: string | undefined;
      readonly tag: TagFacts | undefined;
    },
  ) {
    const { extensionUri, panel } = context;
    this.#services = services;
    this.#panel = panel;
    const { reference, connectionId } = target;
    this.#target = { reference, ...(connectionId !== undefined && { connectionId }) };
    this.#platform = target.platform;
    this.#tag = target.tag;
    this.#scan = new ImageScan(services, this.#target, () => this.#post());
    this.#view = { kind: 'loading', ...this.#target };
    this.onDidDispose = panel.onDidDispose;

    panel.title = target.reference;
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', `panel-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    // Set anew for a restored panel too: its roots are those of an older version of the extension.
    panel.webview.options = { enableScripts: true, localResourceRoots: [...panelRoots(extensionUri)] };
    panel.webview.onDidReceiveMessage((message: ImagePanelRequest) => void this.#receive(message));
    panel.onDidDispose(() => {
      this.#loading?.abort();
      this.#scan.close();
    });
    panel.webview.html = panelHtml(panel.webview, extensionUri, {
      script: 'image.js',
      styles: ['panel.css', 'image.css'],
      title: target.reference,
    });
    void this.#load();
  }

  get isActive(): boolean {
    return this.#panel.active;
  }

  get target(): Pick<ImageView, 'reference' | 'connectionId'> {
    return this.#target;
  }

  get isInFront(): boolean {
    return this.#panel.visible;
  }

  /** Shows it, and another platform when one is asked for. */
  reveal(platform: string | undefined, preserveFocus: boolean): void {
    this.#panel.reveal(undefined, preserveFocus);
    if (platform === undefined || platform === this.#platform) return;
    this.#platform = platform;
    void this.#load();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  async #receive(message: ImagePanelRequest): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        return this.#post();
      case 'retry':
        return this.#load();
      case 'selectPlatform':
        this.#platform = message.platform;
        return this.#load();
      case 'openScan':
        return this.#scan.open();
      case 'closeScan':
        return this.#scan.close();
      case 'openLink':
        if (isHttps(message.url)) await vscode.env.openExternal(vscode.Uri.parse(message.url, true));
        return undefined;
      case 'showLog':
        return vscode.commands.executeCommand(commandIds.showLog);
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
    }
  }

  async #load(): Promise<void> {
    this.#loading?.abort();
    const controller = new AbortController();
    this.#loading = controller;
    const { reference, ...connection } = this.#target;
    this.#show({ kind: 'loading', ...this.#target });
    try {
      const image = await this.#services.gantry.inspect(reference, {
        signal: controller.signal,
        ...(this.#platform !== undefined && { platform: this.#platform }),
        ...connection,
      });
      await this.#scan.prepare(image.platformDigest ?? image.digest);
      this.#show({ kind: 'image', ...this.#target, image, ...(this.#tag !== undefined && { tag: this.#tag }) });
    } catch (error) {
      // Another platform was chosen, or the panel was closed.
      if (isCancelled(error) && controller.signal.aborted) return;
      logError(this.#services.log, `Inspecting ${reference}`, error);
      this.#show({ kind: 'failed', ...this.#target, message: errorMessage(error) });
    }
  }

  #show(view: ImageView): void {
    this.#view = view;
    void this.#post();
  }

  #viewWithScan(): ImageView {
    const scan = this.#scan.view;
    return this.#view.kind === 'image' && scan !== undefined ? { ...this.#view, scan } : this.#view;
  }

  /** The whole state every time: a hidden panel drops messages, and asks again with `ready` when it is shown. */
  async #post(): Promise<void> {
    if (!this.#isReady) return;
    const message: ImagePanelMessage = {
      type: 'state',
      state: { language: vscode.env.language, strings: imagePanelStrings(), view: this.#viewWithScan() },
    };
    await this.#panel.webview.postMessage(message);
  }
}

export function createImageWebview(preserveFocus: boolean): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(
    panelIds.image,
    '',
    { viewColumn: vscode.ViewColumn.Active, preserveFocus },
    {
      enableScripts: true,
      retainContextWhenHidden: false,
      enableFindWidget: true,
    },
  );
}
