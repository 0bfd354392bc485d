/**
 * The public contract of Gantry, version 1: what `getApi(1)` answers, and what an adapter for a registry implements.
 *
 * Types only. Dates are ISO 8601 strings, sizes are bytes, platforms are `os/architecture[/variant]`.
 * EXTENSION_AUTHORS.md explains how to use it.
 */

/** What `activate()` of the extension `gantry.gantry` returns. */
export interface GantryExports {
  getApi(version: 1): GetApiResult;
}

export type GetApiResult =
  | { readonly available: true; readonly api: GantryApi }
  | { readonly available: false; readonly reason: 'version-unknown' | 'version-removed' | 'disabled' };

/** Rejections and exceptions are {@link GantryErrorShape}s. Nothing here prompts; nothing returns a secret. */
export interface GantryApi {
  /** The connections, in the order in which the tree shows them. */
  connections(): readonly ConnectionInfo[];

  /**
   * Tests a registry and stores it as a connection. A URL without a scheme is `https`, or `http` on loopback.
   * The same URL and account again returns the connection that exists, with its password replaced when one is given.
   *
   * Errors: `invalid`, `unreachable`, `tls`, `timeout`, `unauthorized`, `protocol` (no registry answers there),
   * `untrusted-realm` (see {@link AddConnectionOptions.trustedRealms}).
   */
  addConnection(options: AddConnectionOptions): Promise<ConnectionInfo>;

  /** Forgets a connection and its secret. Unknown ids are ignored. */
  removeConnection(id: string): Promise<void>;

  /**
   * Parses a reference by Docker's rules (`nginx` is `docker.io/library/nginx`). Images of this machine are
   * `oci:/folder[:name][@digest]`, `docker-archive:/file[:name][@digest]` and, in its container engine,
   * `engine:/docker.io/library/nginx:1.27`. Throws `invalid`.
   */
  parseReference(text: string): ImageReference;

  listRepositories(connectionId: string, options?: PageOptions): Promise<Page<RepositorySummary>>;

  /** `repository` is anything that {@link parseReference} takes; its tag and digest are ignored. Server order. */
  listTags(repository: string, options?: PageOptions & ConnectionOption): Promise<Page<TagSummary>>;

  /**
   * What the manifest and config behind a reference say, for one platform. Every byte is verified against its digest.
   * Without `platform`: linux on the machine's own architecture, else the first platform.
   */
  inspect(reference: string, options?: InspectOptions): Promise<ImageDetails>;

  /**
   * Gives an image another tag of its repository. `target` is a tag, or a reference of the same repository, else
   * `invalid`. A tag that names another image rejects with `conflict`, unless `overwrite`, or `expected` is its digest.
   */
  tag(source: string, target: string, options?: TagOptions): Promise<Descriptor>;

  /**
   * What is in a folder of an image: of all layers merged, or of one layer alone. Nothing is pulled: the lists of the layers
   * are read once, verified, and kept. In the order of the bytes of the paths.
   *
   * Errors: `not-found`, `invalid` for a `folder` that is none, `unsupported` for layers that are no archives of files, or
   * that registries may not distribute, as those of Windows, `digest-mismatch`, `protocol`, `too-large`, and those of any request.
   */
  listFiles(reference: string, options?: ListFilesOptions): Promise<Page<FileEntry>>;

  /**
   * The content of a file, verified. Links are followed inside the image only. Files of more than 256 MiB reject with
   * `too-large`, what is no file with `invalid`.
   */
  readFile(reference: string, path: string, options?: FileOptions): Promise<Uint8Array>;

  /**
   * Copies an image to another repository, to another registry, or to or from an OCI image layout (`oci:/folder`); from an
   * archive too. Every platform unless `platform`; every manifest byte for byte, so that digests stay. A target without a
   * tag takes the source's. A target tag that names another image rejects with `conflict`, unless `overwrite`, or
   * `expected` is its digest. The tag comes last: what breaks off leaves no image without its parts, and the same call
   * again goes on.
   */
  copy(source: string, target: string, options?: CopyOptions): Promise<TransferResult>;

