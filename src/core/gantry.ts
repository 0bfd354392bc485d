import type {
  ConnectionInfo,
  ConnectionOption,
  CopyOptions,
  DeletePlan,
  Descriptor,
  FetchedManifest,
  FileEntry,
  FileOptions,
  ImageDetails,
  ImageMention,
  ImageReference,
  InspectOptions,
  ListFilesOptions,
  NamespaceSummary,
  Page,
  PageOptions,
  Protection,
  PullOptions,
  PullResult,
  RateLimit,
  RepositoryAccess,
  RepositorySession,
  RepositorySummary,
  SignalOption,
  TagChange,
  TagOptions,
  TagSummary,
  TransferProgress,
  TransferResult,
  VulnerabilityReport,
} from '../api.ts';
import {
  isWebPage,
  type RegistryAbility,
  type RepositoryAbility,
  registryAbilities,
  repositoryAbilities,
} from './abilities.ts';
import { createEngineApi } from './adapters/engineApi.ts';
import { type AdapterKind, kindOfUrl } from './adapters/kinds.ts';
import { type AllItems, allPages } from './allPages.ts';
import { type ArtifactContent, readArtifact } from './artifactContent.ts';
import { type Attachment, findAttachments } from './attachments.ts';
import { formatBytes } from './byteSize.ts';
import { ConnectionLogins, type DiscoverOptions, type LoginChoices } from './connectionLogins.ts';
import { ConnectionSetup, type DiscoveredRegistry, type NewConnection } from './connectionSetup.ts';
import { assertWritable, type Connection, type Connections } from './connections.ts';
import { defaultLabel, repositoryReference, servesRegistry, urlOfReference } from './connectionUrl.ts';
import { Copies, type CopyEnd, type MovedTag } from './copies.ts';
import { type DeletionContext, Deletions, type SearchOptions } from './deletions.ts';
import { isRegistryError, RegistryError, throwIfAborted } from './errors.ts';
import { NameSearch, type SearchCall } from './finding/nameSearch.ts';
import { NamesIndex } from './finding/namesIndex.ts';
import { SeenTags } from './finding/seenTags.ts';
import { factsOf } from './finding/tagFacts.ts';
import { parsePosition } from './image/fileEntry.ts';
import type { ImagePorts, LayerProgress } from './image/ports.ts';
import { ImageContents } from './imageContents.ts';
import { ImageFiles, type OpenedFiles } from './imageFiles.ts';
import { inspectImage, readImageConfig } from './inspect.ts';
import { findLayeredImage } from './layeredImage.ts';
import { type ManifestSummary, summarizeManifest } from './manifestSummary.ts';
import { openNameList } from './nameList.ts';
import { platformFields } from './oci/config.ts';
import { engineRegistry, isLocalRegistry } from './oci/localReference.ts';
import { parseManifest } from './oci/manifest.ts';
import { fetchParsed } from './oci/platformImage.ts';
import { isRepositoryName, isTag, parseReference } from './oci/reference.ts';
import { sortByTag } from './oci/tagOrder.ts';
import { type PageCall, pageWithin } from './pageWithin.ts';
import type { ContentStore } from './ports.ts';
import {
  type KeptPrune,
  keepRecord,
  keptPrunes,
  markRestored,
  pruneRecord,
  recordId,
  restoreSteps,
} from './pruneLog.ts';
import type { PlanPruneOptions, PruneOptions, PrunePlan, PruneResult } from './prunes.ts';
import type { CoreApi } from './publicApi.ts';
import { RecentTags } from './recentTags.ts';
import { limits } from './registry/limits.ts';
import { Sessions } from './sessions.ts';
import type { IndexPart } from './transfer/copy.ts';
import type { EngineInfo } from './transfer/engineInfo.ts';
import type { PruneRule } from './transfer/pruneRule.ts';
import { retag } from './transfer/retag.ts';
import { type BlobToSave, saveBlobs } from './transfer/saveBlobs.ts';
import { putBack, putBackEach, type Undoable, UndoMemory, type UndoStep } from './transfer/undo.ts';
import { findReferringSignatures, findSignatures, type Signature } from './trust/signatures.ts';
import { findUntagged, type UntaggedImage } from './untagged.ts';

export interface OpenImageOptions extends FileOptions {
  /** Called while layers are read that are not known yet. */
  readonly onProgress?: (progress: LayerProgress) => void;
}

export interface PlanDeleteOptions extends ConnectionOption, SearchOptions {}

/** What a prune has done, with what {@link Gantry.undo} takes where it fits into what is kept. */
export interface PruneOutcome extends PruneResult {
  readonly undoable: Undoable | undefined;
}

/** An image of the container engine. */
export interface EngineTag {
  /** `engine:/docker.io/library/nginx:1.27` */
  readonly reference: string;
  /** Bytes, unpacked. */
  readonly size: number;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
}

/** All tags of a repository, sorted as people read versions, with what the registry's list says of them. */
export interface TagNames {
  readonly tags: readonly TagSummary[];
  /** Whether the repository has more than are read. */
  readonly isTruncated: boolean;
}

/** What the tree, the panels, the hovers and the public API share. */
export class Gantry implements CoreApi {
  readonly #ports: ImagePorts;
  readonly #connections: Connections;
  readonly #setup: ConnectionSetup;
  readonly #sessions: Sessions;
  readonly #contents = new ImageContents();
  readonly #names: NamesIndex;
  readonly #search: NameSearch;
  readonly #seenTags: SeenTags;
  readonly #deletions: Deletions;
  readonly #files: ImageFiles;
  /** What the tags of images named that are looked into, as `repository key:tag`. */
  readonly #openTags: RecentTags;
  readonly #copies: Copies;
  readonly #undos: UndoMemory;

