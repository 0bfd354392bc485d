import type { ImageDetails } from '../../api.ts';
import type { AllItems } from '../../core/allPages.ts';
import { isRegistryError, type RegistryError } from '../../core/errors.ts';
import type { UntaggedImage } from '../../core/untagged.ts';
import { logError } from '../log.ts';
import { errorMessage, isCancelled } from '../present.ts';
import type { Services } from '../services.ts';
import { type LoadedFolder, loadFolder } from './fileRows.ts';
import { connectionOf, isWithin, type NoticeNode, type ParentNode, type RepositoryNode } from './nodes.ts';
import { listRegistry, type RegistryListing } from './registryChildren.ts';
import type { RepositoryTags } from './repositoryTags.ts';
import type { RowAbilities } from './rowAbilities.ts';
import { rowsAtOnce } from './tagRows.ts';

/** What was loaded for a node. */
export type Loaded =
  | { readonly kind: 'registry'; readonly listing: RegistryListing }
  | { readonly kind: 'tags'; readonly tags: RepositoryTags; readonly shown: number; readonly hasUntagged: boolean }
  | { readonly kind: 'untagged'; readonly images: AllItems<UntaggedImage>; readonly shown: number }
  | { readonly kind: 'image'; readonly image: ImageDetails }
  | LoadedFolder
  | FailedLoading;

interface FailedLoading {
  readonly kind: 'failed';
  readonly severity: NoticeNode['severity'];
  readonly message: string;
  readonly error: RegistryError | undefined;
  /** Whether the registry answers, and keeps its list to itself: its images can be opened by name. */
  readonly isListless: boolean;
}

interface Loading {
  readonly controller: AbortController;
  readonly promise: Promise<Loaded>;
}

export interface NodeLoadingOptions {
  readonly services: Services;
  readonly abilities: RowAbilities;
  /** A repository's tags, of which nothing is read yet. */
  readonly openTags: (node: RepositoryNode) => RepositoryTags;
  /** The rows of a node are there, or why there are none. */
  readonly ended: (node: ParentNode) => void;
}

/** What was loaded for the nodes of the tree, and what is being loaded. Errors are kept too. */
export class NodeLoading {
  readonly #options: NodeLoadingOptions;
  readonly #loaded = new Map<string, Loaded>();
  readonly #loading = new Map<string, Loading>();
  #isDisposed = false;

  constructor(options: NodeLoadingOptions) {
    this.#options = options;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.forget(() => true);
  }

  get isLoading(): boolean {
    return this.#loading.size > 0;
  }

  get(id: string): Loaded | undefined {
    return this.#loaded.get(id);
  }

  set(id: string, loaded: Loaded): void {
    this.#loaded.set(id, loaded);
  }

  /** Stops what is under way for these nodes, and forgets what they had. */
  forget(isConcerned: (id: string) => boolean): void {
    for (const [id, loaded] of this.#loaded) {
      if (!isConcerned(id)) continue;
      this.#loaded.delete(id);
      if (loaded.kind === 'tags') loaded.tags.dispose();
    }
    for (const [id, { controller }] of this.#loading) {
      if (!isConcerned(id)) continue;
      this.#loading.delete(id);
      controller.abort();
    }
  }

  /** Whether something of a node, or below it, is being loaded. */
  isBusy(node: { readonly id: string }): boolean {
    return [...this.#loading.keys()].some((id) => isWithin(id, node));
  }

  /** Whoever asks for a node that is being loaded waits for the same answer. Never rejects. */
  async load(node: ParentNode): Promise<Loaded> {
    const known = this.#loaded.get(node.id);
    if (known !== undefined) return known;
    const loading = this.#loading.get(node.id) ?? this.#start(node);
    try {
      const loaded = await loading.promise;
      if (this.#loading.get(node.id) === loading) this.#loaded.set(node.id, loaded);
      return loaded;
    } catch (error) {
      // A refresh has taken its place: its rows are the answer.
      if (isCancelled(error) && !this.#isDisposed && this.#loading.get(node.id) !== loading) return this.load(node);
      logError(this.#options.services.log, `Listing ${node.id}`, error);
      const failed = failedLoading(node, error);
      if (this.#loading.get(node.id) === loading) this.#loaded.set(node.id, failed);
      return failed;
    } finally {
      if (this.#loading.get(node.id) === loading) this.#loading.delete(node.id);
      // Once its rows are on their way.
      setTimeout(() => this.#options.ended(node));
    }
  }

  #start(node: ParentNode): Loading {
    const controller = new AbortController();
    const loading = { controller, promise: this.#fetch(node, controller.signal) };
    this.#loading.set(node.id, loading);
    return loading;
  }

  async #fetch(node: ParentNode, signal: AbortSignal): Promise<Loaded> {
    const { services, abilities, openTags } = this.#options;
    switch (node.kind) {
      case 'registry':
      case 'namespace': {
        const listing = await listRegistry(services, node, undefined, signal);
        await abilities.learnRegistry(connectionOf(node));
        return { kind: 'registry', listing };
      }
      case 'repository': {
        const tags = openTags(node);
        const options = { connectionId: node.connection.id };
        const [before] = await Promise.all([
          services.gantry.seenDigests(node.repository.reference, options),
          tags.open(signal),
        ]);
        tags.before = before;
        const can = await abilities.ofRepository(node.connection, node.repository.reference);
        return { kind: 'tags', tags, shown: rowsAtOnce, hasUntagged: can.has('untagged') };
      }
      case 'untagged': {
        const { connection, repository } = node.parent;
        const options = { signal, connectionId: connection.id };
        const images = await services.gantry.untaggedImages(repository.reference, options);
        return { kind: 'untagged', images, shown: rowsAtOnce };
      }
      case 'tag':
      case 'platform': {
        const { reference, connection } = node.kind === 'tag' ? node : node.parent;
        const platform = node.kind === 'platform' ? { platform: node.platform } : {};
        const image = await services.gantry.inspect(reference, { signal, connectionId: connection.id, ...platform });
        return { kind: 'image', image };
      }
      case 'layer':
      case 'files':
      case 'file':
        return loadFolder(services, node, rowsAtOnce);
    }
  }
}

function failedLoading(node: ParentNode, error: unknown): FailedLoading {
  return {
    kind: 'failed',
    severity: noticeSeverity(node, error),
    message: errorMessage(error),
    error: isRegistryError(error) ? error : undefined,
    isListless: isRegistryError(error, 'unauthorized', 'denied', 'not-found', 'unsupported'),
  };
}

/** That a registry has no list is no mistake of anybody. */
function noticeSeverity(node: ParentNode, error: unknown): NoticeNode['severity'] {
  if (isRegistryError(error, 'unauthorized')) return 'signIn';
  if (isRegistryError(error, 'untrusted-realm') && error.realm !== undefined) return 'trust';
  const isListless = node.kind === 'registry' && isRegistryError(error, 'unsupported', 'not-found', 'denied');
  return isListless ? 'info' : 'error';
}