  /**
   * Brings a kind of registry. Its hosts are read by it from then on, those of Gantry's own kinds only where the user
   * chooses so. Announce it in the manifest too, under `contributes` as `gantry.adapters` with `id`, `label` and `hosts`:
   * then the extension is run only when a registry of it is opened.
   *
   * Throws `invalid` for what is no adapter, `conflict` for an id that is taken.
   */
  registerAdapter(adapter: RegistryAdapter): Disposable;

  /** Selects a repository or tag in the tree. `false` when the tree does not have it. */
  reveal(reference: string, options?: ConnectionOption): Promise<boolean>;

  /**
   * The images that a file names, in the order of their places. Languages that cannot be read have none. Many kinds of files are
   * known by their name or path only, so `fileName` should be given. Half-written files are read as far as that can be.
   */
  findReferences(text: string, languageId: string, fileName?: string): Promise<readonly ImageMention[]>;
}

export interface Disposable {
  dispose(): void;
}

export interface SignalOption {
  readonly signal?: AbortSignal;
}

export interface ConnectionOption extends SignalOption {
  /** Uses this connection, whatever the reference's host and path would choose. */
  readonly connectionId?: string;
}

export interface PageOptions extends SignalOption {
  /** At most so many items; a page may hold fewer and still have a successor. 1,000 when absent. */
  readonly limit?: number;
  /** The `cursor` of the page before. */
  readonly cursor?: string;
}

export interface InspectOptions extends ConnectionOption {
  readonly platform?: string;
}

export interface TagOptions extends ConnectionOption {
  readonly overwrite?: boolean;
  readonly expected?: string;
}

export interface FileOptions extends ConnectionOption {
  readonly platform?: string;
  /** Digest of a layer, or its number from 0: only what this layer brings. */
  readonly layer?: string | number;
}

export interface ListFilesOptions extends FileOptions, PageOptions {
  /** The root when absent. */
  readonly folder?: string;
  readonly recursive?: boolean;
}

/** An entry of a file system in an image. */
export interface FileEntry {
  /**
   * Relative to the root, with `/`, without `./` at its beginning. Bytes that are no UTF-8 are U+FFFD. Of a whiteout, which
   * is in the list of one layer only, what it removes; `.wh..wh..opq` in a folder of which it removes everything.
   */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'device' | 'fifo' | 'whiteout';
  /** Of a hard link 0, as in the archive: {@link link} is what has the content. */
  readonly size: number;
  /** The low twelve bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** What a symbolic link says; of a hard link, the path of the same file. */
  readonly link?: string;
  /** Digest of the layer that it comes from. */
  readonly layer: string;
}

export interface CopyOptions extends TagOptions {
  /** The connection of the target; `connectionId` is that of the source. */
  readonly targetConnectionId?: string;
  /** The image of one platform, which has a digest of its own. */
  readonly platform?: string;
  /** Signatures, SBOMs and others that refer to the image go along unless `false`. */
  readonly referrers?: boolean;
  readonly onProgress?: (progress: TransferProgress) => void;
}

