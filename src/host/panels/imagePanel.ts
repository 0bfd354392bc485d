import * as vscode from 'vscode';
import type { ImageDetails } from '../../api.ts';
import { isLocalRegistry } from '../../core/oci/localReference.ts';
import { formatReference, parseReference } from '../../core/oci/reference.ts';
import { isHttps } from '../../core/scanSummary.ts';
import type {
  ArtifactView,
  ImageAction,
  ImagePanelMessage,
  ImagePanelRequest,
  ImageView,
  TagFacts,
} from '../../messages.ts';
import { documentUri, showDocument } from '../editor/documentUris.ts';
import { fileUri, type ImagePlace, imagePlace } from '../files/imageUris.ts';
import { commandIds, panelIds } from '../ids.ts';
import { logError } from '../log.ts';
import { errorMessage, isCancelled, showError } from '../present.ts';
import type { Services } from '../services.ts';
import { ImageAttachments } from './imageAttachments.ts';
import { ImageInside } from './imageInside.ts';
import { imagePanelStrings } from './imagePanelStrings.ts';
import { ImageScan } from './imageScan.ts';
import { LayerFiles } from './layerFiles.ts';
import { panelHtml, panelIcon, panelRoots } from './panelHtml.ts';

/** What a panel stands in. */
export interface PanelContext {
  readonly extensionUri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  /** Shows another image of the same connection. */
  readonly show: (reference: string) => void;
  /** Other open images that have a layer too, by its digest. */
  readonly sharedLayers: () => Readonly<Record<string, readonly string[]>>;
  /** The panel has another image now. */
  readonly changed: () => void;
}

type ImageKind = Extract<ImageView, { readonly kind: 'image' }>;

/** Without what is read when somebody opens it. */
type PanelView =
  | Exclude<ImageView, { readonly kind: 'image' }>
  | Omit<ImageKind, 'scan' | 'inside' | 'attachments' | 'sharedLayers'>;

/** One panel that shows what a reference names. */
export class ImagePanel implements vscode.Disposable {
  readonly #services: Services;
  readonly #context: PanelContext;
  readonly #panel: vscode.WebviewPanel;
  readonly #target: Pick<ImageView, 'reference' | 'connectionId'>;
  readonly #tag: TagFacts | undefined;
  readonly #scan: ImageScan;
  readonly #inside: ImageInside;
  readonly #layerFiles: LayerFiles;
  readonly #attachments: ImageAttachments;
  #platform: string | undefined;
  #view: PanelView;
  #isReady = false;
  #loading: AbortController | undefined;

  readonly onDidDispose: vscode.Event<void>;

  constructor(
    services: Services,
    context: PanelContext,
    target: {
      readonly reference: string;
      readonly connectionId: string | undefined;
      readonly platform: string | undefined;
      readonly tag: TagFacts | undefined;
    },
  ) {
    const { extensionUri, panel } = context;
    this.#services = services;
    this.#context = context;
    this.#panel = panel;
    const { reference, connectionId } = target;
    this.#target = { reference, ...(connectionId !== undefined && { connectionId }) };
    this.#platform = target.platform;
    this.#tag = target.tag;
    const changed = (): void => void this.#post();
    this.#scan = new ImageScan(services, this.#target, changed);
    this.#inside = new ImageInside(services, reference, changed);
    this.#attachments = new ImageAttachments(services, this.#target, changed);
    this.#layerFiles = new LayerFiles(services, (manifest, layer, files) => {
      if (this.#isReady) void panel.webview.postMessage({ type: 'layerFiles', manifest, layer, files });
    });
    this.#view = { kind: 'loading', ...this.#target };
    this.onDidDispose = panel.onDidDispose;