  constructor(ports: ImagePorts, connections: Connections) {
    this.#ports = ports;
    this.#connections = connections;
    const logins = new ConnectionLogins(ports, connections);
    const sessions = new Sessions(ports, connections, logins);
    this.#sessions = sessions;
    this.#setup = new ConnectionSetup({ ports, connections, logins, sessions, forget: (id) => this.#forget(id) });
    this.#deletions = new Deletions(ports.now);
    this.#files = new ImageFiles(ports);
    this.#openTags = new RecentTags(ports.now);
    const { data: store, now } = ports;
    const lists = {
      listNamespaces: this.listNamespaces.bind(this),
      listRepositories: this.#listRepositories.bind(this),
    };
    this.#names = new NamesIndex({ store, now, openList: (id) => openNameList(lists, id) });
    this.#search = new NameSearch({
      index: this.#names,
      now,
      searchNatively: (id, query, options) => this.#searchNatively(id, query, options),
    });
    this.#seenTags = new SeenTags(store);
    this.#undos = new UndoMemory(ports.now);
    this.#copies = new Copies({
      ports,
      sessions: this.#sessions,
      contents: this.#contents,
      listTags: async (repository, signal) => (await listAllTags(repository, signal)).tags,
    });
  }

  connections(): readonly ConnectionInfo[] {
    return this.#connections.all().map((connection) => this.#connections.info(connection));
  }

  /** See {@link ConnectionSetup}, as all up to {@link testConnection}. */
  addConnection(options: NewConnection): Promise<ConnectionInfo> {
    return this.#setup.add(options);
  }

  registryKinds(): Promise<readonly AdapterKind[]> {
    return this.#setup.kinds();
  }

  findKind(...call: Parameters<ConnectionSetup['findKind']>): Promise<AdapterKind['id']> {
    return this.#setup.findKind(...call);
  }

  setKind(...call: Parameters<ConnectionSetup['setKind']>): Promise<ConnectionInfo> {
    return this.#setup.setKind(...call);
  }

  probe(...call: Parameters<ConnectionSetup['probe']>): Promise<boolean> {
    return this.#setup.probe(...call);
  }

  removeConnection(id: string): Promise<void> {
    return this.#setup.remove(id);
  }

  signIn(...call: Parameters<ConnectionSetup['signIn']>): Promise<ConnectionInfo> {
    return this.#setup.signIn(...call);
  }

  signOut(id: string): Promise<void> {
    return this.#setup.signOut(id);
  }

  /** See {@link ConnectionSetup.setReadOnly}. */
  setReadOnly(id: string, isReadOnly: boolean): Promise<ConnectionInfo> {
    return this.#setup.setReadOnly(id, isReadOnly);
  }

  trustRealm(id: string, realm: string): Promise<void> {
    return this.#setup.trustRealm(id, realm);
  }

  loginChoices(...call: Parameters<ConnectionSetup['loginChoices']>): Promise<LoginChoices> {
    return this.#setup.loginChoices(...call);
  }

  chooseLogin(...call: Parameters<ConnectionSetup['chooseLogin']>): Promise<ConnectionInfo> {
    return this.#setup.chooseLogin(...call);
  }

  discoverRegistries(options?: SignalOption & DiscoverOptions): Promise<readonly DiscoveredRegistry[]> {
    return this.#setup.discover(options);
  }

  /** The images of the container engine of this machine by their names, newest first; those without a name are left out. */
  async engineImages(options: SignalOption = {}): Promise<readonly EngineTag[]> {
    const { signal = neverAborted } = options;
    const images = await createEngineApi(this.#ports.findEngine).images(signal);
    return images
      .flatMap(({ names, size, createdAt }) =>
        names.flatMap(({ repository, tag }) =>
          tag === undefined ? [] : [{ reference: `${engineRegistry}${repository}:${tag}`, size, createdAt }],
        ),
      )
      .toSorted((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
  }

  markOffered(registries: readonly string[]): Promise<void> {
    return this.#setup.markOffered(registries);
  }

  findEngine(options?: SignalOption): Promise<EngineInfo['kind'] | undefined> {
    return this.#setup.findEngine(options);
  }

  testConnection(id: string, options?: SignalOption): Promise<void> {
    return this.#setup.test(id, options);
  }

  parseReference(text: string): ImageReference {
    return parseReference(text);
  }

  /** The registry's own namespaces; `undefined` where it has none, and its repositories are listed at once. */
  async listNamespaces(
    connectionIdentifier: string,
    options: PageOptions = {},
  ): Promise<Page<NamespaceSummary> | undefined> {
    const connection = this.#connections.existing(connectionIdentifier);
    return this.#sessions.observe(connection, async (session) => {
      const listNamespaces = session.listNamespaces?.bind(session);
      return listNamespaces && pageWithin(pageCall(options), listNamespaces);
    });
  }

  async listRepositories(
    connectionIdentifier: string,
    options: PageOptions & { readonly namespace?: string } = {},
  ): Promise<Page<RepositorySummary>> {
    const page = await this.#listRepositories(connectionIdentifier, options);
    const names = page.items.map(({ name }) => name);
    await this.#names.add(connectionIdentifier, names);
    return page;
  }

  /**
   * Names of repositories that contain a text, of all connections or of some: those that are kept at once, then what the
   * registries say. Told as they come; resolves when the last registry has answered, and rejects with `cancelled` only.
   */
  async searchNames(query: string, call: SearchCall & { readonly connectionIds?: readonly string[] }): Promise<void> {
    const ids = call.connectionIds ?? this.#connections.all().map(({ id }) => id);
    await this.#search.search(ids, query, call);
    throwIfAborted(call.signal);
  }

  /** The digests that tags had when their repository was looked at in an earlier window. */
  async seenDigests(repository: string, options: ConnectionOption = {}): Promise<ReadonlyMap<string, string>> {
    const reference = parseReference(repository);
    return this.#seenTags.before(this.#connectionFor(reference, options).id, reference.repository);
  }

  /** What tags name now, for the next window to compare with. */
  async noteDigests(
    repository: string,
    digests: ReadonlyMap<string, string>,
    options: ConnectionOption = {},
  ): Promise<void> {
    const reference = parseReference(repository);
    await this.#seenTags.note(this.#connectionFor(reference, options).id, reference.repository, digests);
  }

  async listTags(repository: string, options: PageOptions & ConnectionOption = {}): Promise<Page<TagSummary>> {
    const reference = parseReference(repository);
    return this.#withRepository(reference, options, (session) =>
      pageWithin(pageCall(options), (call) => session.listTags(call)),
    );
  }

  /** One page as the registry sends it, for who reads on: see {@link PageReading}. */
  async tagPage(
    repository: string,
    options: ConnectionOption & { readonly cursor?: string; readonly priority?: 'background' } = {},
  ): Promise<Page<TagSummary>> {
    const reference = parseReference(repository);
    const { signal = neverAborted, cursor, priority } = options;
    return this.#withRepository(reference, options, (session) =>
      session.listTags({
        signal,
        ...(cursor !== undefined && { cursor }),
        ...(priority !== undefined && { priority }),
      }),
    );
  }

  /** Reads every page, since no page of a list in the order of the alphabet holds the newest versions. */
  async tagNames(repository: string, options: ConnectionOption = {}): Promise<TagNames> {
    const reference = parseReference(repository);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, (session) => listAllTags(session, signal));
  }

  /** The exact bytes of a manifest, as text: of what the reference names, not of a platform. */
  async manifestText(text: string, options: ConnectionOption = {}): Promise<string> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, async (repository, connection) => {
      const key = repositoryKey(connection, reference);
      const { bytes } = await this.#contents.fetchManifest(repository, key, tagOrDigest(reference), signal);
      return new TextDecoder().decode(bytes);
    });
  }

  /** What a tag or digest names, without its content. */
  async resolve(text: string, options: ConnectionOption = {}): Promise<Descriptor> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, (repository) =>
      repository.resolve(tagOrDigest(reference), { signal }),
    );
  }

  /** What one manifest tells of what a reference names, for who looks at many: see {@link summarizeManifest}. */
  async summarize(text: string, options: ConnectionOption = {}): Promise<ManifestSummary> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, (repository, connection) => {
      const key = repositoryKey(connection, reference);
      return summarizeManifest(
        {
          fetchManifest: (tagOrDigest) => this.#contents.fetchManifest(repository, key, tagOrDigest, signal),
          fetchConfig: (descriptor) => this.#contents.fetchConfig(repository, key, descriptor, signal),
        },
        { reference: reference.familiar, tagOrDigest: tagOrDigest(reference) },
      );
    });
  }

  async inspect(text: string, options: InspectOptions = {}): Promise<ImageDetails> {
    const reference = parseReference(text);
    const { signal = neverAborted, platform } = options;
    return this.#withRepository(reference, options, (repository, connection) => {
      const key = repositoryKey(connection, reference);
      const named = tagOrDigest(reference);
      return inspectImage(
        {
          fetchManifest: async (other) => {
            const remember = this.#openTags.asked(`${key}:${named}`);
            const fetched = await this.#contents.fetchManifest(repository, key, other, signal);
            // Whose files are asked for next are those of the same image.
            if (other === named) remember(fetched.descriptor.digest);
            return fetched;
          },
          fetchConfig: (descriptor) => this.#contents.fetchConfig(repository, key, descriptor, signal),
          architecture: this.#ports.architecture,
        },
        { reference: reference.familiar, tagOrDigest: named, platform },
      );
    });
  }

  async tag(source: string, target: string, options: TagOptions = {}): Promise<Descriptor> {
    const from = parseReference(source);
    const tag = targetTag(from, target);
    const { signal = neverAborted, overwrite, expected } = options;
    return this.#withRepository(from, { ...options, access: 'push' }, async (repository, connection) => {
      const key = repositoryKey(connection, from);
      const manifest = await this.#contents.fetchManifest(repository, key, tagOrDigest(from), signal);
      const tagging = retag(
        repository,
        manifest,
        { tag, name: repositoryReference(connection.url, from.repository) },
        {
          signal,
          ...(overwrite !== undefined && { overwrite }),
          ...(expected !== undefined && { expected }),
          onMoved: (before) =>
            this.#addMoved({ connection, reference: from, key }, { tag, before, now: manifest.descriptor.digest }),
        },
      );
      return this.#forgettingTags(key, tagging);
    });
  }

  /** Between registries, and to or from OCI image layouts; from archives too. */
  async copy(source: string, target: string, options: CopyOptions = {}): Promise<TransferResult> {
    const { signal = neverAborted, targetConnectionId } = options;
    const from = this.#copyEnd(source, options);
    const to = this.#targetEnd(target, targetConnectionId);
    const undoable = isLocalRegistry(to.reference.registry)
      ? {}
      : { onMoved: (moved: MovedTag) => this.#addMoved(to, moved) };
    return this.#forgettingTags(to.key, this.#copies.run(from, to, { ...options, signal, ...undoable }));
  }

  #addMoved({ connection, reference: { repository } }: CopyEnd, { tag, before, now }: MovedTag): void {
    this.#undos.add({
      kind: 'tag-moved',
      reference: parseReference(`${repositoryReference(connection.url, repository)}:${tag}`).familiar,
      connectionId: connection.id,
      repository,
      steps: [{ name: tag, manifest: before, now }],
    });
  }

  /**
   * Makes one index of what some references name, their platforms beside each other, and gives it a tag. What is in another
   * repository is copied there first.
   *
   * Errors: `invalid` for two images of one platform and for what is no image, `conflict` as for {@link copy}.
   */
  async assembleIndex(sources: readonly string[], target: string, options: CopyOptions = {}): Promise<Descriptor> {
    const { signal = neverAborted, targetConnectionId, onProgress = () => {} } = options;
    const to = this.#targetEnd(target, targetConnectionId);
    const { tag } = to.reference;
    if (tag === undefined || isLocalRegistry(to.reference.registry))
      throw new RegistryError('invalid', `${target} is no repository of a registry with a tag, which an index needs.`);
    const { assembleIndex } = await import('./transfer/copy.ts');
    const parts: IndexPart[] = [];
    /** Bytes of those that are there by now. */
    let copied = 0;
    for (const source of sources) {
      const from = this.#copyEnd(source, options);
      parts.push(await this.#indexPart(from, signal));
      if (from.key === to.key) continue;
      const digest = parts.at(-1)?.top.descriptor.digest;
      const [own, other] = [from.reference, to.reference].map((reference) => repositoryOf(reference));
      let all = 0;
      await this.copy(`${own}@${digest}`, `${other}@${digest}`, {
        ...options,
        signal,
        referrers: false,
        onProgress: ({ done, total, item }) => {
          all = total;
          onProgress({ done: copied + done, total: copied + total, item });
        },
      });
      copied += all;
    }
    const index = assembleIndex(parts, this.#ports.createHash);
    const { connection, reference, key } = to;
    const tagging = this.#sessions.observe(connection, (session) =>
      retag(
        session.repository(reference.repository, 'push'),
        index,
        { tag, name: repositoryReference(connection.url, reference.repository) },
        {
          signal,
          ...(options.overwrite !== undefined && { overwrite: options.overwrite }),
          ...(options.expected !== undefined && { expected: options.expected }),
          onMoved: (before) => this.#addMoved(to, { tag, before, now: index.descriptor.digest }),
        },
      ),
    );
    return this.#forgettingTags(key, tagging);
  }

  async #indexPart({ reference, connection, key }: CopyEnd, signal: AbortSignal): Promise<IndexPart> {
    return this.#sessions.observe(connection, async (session) => {
      const repository = session.repository(reference.repository);
      const fetchManifest = (other: string) => this.#contents.fetchManifest(repository, key, other, signal);
      const top = await fetchParsed(fetchManifest, {
        reference: reference.familiar,
        tagOrDigest: tagOrDigest(reference),
      });
      if (top.manifest.kind === 'index') return { reference: reference.familiar, top, platform: undefined };
      const config = await readImageConfig(
        { fetchConfig: (blob) => this.#contents.fetchConfig(repository, key, blob, signal) },
        top.manifest.config,
      );
      return { reference: reference.familiar, top, platform: config && platformFields(config.raw) };
    });
  }

  /** Pulls into the container engine of this machine, a folder or an archive. */
  async pull(text: string, options: PullOptions): Promise<PullResult> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    const connection = this.#connectionFor(reference, options);
    const key = repositoryKey(connection, reference);
    const { pullImage } = await import('./pulls.ts');
    // Only what the registry answers says how the connection stands, not what an engine or a disk does.
    const observed = this.#observed(connection, reference);
    return pullImage(
      {
        ports: this.#ports,
        fetchManifest: (other) =>
          observed((repository) => this.#contents.fetchManifest(repository, key, other, signal)),
        openBlob: (blob, call) =>
          observed((repository) => repository.openBlob(blob, { ...call, priority: 'background' })),
        listFiles: (image, stop) => new ImageFiles({ ...this.#ports, store: emptyStore }).open(image, { signal: stop }),
        findCredential: async (stop) =>
          servesRegistry(connection.url, reference.registry) ? this.#sessions.credential(connection, stop) : undefined,
      },
      reference,
      { ...options, signal },
    );
  }

  /** See `GantryApi.listFiles`. */
  async listFiles(text: string, options: ListFilesOptions = {}): Promise<Page<FileEntry>> {
    // All pages are of one image, also when its tag moves in between.
    const position = options.cursor === undefined ? undefined : parsePosition(options.cursor);
    const files = await this.#openFiles(text, options, position?.manifest);
    return files.list(options);
  }

  /** See `GantryApi.readFile`. */
  async readFile(text: string, path: string, options: FileOptions = {}): Promise<Uint8Array> {
    const files = await this.#openFiles(text, options);
    return files.read(path, options.signal ?? neverAborted);
  }

  /** The files of an image or of one of its layers, to be looked at as often as one likes. */
  async openFiles(text: string, options: OpenImageOptions = {}): Promise<OpenedFiles> {
    return this.#openFiles(text, options);
  }

  /**
   * What deleting a reference would remove. For a digest every tag is looked at, once for some minutes; when `stopScan` is
   * aborted, the plan says how far that got.
   */
  async planDelete(text: string, options: PlanDeleteOptions = {}): Promise<DeletePlan> {
    const reference = parseReference(text);
    const { familiar, tag, digest } = reference;
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, async (repository, connection) => {
      assertWritable(connection);
      const context = this.#deletionContext(repository, connection, reference, options);
      const plan = await this.#deletions.plan(context, { reference: familiar, tag, digest }, options);
      // Known then to the deletion, so that it can be undone.
      await this.#manifestToKeep(repository, context.key, plan.digest, signal);
      return plan;
    });
  }

  /**
   * Deletes what a plan says, if it is still true. See {@link planDelete}. Resolves with what {@link undo} takes, where the
   * manifest could be read before.
   */
  async runDelete(
    plan: DeletePlan,
    options: ConnectionOption & { readonly byStandIn?: boolean } = {},
  ): Promise<Undoable | undefined> {
    const reference = parseReference(plan.reference);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, async (repository, connection) => {
      assertWritable(connection);
      const context = this.#deletionContext(repository, connection, reference, options);
      const manifest = await this.#manifestToKeep(repository, context.key, plan.digest, signal);
      const deleteTag =
        options.byStandIn === true ? () => this.#deleteByStandIn(repository, plan, manifest, signal) : undefined;
      try {
        await this.#deletions.run(context, plan, deleteTag);
      } finally {
        this.#openTags.forget(`${context.key}:`);
      }
      if (plan.kind === 'digest') this.#contents.deleteManifest(context.key, plan.digest);
      if (manifest === undefined || repository.putManifest === undefined) return undefined;
      const names = plan.kind === 'digest' ? [plan.digest, ...plan.tags] : plan.tags;
      return this.#undos.add({
        kind: plan.kind === 'digest' ? 'image-deleted' : 'tag-deleted',
        reference: plan.reference,
        connectionId: connection.id,
        repository: reference.repository,
        steps: names.map((name): UndoStep => ({ name, manifest, now: undefined })),
      });
    });
  }

  /** A dry run: what a rule would take away of a repository, and why the rest stays. See {@link planPrune}. */
  async planPrune(
    repository: string,
    rule: PruneRule,
    options: ConnectionOption & PlanPruneOptions = {},
  ): Promise<PrunePlan> {
    const reference = parseReference(repository);
    const { signal = neverAborted } = options;
    const { planPrune } = await import('./prunes.ts');
    return this.#withRepository(reference, { ...options, access: 'delete' }, (session, connection) => {
      const key = repositoryKey(connection, reference);
      const fetchManifest = (other: string, stop: AbortSignal): Promise<FetchedManifest> =>
        this.#contents.fetchManifest(session, key, other, stop);
      return planPrune(
        {
          ...{ repository: session, signal, now: this.#ports.now() },
          name: repositoryReference(connection.url, reference.repository),
          listTags: () => allTags(session, signal),
          listUntagged: () => this.#findUntagged(session, connection, reference, signal),
          fetchManifest: async (digest, stop) => {
            const { bytes, descriptor } = await fetchManifest(digest, stop);
            return parseManifest(bytes, descriptor.mediaType, reference.familiar);
          },
          readFacts: async (digest, stop) =>
            factsOf(
              await inspectImage(
                {
                  fetchManifest: (other) => fetchManifest(other, stop),
                  fetchConfig: (blob) => this.#contents.fetchConfig(session, key, blob, stop),
                  architecture: this.#ports.architecture,
                },
                { reference: reference.familiar, tagOrDigest: digest, platform: undefined },
              ),
            ),
        },
        rule,
        options,
      );
    });
  }

  /**
   * Deletes what a dry run found, as long as nothing has changed since, and keeps a record of it. See {@link runPrune}. What was
   * removed by then is in the answer also where it stopped.
   */
  async runPrune(plan: PrunePlan, options: ConnectionOption & PruneOptions): Promise<PruneOutcome> {
    const reference = parseReference(plan.repository);
    const { signal = neverAborted } = options;
    const { runPrune } = await import('./prunes.ts');
    return this.#withRepository(reference, { ...options, access: 'delete' }, async (session, connection) => {
      const key = repositoryKey(connection, reference);
      const startedAt = this.#ports.now();
      const of = { connectionId: connection.id, name: reference.repository };
      const keep = (done: Pick<PruneResult, 'removed' | 'stopped'>): Promise<void> =>
        keepRecord(this.#ports.data, of, pruneRecord(plan, done, startedAt));
      const pruning = runPrune(
        {
          ...{ repository: session, signal },
          listTags: async () => (await allTags(session, signal)).items,
          fetchManifest: (digest, stop) => this.#contents.fetchManifest(session, key, digest, stop),
          keep: (removed) => keep({ removed }),
        },
        plan,
        options,
      );
      const result = await this.#forgettingTags(key, pruning);
      const { removed } = result;
      if (removed.length > 0) await keep(result);
      for (const { how, digest } of removed) if (how === 'digest') this.#contents.deleteManifest(key, digest);
      if (removed.length === 0 || session.putManifest === undefined) return { ...result, undoable: undefined };
      const undoable = this.#undos.add({
        kind: 'pruned',
        reference: plan.repository,
        connectionId: connection.id,
        repository: reference.repository,
        recordId: recordId(of, new Date(startedAt).toISOString()),
        steps: removed.flatMap(({ how, digest, tags, manifest }) =>
          (how === 'digest' ? [digest, ...tags] : tags).map((name): UndoStep => ({ name, manifest, now: undefined })),
        ),
      });
      return { ...result, undoable };
    });
  }

  /** Deletions, prunes and moved tags that can be undone, newest first. Asks nothing. */
  async undoables(): Promise<readonly Undoable[]> {
    return this.#undos.all();
  }

  /**
   * Puts back what a deletion or a move has taken away, byte for byte, and reads it back.
   *
   * Errors: `not-found` when it is too long ago, or the registry has thrown parts of the image away; `conflict` for a tag
   * that names something else since.
   */
  async undo(id: string, options: SignalOption = {}): Promise<Undoable> {
    const { signal = neverAborted } = options;
    const entry = this.#undos.get(id);
    const connection =
      this.#connections.get(entry.connectionId) ?? this.#anonymousConnection(parseReference(entry.reference));
    assertWritable(connection);
    const put = entry.kind === 'pruned' ? putBackEach : putBack;
    const putting = this.#sessions.observe(connection, (session) =>
      put(session.repository(entry.repository, 'push'), entry.steps, {
        signal,
        name: repositoryReference(connection.url, entry.repository),
      }),
    );
    await this.#forgettingTags(`${connection.id} ${entry.repository}`, putting);
    this.#undos.remove(id);
    if (entry.recordId !== undefined) await markRestored(this.#ports.data, entry.recordId, this.#ports.now());
    return entry;
  }

  /** Prunes whose record is kept, also of earlier sessions, newest first; those that were put back aside. Asks nothing. */
  async keptPrunes(): Promise<readonly KeptPrune[]> {
    return keptPrunes(this.#ports.data);
  }

  /**
   * Puts back what one of {@link keptPrunes} has removed, as far as the registry still has the layers.
   *
   * Errors: `not-found` for one that is not kept, `conflict` with what could not be put back; the rest was.
   */
  async restorePrune(id: string, options: SignalOption = {}): Promise<KeptPrune> {
    const { signal = neverAborted } = options;
    const found = await restoreSteps(this.#ports.data, id, this.#ports.createHash);
    if (found === undefined)
      throw new RegistryError('not-found', 'No record of this prune is kept any more, or it was put back already.');
    const { kept, of, steps } = found;
    // One that was removed since may be there again by another id.
    const connection =
      this.#connections.get(of.connectionId) ?? this.#connectionFor(parseReference(kept.reference), {});
    assertWritable(connection);
    const name = repositoryReference(connection.url, of.name);
    const putting = this.#sessions.observe(connection, (session) =>
      putBackEach(session.repository(of.name, 'push'), steps, { signal, name }),
    );
    await this.#forgettingTags(`${connection.id} ${of.name}`, putting);
    await markRestored(this.#ports.data, id, this.#ports.now());
    return kept;
  }

  /** What can be done with a registry besides listing it. Asks it nothing. */
  async registryAbilities(id: string): Promise<ReadonlySet<RegistryAbility>> {
    return registryAbilities(await this.#sessions.for(this.#connections.existing(id)));
  }

  /** What can be done with a repository besides reading it. Asks its registry nothing. */
  async repositoryAbilities(
    repository: string,
    options: ConnectionOption = {},
  ): Promise<ReadonlySet<RepositoryAbility>> {
    const reference = parseReference(repository);
    const session = await this.#sessions.for(this.#connectionFor(reference, options));
    return repositoryAbilities(session.repository(reference.repository));
  }

  /** The page for people of a repository, or of an image where the reference has a tag or digest. Asks nothing. */
  async webUrl(text: string, options: ConnectionOption = {}): Promise<string | undefined> {
    const reference = parseReference(text);
    const session = await this.#sessions.for(this.#connectionFor(reference, options));
    const url = session.repository(reference.repository).webUrl?.(reference.digest ?? reference.tag);
    return isWebPage(url) ? url : undefined;
  }

  /** How much may still be pulled; `undefined` where there is no limit, or none is told. */
  async rateLimit(id: string, options: SignalOption = {}): Promise<RateLimit | undefined> {
    const { signal = neverAborted } = options;
    return this.#sessions.observe(this.#connections.existing(id), async (session) => session.rateLimit?.({ signal }));
  }

  /**
   * Makes an empty repository, and answers its reference.
   *
   * Errors: `invalid` for what is no name, `unsupported` where a push makes it, `conflict` when it is there.
   */
  async createRepository(id: string, name: string, options: SignalOption = {}): Promise<string> {
    const { signal = neverAborted } = options;
    const connection = this.#connections.existing(id);
    assertWritable(connection);
    if (!isRepositoryName(name)) throw new RegistryError('invalid', `"${name}" is not a name of a repository.`);
    await this.#sessions.observe(connection, async (session) => {
      await able(session.createRepository?.bind(session), connection, 'make repositories')(name, { signal });
    });
    return repositoryReference(connection.url, name);
  }

  /** Removes a repository with everything in it. */
  async deleteRepository(repository: string, options: ConnectionOption = {}): Promise<void> {
    const reference = parseReference(repository);
    const { signal = neverAborted } = options;
    await this.#withRepository(reference, { ...options, access: 'delete' }, async (session, connection) => {
      const deleteRepository = able(session.deleteRepository?.bind(session), connection, 'delete whole repositories');
      await this.#forgettingTags(repositoryKey(connection, reference), deleteRepository({ signal }));
    });
  }

  /** Manifests that no tag names, with what they are there for, newest first. */
  async untaggedImages(repository: string, options: ConnectionOption = {}): Promise<AllItems<UntaggedImage>> {
    const reference = parseReference(repository);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, (session, connection) =>
      this.#findUntagged(session, connection, reference, signal),
    );
  }

  /** What an artifact that is no image consists of. Rejects with `unsupported` for an index. */
  async artifact(text: string, options: ConnectionOption = {}): Promise<ArtifactContent> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, async (repository, connection) => {
      const key = repositoryKey(connection, reference);
      return readArtifact(
        {
          fetchManifest: (other) => this.#contents.fetchManifest(repository, key, other, signal),
          fetchConfig: (blob) => this.#contents.fetchConfig(repository, key, blob, signal),
        },
        { reference: reference.familiar, tagOrDigest: tagOrDigest(reference) },
      );
    });
  }

  /** Saves blobs of a repository as files of this machine, each verified. What is there is replaced. */
  async saveBlobs(
    text: string,
    target: { readonly folder: string; readonly blobs: readonly BlobToSave[] },
    options: ConnectionOption & { readonly onProgress?: (progress: TransferProgress) => void } = {},
  ): Promise<void> {
    const reference = parseReference(text);
    const { signal = neverAborted, onProgress = () => {} } = options;
    const observed = this.#observed(this.#connectionFor(reference, options), reference);
    await saveBlobs(
      {
        files: this.#ports.files,
        openBlob: (blob, call) => observed((repository) => repository.openBlob(blob, call)),
      },
      target,
      { signal, onProgress },
    );
  }

  /** A blob of a repository that is small enough to be looked at; else rejects with `too-large`. */
  async readBlob(text: string, blob: Descriptor, options: ConnectionOption = {}): Promise<Uint8Array> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    if (blob.size > limits.document) {
      const most = formatBytes(limits.document);
      throw new RegistryError('too-large', `It has ${formatBytes(blob.size)}, and at most ${most} are shown. Save it.`);
    }
    return this.#withRepository(reference, options, (repository, connection) =>
      this.#contents.fetchConfig(repository, repositoryKey(connection, reference), blob, signal),
    );
  }

  /** What is attached to an image. `platformDigest`: of the manifest of a platform that is looked at. */
  async attachments(
    text: string,
    options: ConnectionOption & { readonly platformDigest?: string } = {},
  ): Promise<readonly Attachment[]> {
    const reference = parseReference(text);
    const { signal = neverAborted, platformDigest } = options;
    return this.#withRepository(reference, options, async (repository, connection) => {
      const key = repositoryKey(connection, reference);
      const fetchManifest = (other: string) => this.#contents.fetchManifest(repository, key, other, signal);
      const { descriptor } = await fetchManifest(tagOrDigest(reference));
      const digests = [descriptor.digest, ...(platformDigest === undefined ? [] : [platformDigest])];
      return findAttachments({ repository, fetchManifest, signal }, digests);
    });
  }

  /** What the registry's own scanner has found in an image; `undefined` where it has none. The reference has a digest. */
  async vulnerabilities(text: string, options: ConnectionOption = {}): Promise<VulnerabilityReport | undefined> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, async (session) =>
      session.vulnerabilities?.(tagOrDigest(reference), { signal }),
    );
  }

  /** The signatures that a registry has beside an image, which nobody has verified. The reference has a digest. */
  async signatures(text: string, options: ConnectionOption = {}): Promise<readonly Signature[]> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, (session) =>
      findSignatures(session, tagOrDigest(reference), signal),
    );
  }

  /** As {@link signatures}, without the one that cosign tags: for who has the list of tags. */
  async referringSignatures(text: string, options: ConnectionOption = {}): Promise<readonly Signature[]> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, (session) =>
      findReferringSignatures(session, tagOrDigest(reference), signal),
    );
  }

  /** The names of a connection's repositories that were seen, without asking. See {@link searchNames}. */
  async knownNames(id: string): Promise<readonly string[]> {
    return (await this.#names.of(id)).names;
  }

  /** What a tag has named, newest first. */
  async tagHistory(text: string, options: PageOptions & ConnectionOption = {}): Promise<Page<TagChange>> {
    const reference = parseReference(text);
    return this.#withRepository(reference, options, (session, connection) => {
      const tagHistory = able(session.tagHistory?.bind(session), connection, 'keep the history of tags');
      return pageWithin(pageCall(options), (call) => tagHistory(tagOrDigest(reference), call));
    });
  }

  /** Protects a tag from exactly these; from nothing when empty. */
  async protectTag(text: string, from: readonly Protection[], options: ConnectionOption = {}): Promise<void> {
    const reference = parseReference(text);
    const { signal = neverAborted } = options;
    await this.#withRepository(reference, { ...options, access: 'push' }, (session, connection) =>
      able(session.protectTag?.bind(session), connection, 'lock single tags')(tagOrDigest(reference), from, { signal }),
    );
  }

  /** The description of a repository, as Markdown; `undefined` when there is none. */
  async readme(repository: string, options: ConnectionOption = {}): Promise<string | undefined> {
    const reference = parseReference(repository);
    const { signal = neverAborted } = options;
    return this.#withRepository(reference, options, async (session) => session.readme?.({ signal }));
  }

  /** `environment` is what Compose takes variables from. */
  async findReferences(
    text: string,
    languageId: string,
    fileName?: string,
    environment?: ReadonlyMap<string, string>,
  ): Promise<readonly ImageMention[]> {
    const { findMentions } = await import('./mentions/findMentions.ts');
    return findMentions(text, {
      languageId,
      ...(fileName !== undefined && { fileName }),
      ...(environment !== undefined && { environment }),
    });
  }

  /** Whether a connection serves this reference, so that asking for it tells no host anything new. */
  isConnected(reference: ImageReference): boolean {
    return this.#connections.forReference(reference) !== undefined;
  }

  /** `manifest` stands for the tag or digest of the reference. */
  async #openFiles(text: string, options: OpenImageOptions, manifest?: string): Promise<OpenedFiles> {
    const reference = parseReference(text);
    const { signal = neverAborted, platform, layer, onProgress } = options;
    const connection = this.#connectionFor(reference, options);
    const key = repositoryKey(connection, reference);
    const observed = this.#observed(connection, reference);
    const named = tagOrDigest(reference);
    const recent = `${key}:${named}`;
    const image = await findLayeredImage(
      {
        fetchManifest: async (other) => {
          const known = other === named ? this.#openTags.get(recent) : undefined;
          const remember = this.#openTags.asked(recent);
          const fetched = await observed((repository) =>
            this.#contents.fetchManifest(repository, key, known ?? other, signal),
          );
          if (other === named && known === undefined) remember(fetched.descriptor.digest);
          return fetched;
        },
        fetchConfig: (blob) => observed((repository) => this.#contents.fetchConfig(repository, key, blob, signal)),
        openBlob: (blob, call) => observed((repository) => repository.openBlob(blob, call)),
        architecture: this.#ports.architecture,
      },
      { reference: reference.familiar, tagOrDigest: manifest ?? named, platform },
    );
    return this.#files.open(image, { signal, layer, onProgress });
  }

  #findUntagged(
    session: RepositorySession,
    connection: Connection,
    reference: ImageReference,
    signal: AbortSignal,
  ): Promise<AllItems<UntaggedImage>> {
    return findUntagged({
      listUntagged: able(session.listUntagged?.bind(session), connection, 'list untagged images'),
      listTags: async () => (await listAllTags(session, signal)).tags,
      fetchManifest: async (other, stop) => {
        const key = repositoryKey(connection, reference);
        const { bytes, descriptor } = await this.#contents.fetchManifest(session, key, other, stop);
        return parseManifest(bytes, descriptor.mediaType, reference.familiar);
      },
      signal,
    });
  }

  #observed(connection: Connection, { repository }: ImageReference) {
    return <T>(work: (repository: RepositorySession) => Promise<T>): Promise<T> =>
      this.#sessions.observe(connection, (session) => work(session.repository(repository)));
  }

  #targetEnd(text: string, connectionId: string | undefined): CopyEnd {
    const end = this.#copyEnd(text, connectionId === undefined ? {} : { connectionId });
    assertWritable(end.connection);
    return end;
  }

  #copyEnd(text: string, options: ConnectionOption): CopyEnd {
    const reference = parseReference(text);
    const connection = this.#connectionFor(reference, options);
    return { reference, connection, key: repositoryKey(connection, reference) };
  }

  async #deleteByStandIn(
    repository: RepositorySession,
    plan: DeletePlan,
    manifest: FetchedManifest | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (manifest === undefined)
      throw new RegistryError('not-found', `The manifest of ${plan.reference} cannot be read. Nothing was removed.`);
    const { deleteTagByStandIn } = await import('./prunes.ts');
    await deleteTagByStandIn(repository, plan, manifest, { signal, createHash: this.#ports.createHash });
  }

  /** A deletion that cannot be undone is one all the same. */
  async #manifestToKeep(
    repository: RepositorySession,
    key: string,
    digest: string,
    signal: AbortSignal,
  ): Promise<FetchedManifest | undefined> {
    try {
      return await this.#contents.fetchManifest(repository, key, digest, signal);
    } catch (error) {
      if (isRegistryError(error, 'cancelled')) throw error;
      return undefined;
    }
  }

  #deletionContext(
    repository: RepositorySession,
    connection: Connection,
    reference: ImageReference,
    options: ConnectionOption,
  ): DeletionContext {
    const { signal = neverAborted } = options;
    const key = repositoryKey(connection, reference);
    return {
      key,
      repository,
      signal,
      listTags: async () => (await listAllTags(repository, signal)).tags,
      fetchManifest: async (digest) => {
        const { bytes, descriptor } = await this.#contents.fetchManifest(repository, key, digest, signal);
        return parseManifest(bytes, descriptor.mediaType, reference.familiar);
      },
    };
  }

  async #listRepositories(
    connectionIdentifier: string,
    options: PageOptions & { readonly namespace?: string } = {},
  ): Promise<Page<RepositorySummary>> {
    const connection = this.#connections.existing(connectionIdentifier);
    const page = await this.#sessions.observe(connection, async (session) => {
      if (session.listRepositories === undefined) {
        const { host } = new URL(connection.url);
        throw new RegistryError(
          'unsupported',
          `${host} does not list its repositories. Its images can be opened by name.`,
          { host },
        );
      }
      const listRepositories = session.listRepositories.bind(session, options.namespace);
      return pageWithin(pageCall(options), listRepositories);
    });
    return {
      ...page,
      items: page.items.map((item) => ({ ...item, reference: repositoryReference(connection.url, item.name) })),
    };
  }

  async #searchNatively(
    id: string,
    query: string,
    options: Required<SignalOption>,
  ): Promise<readonly string[] | undefined> {
    return this.#sessions.observe(this.#connections.existing(id), async (session) => {
      const page = await session.searchRepositories?.(query, options);
      return page?.items.map(({ name }) => name);
    });
  }

  #withRepository<T>(
    reference: ImageReference,
    options: ConnectionOption & { readonly access?: RepositoryAccess },
    work: (repository: RepositorySession, connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = this.#connectionFor(reference, options);
    if (options.access !== undefined && options.access !== 'pull') assertWritable(connection);
    return this.#sessions.observe(connection, (session) =>
      work(session.repository(reference.repository, options.access), connection),
    );
  }

  #connectionFor(reference: ImageReference, { connectionId: id }: ConnectionOption): Connection {
    if (id !== undefined) return this.#connections.existing(id);
    return this.#connections.forReference(reference) ?? this.#anonymousConnection(reference);
  }

  /** For a registry that the user has not connected: asked without a login, remembered nowhere. */
  #anonymousConnection(reference: ImageReference): Connection {
    const url = urlOfReference(reference);
    return {
      id: `anonymous:${url}`,
      label: defaultLabel(url),
      url,
      adapterId: kindOfUrl(url, this.#ports.foreignAdapters.kinds()).id,
      origin: 'added',
    };
  }

  /** Forgets what tags of a repository named once it is written to: also by a write that failed, which may have done a part. */
  async #forgettingTags<T>(key: string, writing: Promise<T>): Promise<T> {
    try {
      return await writing;
    } finally {
      this.#deletions.forget(key);
      this.#openTags.forget(`${key}:`);
    }
  }

  #forget(id: string): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) this.#sessions.close(id);
    else this.#sessions.forget(connection);
    this.#contents.forget(id);
    this.#openTags.forget(`${id} `);
    this.#deletions.forget(`${id} `);
    void this.#names.forget(id);
    void this.#seenTags.forget(id);
    this.#undos.forget(id);
  }
}