export interface TransferResult {
  /** What the target names now. */
  readonly digest: string;
  /** Bytes of blobs, with those that were sent again. */
  readonly bytesSent: number;
  /** Bytes of blobs that the target had already or took from another of its repositories. */
  readonly bytesMounted: number;
  /** That went to the two registries, those for tokens aside. */
  readonly requests: number;
  /** Digests of layers that may not be distributed, which registries do not hold. */
  readonly omittedLayers: readonly string[];
  /** Tags of signatures that were left as they are, since the target has others there. */
  readonly keptTags: readonly string[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; absent on the last page. */
  readonly cursor?: string;
  /** How many items there are in all, where the registry tells. */
  readonly total?: number;
}

export interface AddConnectionOptions {
  readonly url: string;
  readonly adapterId?: string;
  readonly label?: string;
  readonly username?: string;
  readonly password?: string;
  /** Those of the connection that exists already when absent; none when empty. */
  readonly tls?: ConnectionTls;
  /**
   * Origins of token servers that belong to the registry and may get the password: `https://auth.example.com`. Its own
   * origin, and those of Docker Hub and GitLab.com, need not be named. Those of the connection that exists when absent.
   */
  readonly trustedRealms?: readonly string[];
  readonly signal?: AbortSignal;
}

/** What a connection does besides, or instead of, what the machine does for all. Files are PEM, by absolute path. */
export interface ConnectionTls {
  /** Authorities to trust besides those of the machine, for every request of the connection. */
  readonly ca?: string;
  /** Client certificate with its chain, for the registry's own host and port; goes with {@link key}. */
  readonly certificate?: string;
  readonly key?: string;
  /** Takes any certificate of the registry's own host and port. Never plain HTTP, which an address asks for by itself. */
  readonly insecure?: boolean;
}

export type ConnectionState = 'unknown' | 'ready' | 'signed-out' | 'failed';

export interface ConnectionInfo {
  readonly id: string;
  readonly label: string;
  /** Scheme, host, port where it is not the scheme's own, and path prefix; no trailing slash. */
  readonly url: string;
  readonly adapterId: string;
  readonly account?: string;
  readonly tls?: ConnectionTls;
  /** Whether Gantry changes nothing there, because the user said so. Absent: it may. */
  readonly readOnly?: boolean;
  readonly state: ConnectionState;
}

export interface ImageReference {
  /** Host, with its port where one is written; `oci:`, `docker-archive:` or `engine:/` for images of this machine. */
  readonly registry: string;
  /** Of images of this machine, the absolute path, or the name that the engine has, with its registry. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
  /** The shortest form that means the same. */
  readonly familiar: string;
  /**
   * The full form: with `:latest` when there is neither tag nor digest; `name@digest` when there is a digest. Of images of
   * this machine, the text as it is.
   */
  readonly canonical: string;
}

export interface RepositorySummary {
  readonly name: string;
  /** What {@link GantryApi.listTags} takes. */
  readonly reference: string;
  readonly updatedAt?: string;
  readonly pulls?: number;
  readonly description?: string;
  /** Of a pull-through cache: the registry that its images come from. */
  readonly upstream?: string;
}

export interface TagSummary {
  readonly name: string;
  readonly digest?: string;
  readonly size?: number;
  readonly createdAt?: string;
  readonly pushedAt?: string;
  /** When it was last pulled, where the registry keeps that. */
  readonly pulledAt?: string;
  /** When the registry will remove it. */
  readonly expiresAt?: string;
  readonly platforms?: readonly string[];
  /** What the registry refuses to do with it. Absent: not told; empty: nothing. */
  readonly protectedFrom?: readonly Protection[];
}

/** `move`: the tag may not name another image (it is immutable). `delete`: it may not be removed. */
export type Protection = 'move' | 'delete';

/** OCI image-spec, descriptor.md. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ImageDetails {
  readonly reference: string;
  /** Of what the reference names: the index, where there is one. */
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType?: string;
  /** Without attestations. Empty for an artifact that is no image. */
  readonly platforms: readonly string[];
  readonly platform?: string;
  /** Of the manifest of `platform`. */
  readonly platformDigest?: string;
  /** Config and layers of that platform, as stored. */
  readonly size: number;
  readonly createdAt?: string;
  /** The image config as the registry holds it, parsed. Foreign data. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly layers: readonly LayerSummary[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface LayerSummary {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  /** `created_by` of the history entry that made the layer. */
  readonly command?: string;
}

/**
 * Dockerfiles: `FROM`, `COPY --from`, `RUN --mount`, `# syntax=`. `ci`: GitHub Actions and GitLab CI. `kubernetes`: objects, values of
 * charts, Kustomizations.
 */
export type MentionKind =
  | 'from'
  | 'copy-from'
  | 'mount-from'
  | 'syntax'
  | 'compose'
  | 'kubernetes'
  | 'ci'
  | 'devcontainer'
  | 'bake'
  | 'other';

/** A place in a text that names an image. */
export interface ImageMention {
  /** Offsets in UTF-16 units: `raw` is `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly raw: string;
  readonly kind: MentionKind;
  /** Absent when the text cannot be read as a reference, or depends on variables without a value. */
  readonly reference?: ImageReference;
  /** What `--platform` asks for, where it is known. */
  readonly platform?: string;
  /**
   * Where in the same text stands what was filled in: the default of the only variable, the anchor of an alias; the tag or digest of
   * an image whose parts have keys of their own.
   */
  readonly definition?: { readonly start: number; readonly end: number };
  /** Names of the variables without a value, or the expressions. */
  readonly unresolved?: readonly string[];
  /** What the file makes and names so: a registry need not have it. Absent for what it uses. */
  readonly isOutput?: boolean;
}

