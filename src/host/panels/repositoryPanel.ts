import * as vscode from 'vscode';
import type { RepositorySummary, TagSummary } from '../../api.ts';
import { parseAttachmentTag } from '../../core/finding/attachmentTags.ts';
import { formatReference, parseReference } from '../../core/oci/reference.ts';
import type { RepositoryPanelMessage, RepositoryPanelRequest, RepositoryView } from '../../messages.ts';
import { commandIds } from '../ids.ts';
import { showError } from '../present.ts';
import type { Services } from '../services.ts';
import { LazyView } from './lazyView.ts';
import { panelHtml, panelIcon, panelRoots } from './panelHtml.ts';
import { repositoryPanelStrings } from './repositoryPanelStrings.ts';
import { type RepositorySizes, readSizes } from './repositorySizes.ts';

export interface RepositoryTarget {
  /** Without a tag. */
  readonly reference: string;
  readonly connectionId?: string;
  /** What a list told of it. */
  readonly summary?: Pick<RepositorySummary, 'description' | 'pulls' | 'updatedAt'>;
}

type Tags = Extract<RepositoryView['tags'], { readonly kind: 'tags' }>;
interface Readme {
  readonly kind: 'readme';
  readonly text: string;
}

/** The page of a repository: how many tags it has, what they take, and its description. */
export class RepositoryPanel {
  readonly #services: Services;
  readonly #panel: vscode.WebviewPanel;
  readonly #target: RepositoryTarget;
  readonly #tags: LazyView<Tags>;
  readonly #sizes: LazyView<RepositorySizes>;
  readonly #readme: LazyView<Readme>;
  /** As far as its registry's kind is known. */
  #abilities: { readonly hasReadme: boolean; readonly hasPage: boolean } = { hasReadme: false, hasPage: false };
  #names: readonly TagSummary[] = [];
  #isReady = false;

  constructor(
    services: Services,
    { extensionUri, panel }: { readonly extensionUri: vscode.Uri; readonly panel: vscode.WebviewPanel },
    target: RepositoryTarget,
  ) {
    this.#services = services;
    this.#panel = panel;
    this.#target = target;
    const changed = (): void => void this.#post();
    const { reference } = target;
    this.#tags = new LazyView(services, `The tags of ${reference}`, changed);
    this.#sizes = new LazyView(services, `The sizes of ${reference}`, changed);
    this.#readme = new LazyView(services, `The description of ${reference}`, changed);
    panel.title = reference;
    panel.iconPath = panelIcon(extensionUri);
    panel.webview.options = { enableScripts: true, localResourceRoots: [...panelRoots(extensionUri)] };
    panel.webview.onDidReceiveMessage((message: RepositoryPanelRequest) => void this.#receive(message));
    panel.onDidDispose(() => {
      for (const part of [this.#tags, this.#sizes, this.#readme]) part.close();
    });
    panel.webview.html = panelHtml(panel.webview, extensionUri, {
      script: 'repository.js',
      styles: ['panel.css', 'image.css'],
      title: reference,
    });
    void this.#openTags();
    void this.#readAbilities();
  }

  async #receive(message: RepositoryPanelRequest): Promise<void> {
    try {
      await this.#answer(message);
    } catch (error) {
      await showError(this.#services.log, message.type, error);
    }
  }

  async #answer(message: RepositoryPanelRequest): Promise<unknown> {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        return this.#post();
      case 'openTags':
        return this.#openTags();
      case 'openSizes':
        return this.#openSizes();
      case 'closeSizes':
        return this.#sizes.close();
      case 'openReadme':
        return this.#openReadme();
      case 'closeReadme':
        return this.#readme.close();
      case 'showTag': {
        const { registry, repository } = parseReference(this.#target.reference);
        const reference = formatReference({ registry, repository, tag: message.tag });
        return vscode.commands.executeCommand(commandIds.showImage, { ...this.#link(), reference });
      }
      case 'action':
        return vscode.commands.executeCommand(commandIds[message.action], this.#target.reference);
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
    }
  }

  /** What a registry's kind can do is known without asking it. */
  async #readAbilities(): Promise<void> {
    const { reference } = this.#target;
    const abilities = await this.#services.gantry
      .repositoryAbilities(reference, this.#connection())
      .catch(() => undefined);
    if (abilities === undefined) return;
    this.#abilities = { hasReadme: abilities.has('readme'), hasPage: abilities.has('web') };
    if (this.#abilities.hasReadme) void this.#openReadme();
    await this.#post();
  }

  async #openTags(): Promise<void> {
    await this.#tags.open(async (signal) => {
      const { reference } = this.#target;
      const { tags, isTruncated } = await this.#services.gantry.tagNames(reference, { ...this.#connection(), signal });
      this.#names = tags.filter(({ name }) => parseAttachmentTag(name) === undefined);
      // `latest` stands first, and says nothing.
      const newest = (this.#names.find(({ name }) => /\d/.test(name)) ?? this.#names[0])?.name;
      return {
        kind: 'tags',
        count: tags.length,
        isTruncated,
        attachments: tags.length - this.#names.length,
        ...(newest !== undefined && { newest }),
      };
    });
    if (this.#tags.view.kind === 'tags') await this.#openSizes();
  }

  async #openSizes(): Promise<void> {
    await this.#sizes.open((signal, report) =>
      readSizes(this.#services, { ...this.#target, tags: this.#names }, { signal, report }),
    );
  }

  async #openReadme(): Promise<void> {
    await this.#readme.open(async (signal) => {
      const text = await this.#services.gantry.readme(this.#target.reference, { ...this.#connection(), signal });
      return { kind: 'readme', text: text ?? '' };
    });
  }

  #connection(): { readonly connectionId?: string } {
    const { connectionId } = this.#target;
    return connectionId === undefined ? {} : { connectionId };
  }

  #link() {
    return { kind: 'link', ...this.#connection() };
  }

  /** The whole state every time: a hidden panel drops messages, and asks again with `ready` when it is shown. */
  async #post(): Promise<void> {
    if (!this.#isReady) return;
    const { reference, summary = {} } = this.#target;
    const { description, pulls, updatedAt } = summary;
    const view: RepositoryView = {
      reference,
      ...this.#connection(),
      ...(description !== undefined && { description }),
      ...(pulls !== undefined && { pulls }),
      ...(updatedAt !== undefined && { updatedAt }),
      hasPage: this.#abilities.hasPage,
      tags: this.#tags.view,
      sizes: this.#sizes.view,
      ...(this.#abilities.hasReadme && { readme: this.#readme.view }),
    };
    const message: RepositoryPanelMessage = {
      type: 'state',
      state: { language: vscode.env.language, strings: repositoryPanelStrings(), view },
    };
    await this.#panel.webview.postMessage(message);
  }
}
