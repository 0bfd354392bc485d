import * as vscode from 'vscode';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';
import type { ImageFileSystem } from './imageFileSystem.ts';

const schemesOfFiles = [schemes.image, schemes.layer];

/** Files inside images for all of VS Code, read-only. What reads them is loaded when the first is asked for. */
export class LazyFileSystem implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #registered: vscode.Disposable;
  #loaded: ImageFileSystem | undefined;

  /** Never fires: what a digest names cannot change. */
  readonly onDidChangeFile = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    const options = { isCaseSensitive: true, isReadonly: new vscode.MarkdownString(this.#reason()) };
    this.#registered = vscode.Disposable.from(
      ...schemesOfFiles.map((scheme) => vscode.workspace.registerFileSystemProvider(scheme, this, options)),
    );
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changed.dispose();
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return (await this.#load()).stat(uri);
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    return (await this.#load()).readDirectory(uri);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#load()).readFile(uri);
  }

  createDirectory(): void {
    throw this.#refusal();
  }

  writeFile(): void {
    throw this.#refusal();
  }

  delete(): void {
    throw this.#refusal();
  }

  rename(): void {
    throw this.#refusal();
  }

  async #load(): Promise<ImageFileSystem> {
    if (this.#loaded === undefined) {
      const { ImageFileSystem } = await import('./imageFileSystem.ts');
      this.#loaded ??= new ImageFileSystem(this.#services);
    }
    return this.#loaded;
  }

  #refusal(): vscode.FileSystemError {
    return vscode.FileSystemError.NoPermissions(this.#reason());
  }

  #reason(): string {
    return vscode.l10n.t('Files of an image cannot be changed: its digest stands for what they hold.');
  }
}