export type GantryErrorCode =
  | 'unauthorized'
  | 'denied'
  | 'not-found'
  | 'rate-limited'
  | 'unsupported'
  | 'invalid'
  | 'conflict'
  | 'unconfirmed'
  | 'untrusted-realm'
  | 'digest-mismatch'
  | 'too-large'
  | 'unreachable'
  | 'tls'
  | 'proxy'
  | 'timeout'
  | 'server'
  | 'protocol'
  | 'storage'
  | 'cancelled';

/**
 * What every error of the API looks like. Recognise one by its brand, `error[Symbol.for('gantry.RegistryError')] === true`,
 * not by `instanceof`, which fails between bundles.
 */
export interface GantryErrorShape extends Error {
  readonly code: GantryErrorCode;
  /**
   * With `untrusted-realm`: the origin of the token server that a password was to be sent to. In
   * {@link AddConnectionOptions.trustedRealms} it is trusted for that connection. Absent where it cannot be trusted.
   */
  readonly realm?: string;
}

/** Options of a pull. */
export interface PullOptions extends ConnectionOption {
  readonly destination: PullTarget;
  /**
   * An engine takes its own platform when absent, files and archives of Docker that of this machine. A layout takes every
   * platform, and keeps the digest that the reference has in its registry; with a platform it takes that platform's image,
   * which has a digest of its own.
   */
  readonly platform?: string;
  /** Whether an archive that is there may be replaced; `false` when absent. */
  readonly overwrite?: boolean;
  /** Called often enough to draw a bar, and when all has come. */
  readonly onProgress?: (progress: TransferProgress) => void;
}

/** Where a pull goes to; folders and files by absolute path. */
export type PullTarget =
  /** The container engine of this machine, which fetches by itself and skips what it has. */
  | 'engine'
  /** The same engine, which need not reach the registry: Gantry fetches, and loads the image into it. */
  | 'load'
  /** An OCI image layout, made when missing. */
  | { readonly folder: string }
  /** One file: an OCI image layout as a tar archive, the form when absent, or what `docker save` writes. */
  | { readonly archive: string; readonly format?: 'oci' | 'docker' }
  /** The files of the image, as a container sees them; the folder is empty or missing. */
  | { readonly files: string };

/** In bytes. */
export interface TransferProgress {
  readonly done: number;
  /** Can grow until it is known. */
  readonly total: number;
  /** What moved last: a digest, or the beginning of one. */
  readonly item: string;
}

export interface PullResult {
  /** In full, with its tag or digest. */
  readonly reference: string;
  /** Of the manifest that the reference now names at its destination. */
  readonly digest: string;
  readonly destination: PullDestination;
}

export type PullDestination =
  | {
      readonly kind: 'engine';
      /** `Podman 4.3.1` */
      readonly engine: string;
      /** The engine's own id of the image. */
      readonly imageId: string;
    }
  | {
      readonly kind: 'folder';
      readonly folder: string;
      /** Bytes of configs and layers that came from the registry; what was in the folder is not fetched again. */
      readonly bytesFetched: number;
      /** Digests of layers that may not be distributed, which registries do not hold. */
      readonly omittedLayers: readonly string[];
    }
  | {
      readonly kind: 'archive';
      readonly archive: string;
      readonly format: 'oci' | 'docker';
      readonly bytesFetched: number;
      readonly omittedLayers: readonly string[];
    }
  | {
      readonly kind: 'files';
      readonly folder: string;
      readonly bytesFetched: number;
      readonly files: number;
      /** Of all files. */
      readonly bytes: number;
      /** Symbolic links that were rewritten, so that they lead to the same place below the folder. */
      readonly changedLinks: number;
      /**
       * What the folder did not get: devices and pipes, hard links to what is not there, and names that this machine cannot
       * have or has already; with the first paths.
       */
      readonly leftOut: readonly {
        readonly kind: 'device' | 'fifo' | 'broken-link' | 'name';
        readonly count: number;
        readonly examples: readonly string[];
      }[];
    };