    panel.title = target.reference;
    panel.iconPath = panelIcon(extensionUri);
    // Set anew for a restored panel too: its roots are those of an older version of the extension.
    panel.webview.options = { enableScripts: true, localResourceRoots: [...panelRoots(extensionUri)] };
    panel.webview.onDidReceiveMessage((message: ImagePanelRequest) => void this.#receive(message));
    panel.onDidDispose(() => {
      this.#loading?.abort();
      this.#scan.close();
      this.#inside.close();
      this.#attachments.close();
      this.#layerFiles.closeAll();
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

  /** Digests of the layers that it shows. */
  get layers(): ReadonlySet<string> {
    const layers = this.#view.kind === 'image' ? this.#view.image.layers : [];
    return new Set(layers.map(({ digest }) => digest));
  }

  /** Another panel has opened, closed or changed. */
  sharingChanged(): void {
    if (this.#view.kind === 'image') void this.#post();
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
    try {
      await this.#answer(message);
    } catch (error) {
      await showError(this.#services.log, message.type, error);
    }
  }

  async #answer(message: ImagePanelRequest): Promise<unknown> {
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
      case 'openInside':
        return this.#inside.open();
      case 'closeInside':
        return this.#inside.close();
      case 'openFolder':
        return this.#inside.openFolder(message.path);
      case 'openFile':
        return this.#withPlace((place) => vscode.commands.executeCommand('vscode.open', fileUri(place, message.path)));
      case 'saveFile':
        return this.#withPlace((place) =>
          vscode.commands.executeCommand(commandIds.saveAs, fileUri(place, message.path)),
        );
      case 'openLayer':
        return this.#layerFiles.open(message.layer, message.from);
      case 'closeLayer':
        return this.#layerFiles.close(message.layer);
      case 'openLayerFile':
        return this.#layerFiles.openFile(message.layer, message.file);
      case 'openLayerList':
        return this.#withPlace((place) =>
          showDocument(documentUri(place, { kind: 'layer', number: message.layer + 1 })),
        );
      case 'openAttachments':
        return this.#attachments.open();
      case 'closeAttachments':
        return this.#attachments.close();
      case 'openManifest':
        return showDocument(documentUri(this.#byDigest(message.digest), { kind: 'manifest' }));
      case 'showImage':
        return this.#context.show(message.reference);
      case 'showBase':
        return this.#showBase(message.reference);
      case 'showAttachment':
        return this.#context.show(this.#byDigest(message.digest).reference);
      case 'openArtifactFile':
        return this.#openArtifactFile(message.place);
      case 'saveArtifactFile':
        return this.#act('saveArtifact', { only: [message.place] });
      case 'action':
        return this.#act(message.action);
      case 'openLink':
        if (isHttps(message.url)) await vscode.env.openExternal(vscode.Uri.parse(message.url, true));
        return undefined;
      case 'showLog':
        return vscode.commands.executeCommand(commandIds.showLog);
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
    }
  }

  /** What an image names as its base is text of whoever made it: it may lead to a registry, never to files of this machine. */
  #showBase(reference: string): unknown {
    const { registry } = parseReference(reference);
    if (isLocalRegistry(registry)) return undefined;
    // A connection speaks for its own registry only.
    if (registry === parseReference(this.#target.reference).registry) return this.#context.show(reference);
    return vscode.commands.executeCommand(commandIds.showImage, reference);
  }

  /** A command about what is shown, with the messages of a menu. */
  async #act(action: ImageAction, ...options: readonly unknown[]): Promise<unknown> {
    const image = this.#view.kind === 'image' ? this.#view.image : undefined;
    if (image === undefined) return undefined;
    const isOfAll = action === 'openManifest';
    const digest = isOfAll ? image.digest : (image.platformDigest ?? image.digest);
    return vscode.commands.executeCommand(commandIds[action], { kind: 'link', ...this.#byDigest(digest) }, ...options);
  }

  /** An archive by the list of what is in it, all else as it is. */
  async #openArtifactFile(place: number): Promise<unknown> {
    const view = this.#view.kind === 'image' ? this.#view : undefined;
    const file = view?.artifact?.files[place];
    if (view === undefined || file === undefined) return undefined;
    const isArchive = /(?:^|[./+-])tar(?:$|[.+-])/.test(file.mediaType);
    const name = file.name.slice(file.name.lastIndexOf('/') + 1);
    const number = place + 1;
    return showDocument(
      documentUri(
        this.#byDigest(view.image.digest),
        isArchive ? { kind: 'layer', number } : { kind: 'file', number, name },
      ),
    );
  }

  #byDigest(digest: string): Pick<ImageView, 'reference' | 'connectionId'> {
    const { registry, repository } = this.#services.gantry.parseReference(this.#target.reference);
    return { ...this.#target, reference: formatReference({ registry, repository, digest }) };
  }

  #withPlace(open: (place: ImagePlace) => Thenable<unknown>): Thenable<unknown> | undefined {
    const image = this.#view.kind === 'image' ? this.#view.image : undefined;
    const place = image && this.#placeOf(image);
    return place && open(place);
  }

  /** Where its layers are; `undefined` for what has none. */
  #placeOf(image: ImageDetails): ImagePlace | undefined {
    if (image.layers.length === 0) return undefined;
    return imagePlace(this.#services, this.#target, image.platformDigest ?? image.digest);
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
      this.#prepare(image);
      const artifact = isArtifact(image) ? await this.#readArtifact(image, controller.signal) : undefined;
      this.#show({
        ...{ kind: 'image', ...this.#target, image },
        ...(artifact !== undefined && { artifact }),
        ...(this.#tag !== undefined && { tag: this.#tag }),
      });
    } catch (error) {
      // Another platform was chosen, or the panel was closed.
      if (isCancelled(error) && controller.signal.aborted) return;
      logError(this.#services.log, `Inspecting ${reference}`, error);
      this.#show({ kind: 'failed', ...this.#target, message: errorMessage(error) });
    }
  }

  async #readArtifact({ digest }: ImageDetails, signal: AbortSignal): Promise<ArtifactView> {
    const { reference, ...connection } = this.#byDigest(digest);
    const { files, config } = await this.#services.gantry.artifact(reference, { ...connection, signal });
    return {
      files: files.map(({ name, isTitled, descriptor: { mediaType, digest, size } }) => {
        return { name, isTitled, mediaType, digest, size };
      }),
      ...(config !== undefined && { config }),
    };
  }

  /** Nothing of it is read before somebody opens it. */
  #prepare(image: ImageDetails): void {
    const place = this.#placeOf(image);
    const isImage = image.config !== undefined;
    this.#inside.prepare(isImage ? place : undefined);
    const manifest = image.platformDigest ?? image.digest;
    const digests = image.layers.map(({ digest }) => digest);
    this.#layerFiles.prepare(isImage && place !== undefined ? { place, manifest, digests } : undefined);
    this.#attachments.prepare(image);
  }

  #show(view: PanelView): void {
    const before = this.layers;
    this.#view = view;
    void this.#post();
    if ([...this.layers].join() !== [...before].join()) this.#context.changed();
  }

  #wholeView(): ImageView {
    const view = this.#view;
    if (view.kind !== 'image') return view;
    const scan = this.#scan.view;
    const inside = this.#inside.view;
    return {
      ...view,
      ...(scan !== undefined && { scan }),
      ...(inside !== undefined && { inside }),
      attachments: this.#attachments.view,
      sharedLayers: this.#context.sharedLayers(),
    };
  }

  /** The whole state every time: a hidden panel drops messages, and asks again with `ready` when it is shown. */
  async #post(): Promise<void> {
    if (!this.#isReady) return;
    const message: ImagePanelMessage = {
      type: 'state',
      state: { language: vscode.env.language, strings: imagePanelStrings(), view: this.#wholeView() },
    };
    await this.#panel.webview.postMessage(message);
  }
}

/** An index without any image has no files of its own. */
function isArtifact({ config, layers }: ImageDetails): boolean {
  return config === undefined && layers.length > 0;
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