/** A method of a session that is offered only where there is one; commands can be called without being offered. */
function able<T>(method: T | undefined, { url }: Connection, what: string): T {
  if (method !== undefined) return method;
  const { host } = new URL(url);
  throw new RegistryError('unsupported', `${host} does not let Gantry ${what}. Its own page may do it.`, { host });
}

function tagOrDigest(reference: ImageReference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}

function repositoryKey(connection: Connection, reference: ImageReference): string {
  return `${connection.id} ${reference.repository}`;
}

/** Without a tag and a digest, as references have it. */
function repositoryOf({ registry, repository }: ImageReference): string {
  return registry.endsWith(':') ? `${registry}${repository}` : `${registry}/${repository}`;
}

/** A bare tag, or the tag of a reference of the same repository. */
function targetTag(source: ImageReference, target: string): string {
  if (isTag(target)) return target;
  const { registry, repository, tag, digest } = parseReference(target);
  if (registry !== source.registry || repository !== source.repository || tag === undefined || digest !== undefined) {
    throw new RegistryError(
      'invalid',
      `"${target}" is neither a tag nor a reference with a tag of ${source.registry}/${source.repository}.`,
    );
  }
  return tag;
}

/** Keeps nothing. */
const emptyStore: ContentStore = { quota: 0, read: async () => undefined, write: async () => {} };

const neverAborted: AbortSignal = new AbortController().signal;

function pageCall({ signal = neverAborted, limit = limits.pageSize, cursor }: PageOptions): PageCall {
  return { signal, limit: Math.max(1, Math.trunc(limit)), ...(cursor !== undefined && { cursor }) };
}

async function listAllTags(repository: RepositorySession, signal: AbortSignal): Promise<TagNames> {
  const { items, isTruncated } = await allTags(repository, signal);
  return { tags: sortByTag(items), isTruncated };
}

/** In the order of the registry. */
function allTags(repository: RepositorySession, signal: AbortSignal): Promise<AllItems<TagSummary>> {
  return allPages(
    (call) => repository.listTags(call),
    ({ name }) => name,
    signal,
  );
}