/** What a deletion removes, told before it is done. */
export interface DeletePlan {
  readonly reference: string;
  /** A tag goes alone; a digest goes with every tag that names it. */
  readonly kind: 'tag' | 'digest';
  readonly digest: string;
  /** The tags that will be gone. */
  readonly tags: readonly string[];
  /** Digests of tagged indexes that hold the manifest and will be broken. */
  readonly indexes: readonly string[];
  /** Digests of what refers to the manifest and will be orphaned. */
  readonly referrers: readonly string[];
  /** How many of the repository's tags were looked at. Fewer than `totalTags` when the search was stopped. */
  readonly checkedTags: number;
  readonly totalTags: number;
}

/* ------------------------------------------------------------------------------------------------ adapters */

/** A kind of registry. What its sessions leave out is not offered to the user. */
export interface RegistryAdapter {
  /** Stable; stored with connections. Lower-case letters, digits and `-`. */
  readonly id: string;
  readonly label: string;
  /** Name of a product icon of VS Code (codicon), for its rows in the tree. */
  readonly icon?: string;
  /**
   * Hosts that belong to this kind, with their port: exact, or with `*.` at the beginning for any labels. `{region}`, or
   * another name in braces, stands for one label. The longest match wins.
   */
  readonly hosts: readonly string[];
  /** The vendor's own API, beside the registry. */
  readonly apis?: readonly ApiOrigin[];
  /** What the user is asked for a login, where it is not a user name and a password. */
  readonly signIn?: readonly SignInField[];
  open(target: ConnectionTarget, context: AdapterContext): RegistrySession;
}

export interface ApiOrigin {
  readonly id: string;
  /**
   * Scheme, host and port: `https://api.example.com`. It may hold `{host}`, the registry's host without its port, and the
   * names that the pattern in {@link RegistryAdapter.hosts} has (`https://api.{region}.example.com`), or `{domain}`, that
   * host without its first label; or it is `{origin}`, the registry's own, or `{realm}`, that of the token server which
   * the registry names. Where a domain or a token server is not known to belong to the registry, calls reject with
   * `untrusted-realm` until the user has said so.
   */
  readonly origin: string;
  readonly auth: ApiAuth;
}

/**
 * How the connection's login is used at an API. The core attaches it, at exactly that origin; the adapter never sees it.
 *
 * - `registry`: as for the registry itself; for `{origin}` only.
 * - `basic`: user name and password, unasked.
 * - `bearer`, `github`, `gitlab`: the password is a token.
 * - `hub`: exchanged for a token of Docker Hub.
 * - `quay`: the password is the token of an application, where the user name is `$oauthtoken`; no other login is shown.
 * - `sigv4`: AWS credentials of the machine sign each request; for the API of Amazon ECR only.
 * - `google`: the access token of a Google account; for the API of Artifact Registry only.
 * - `none`: no login.
 */
export type ApiAuth =
  | 'registry'
  | 'basic'
  | 'bearer'
  | 'github'
  | 'gitlab'
  | 'hub'
  | 'quay'
  | 'sigv4'
  | 'google'
  | 'none';

/** A part of a login. Secrets go to VS Code's SecretStorage, never to the adapter. */
export interface SignInField {
  readonly part: 'username' | 'password';
  /** What the vendor calls it: `Personal access token`. */
  readonly label: string;
  /** What it is and has to allow, in a sentence. */
  readonly description?: string;
  /** A user name that is always the same, which is not asked for. */
  readonly value?: string;
  /** Page on which it is made, `https:`. */
  readonly url?: string;
}

export interface ConnectionTarget {
  /** As {@link ConnectionInfo.url}. */
  readonly url: string;
  readonly account?: string;
}

export interface AdapterContext {
  readonly http: AdapterHttp;
  /** The plain OCI Distribution protocol on the same connection, to delegate to. */
  oci(): RegistrySession;
  readonly log: AdapterLog;
}

/** Goes to Gantry's log, with the adapter's label before it. One line each. */
export interface AdapterLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

export interface AdapterHttp {
  /** Rejects with a Gantry error when no answer came; any status is an answer. */
  send(request: AdapterRequest): Promise<AdapterResponse>;
}

export interface AdapterRequest extends CallOptions {
  /** One of the adapter's {@link RegistryAdapter.apis}; the registry itself when absent. No other origin can be reached. */
  readonly api?: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path with its query. */
  readonly path: string;
  /** Media types that are wanted, as in the header; JSON when absent. */
  readonly accept?: string;
  /** Headers that the API asks for. Those that log in, that lead the request and that frame its body are the core's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the registry itself: the token scopes that the request needs, as `repository:NAME:pull`. */
  readonly scopes?: readonly string[];
  /** Sent as JSON. At most one of `json`, `form` and `text`; a `content-type` in `headers` replaces the usual one. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as it is, as `text/plain`. */
  readonly text?: string;
}

/** The answer has been read already; its body is at most 16 MiB, else the request rejected with `too-large`. */
export interface AdapterResponse {
  readonly status: number;
  /** Values of a repeated header joined with `, `. */
  header(name: string): string | undefined;
  /** Rejects with `protocol` when it is not JSON, as a login page is not. */
  json(): Promise<unknown>;
  text(): Promise<string>;
  bytes(): Promise<Uint8Array>;
  /** The error that this answer stands for, `what` being what was asked for: `the tags of nginx`. */
  error(what: string): Promise<GantryErrorShape>;
}

/** Options of every call of a session. */
export interface CallOptions {
  readonly signal: AbortSignal;
  /** For what nobody waits for at a screen, as a transfer: it leaves room for what somebody does. */
  readonly priority?: 'background';
}

export interface PageCallOptions extends CallOptions {
  /** How many items are wanted. Where a registry sends more, a page may hold more: Gantry cuts it. */
  readonly limit?: number;
  /** The `cursor` of the page before, which may come from another session. */
  readonly cursor?: string;
}

export interface RegistrySession {
  /** Cheapest request that proves that a registry answers and accepts the login. */
  test(options: CallOptions): Promise<void>;
  /** Only where the registry has namespaces of its own; else the paths of the repositories are grouped. */
  listNamespaces?(options: PageCallOptions): Promise<Page<NamespaceSummary>>;
  listRepositories?(namespace: string | undefined, options: PageCallOptions): Promise<Page<RepositoryListing>>;
  searchRepositories?(query: string, options: PageCallOptions): Promise<Page<RepositoryListing>>;
  /** Makes an empty repository, where a push does not. */
  createRepository?(name: string, options: CallOptions): Promise<void>;
  /** How much may still be pulled, without counting against it. `undefined` when there is no limit. */
  rateLimit?(options: CallOptions): Promise<RateLimit | undefined>;
  /** `access` is what the calls lead up to, so that one token serves the reads before a write too; `pull` when absent. */
  repository(name: string, access?: RepositoryAccess): RepositorySession;
  /** Called once, when the connection is closed. */
  dispose?(): void;
}

/** What a token has to allow: to read, to write as well, or to delete as well. */
export type RepositoryAccess = 'pull' | 'push' | 'delete';

export interface NamespaceSummary {
  readonly name: string;
  readonly description?: string;
  /** Of a pull-through cache: the registry that its images come from. */
  readonly upstream?: string;
}

/** A repository as its registry lists it: the reference is the core's to make. */
export type RepositoryListing = Omit<RepositorySummary, 'reference'>;

/** So much may be pulled in a window of time. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  readonly windowSeconds: number;
  /** Whom the registry counts for: an address, or the id of an account. */
  readonly source?: string;
}

export interface RepositorySession {
  /** A page may repeat tags of an earlier one, where a list has to be continued from another source. */
  listTags(options: PageCallOptions): Promise<Page<TagSummary>>;
  /** What a tag or digest names, without its content. */
  resolve(reference: string, options: CallOptions): Promise<Descriptor>;
  /** The exact bytes of a manifest, verified, and the descriptor that they have. `reference` is a tag or a digest. */
  fetchManifest(reference: string, options: CallOptions): Promise<FetchedManifest>;
  /** The content of a blob. Ends with an error when it is not what the descriptor says. */
  openBlob(descriptor: Descriptor, options: BlobOptions): Promise<BlobContent>;
  /** What refers to a manifest by its `subject`. */
  listReferrers?(
    digest: string,
    options: PageCallOptions & { readonly artifactType?: string },
  ): Promise<Page<Descriptor>>;
  /** Stores the bytes of a manifest under a tag or its digest, as they are. Absent: read-only. */
  putManifest?(reference: string, manifest: FetchedManifest, options: CallOptions): Promise<Descriptor>;
  /**
   * Takes a blob over from another repository of the same registry, without its bytes. `false` where the registry does
   * not do that, or the other repository does not have it.
   */
  mountBlob?(blob: Descriptor, from: string, options: CallOptions): Promise<boolean>;
  /** Stores a blob, unless the registry has it. What is cancelled or fails leaves nothing behind. */
  uploadBlob?(blob: Descriptor, source: BlobSource, options: UploadOptions): Promise<UploadedBlob>;
  /** Removes a tag and nothing else. Rejects with `unsupported` where the registry cannot. */
  deleteTag?(tag: string, options: CallOptions): Promise<void>;
  /** Removes a manifest with every tag that names it. */
  deleteManifest?(digest: string, options: CallOptions): Promise<void>;
  /** Removes the repository with everything in it. */
  deleteRepository?(options: CallOptions): Promise<void>;
  /** Manifests that no tag names. Those that an index names are among them: such a one is no rubbish. */
  listUntagged?(options: PageCallOptions): Promise<Page<UntaggedManifest>>;
  /** What the registry's own scanner has found in an image. */
  vulnerabilities?(digest: string, options: CallOptions): Promise<VulnerabilityReport>;
  /** What a tag has named, newest first. */
  tagHistory?(tag: string, options: PageCallOptions): Promise<Page<TagChange>>;
  /** Protects a tag from exactly these; from nothing when empty. */
  protectTag?(tag: string, from: readonly Protection[], options: CallOptions): Promise<void>;
  /** The description of the repository, as Markdown; `undefined` when there is none. */
  readme?(options: CallOptions): Promise<string | undefined>;
  /** Page for people, of the repository or of a tag or digest in it. */
  webUrl?(reference?: string): string | undefined;
}

export interface UntaggedManifest {
  readonly digest: string;
  readonly mediaType?: string;
  readonly size?: number;
  readonly pushedAt?: string;
}

export interface TagChange {
  readonly digest: string;
  /** When the tag began to name it. */
  readonly from: string;
  /** When it ended to; absent while it does. */
  readonly until?: string;
}

export interface VulnerabilityReport {
  /** Without a `done` scan `items` is empty, which says nothing about the image. */
  readonly status: 'done' | 'pending' | 'none' | 'failed' | 'unsupported';
  readonly scanner?: string;
  readonly scannedAt?: string;
  readonly items: readonly Vulnerability[];
}

export interface Vulnerability {
  /** `CVE-2024-3094`. */
  readonly id: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low' | 'negligible' | 'unknown';
  readonly packageName: string;
  readonly version?: string;
  readonly fixedVersion?: string;
  readonly description?: string;
  /** `https:` page about it. */
  readonly url?: string;
}

export interface BlobOptions extends CallOptions {
  /**
   * A part of the blob, in bytes; `end` is not in it. A part cannot be verified. Rejects with `unsupported` where the
   * registry sends the whole instead.
   */
  readonly range?: { readonly start: number; readonly end: number };
  /** Whoever reads has no use for a chunk once it asks for the next but one: its memory may be freed or filled anew. */
  readonly forgetsChunks?: boolean;
  /** Whoever reads has threads of its own for the chunks, from which another that verifies them would take the processor. */
  readonly isReadInThread?: boolean;
}

export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** The bytes of a blob from an offset on. Called again where a part has to be sent again. */
export type BlobSource = (offset: number, options: CallOptions) => AsyncIterable<Uint8Array>;

export interface UploadOptions extends CallOptions {
  /** Another repository of the same registry that may have the blob: then no bytes are sent. */
  readonly mountFrom?: string | undefined;
}

export interface UploadedBlob {
  readonly how: 'present' | 'mounted' | 'sent';
  /** With those that were sent again. */
  readonly bytesSent: number;
}

export interface BlobContent {
  /** Of what `chunks` brings. */
  readonly size: number;
  /** Can be read once. Verified when it has been read to the end: an error there means that all of it is worthless. */
  readonly chunks: AsyncIterable<Uint8Array>;
}
