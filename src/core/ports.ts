import type { ConnectionTls, RegistryAdapter } from '../api.ts';
import type { CloudCredential, CredentialSource, FoundCredential } from './credential.ts';

/** What the core needs from outside. Everything here is implemented in src/node or src/host, and by fakes in tests. */

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** In place of {@link body}: gives its bytes from the start each time it is sent. `content-length` says how many. */
  readonly stream?: () => AsyncIterable<Uint8Array>;
  /** Whether it may be sent twice, as a manifest under its own digest. Reads may, unless told. */
  readonly isRepeatable?: boolean;
  /**
   * The answer of a read is wanted whole, and in at most so many bytes: then a body that breaks off is read again, and
   * has a deadline. For the middleware.
   */
  readonly bodyLimit?: number;
  /** Token scopes that the operation needs, as `repository:NAME:pull`. For the middleware; a transport ignores them. */
  readonly scopes?: readonly string[];
  /**
   * The origin whose answer named this address: a redirect's, a registry's of its token server. The transport refuses
   * addresses that are nearer to this machine than that origin, once it knows them (see registry/addressClass.ts):
   * with `untrusted-realm` of a {@link isTokenRequest}, else with `protocol`.
   */
  readonly namedBy?: URL;
  /** Whether it asks for a token that other requests may be waiting for. */
  readonly isTokenRequest?: boolean;
  /** `background` leaves places free for what a user waits for; `interactive` when absent. */
  readonly priority?: RequestPriority;
  /** Its body or its answer is content of any size: it may take as long as it goes on. */
  readonly isTransfer?: boolean;
  /** A chunk of the answer is not looked at again once the next but one is asked for: its memory may be freed or filled anew. */
  readonly forgetsChunks?: boolean;
  /** Called each time that it goes out, repetitions and redirects too. For the middleware. */
  readonly onSent?: () => void;
}

export type RequestPriority = 'interactive' | 'background';

export interface HttpHeaders {
  /** Values of a repeated header joined with `, `. */
  get(name: string): string | undefined;
  /** One item a header line. */
  all(name: string): readonly string[];
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Read it to the end, stop iterating, or call {@link discard}: until then it holds a connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** All of {@link body}, where it has been read already. */
  readonly bytes?: Uint8Array;
  discard(): void;
  /** When the registry may be asked again, where it said so: milliseconds since 1970. */
  readonly retryAt?: number;
}

/** Sends one request. Rejects with a RegistryError: `unreachable`, `tls`, `proxy`, `timeout`, `protocol`, `cancelled`. */
export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

/** What sends the requests of one connection, to its registry and to the hosts that belong to it. */
export type OpenTransport = (options: { readonly registry: URL; readonly tls?: ConnectionTls }) => Send;

export type Middleware = (next: Send) => Send;

export interface Hash {
  update(chunk: Uint8Array): void;
  /** Lower-case hex. */
  hex(): string;
}

export type HashAlgorithm = 'sha256' | 'sha512';

export interface CreateHash {
  (algorithm: HashAlgorithm): Hash;
  /** For content of that many bytes which comes in pieces: much is hashed beside whoever reads it. */
  ofStream(algorithm: HashAlgorithm, size: number): StreamHash;
}

export interface StreamHash {
  /**
   * Passes chunks on that go into the hash. Where the reader forgets them, as for {@link HttpRequest.forgetsChunks}, the same
   * bytes may come in other pieces; those that have come before `chunks` fails come all the same.
   */
  through(chunks: AsyncIterable<Uint8Array>, options?: { readonly forgetsChunks?: boolean }): AsyncIterable<Uint8Array>;
  /** Lower-case hex. */
  hex(): Promise<string>;
  /** Call it in the end, whatever has happened. */
  close(): void;
}

/** Secrets by key; VS Code's SecretStorage in the extension. */
export interface SecretStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Which registry a login is for. */
export interface CredentialTarget {
  /** As references name it. */
  readonly registry: string;
  /** A path below it, for logins that are for a part of a registry only. */
  readonly path: string;
  /** Whether the registry is reached by https: some logins are good for more than it, and never go elsewhere. */
  readonly isEncrypted: boolean;
}

/** The logins that this machine has for other programs: of `docker login`, `podman login`, helpers, clouds and VS Code. */
export interface MachineCredentials {
  /**
   * The best login for exactly this registry, or that of one source. Only where `isInteractive` may the user be asked to
   * sign in. With a cloud, the login to that cloud alone.
   *
   * Errors: `unauthorized` when the source that was asked for has none any more, `storage` when it cannot be used.
   */
  find(
    target: CredentialTarget,
    signal: AbortSignal,
    options?: {
      readonly sourceId?: string;
      readonly isInteractive?: boolean;
      readonly cloud?: CloudCredential['kind'];
    },
  ): Promise<FoundCredential | undefined>;
  /** Every source that has a login for this registry, or can get one, best first. Helpers are asked. */
  list(target: CredentialTarget, signal: AbortSignal): Promise<readonly CredentialSource[]>;
  /** For which registries the files of docker and podman name a login. No helper is started unless `askHelpers`. */
  discover(signal: AbortSignal, options?: { readonly askHelpers?: boolean }): Promise<readonly DiscoveredLogin[]>;
}

/** A registry that another program on this machine is logged in to. */
export interface DiscoveredLogin {
  /** As references name it. */
  readonly registry: string;
  /** Of a login for a part of the registry: `/team/app`; else empty. */
  readonly path: string;
  readonly owner: 'docker' | 'containers';
  /** The file, or the helper, that has it. */
  readonly detail: string;
  readonly account?: string;
  /** The helper that is set up for it, and was not asked: it may have no login. */
  readonly helper?: string;
}

/** Small state as JSON, kept between sessions. */
export interface StateStore {
  get(key: string): unknown;
  set(key: string, value: unknown): Promise<void>;
}

/**
 * Larger state as text, kept between sessions and read only when it is wanted: nothing of it is thrown away to make room, unlike
 * in a {@link ContentStore}. Names may hold any characters.
 */
export interface DataStore {
  /** `undefined` for what was never written, or cannot be read. */
  read(name: string): Promise<string | undefined>;
  /** Never rejects: what cannot be written is logged, and is not there in the next session. */
  write(name: string, text: string): Promise<void>;
  delete(name: string): Promise<void>;
}

export interface FileStatus {
  readonly kind: 'file' | 'folder' | 'other';
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/**
 * Files of this machine, by absolute path. Rejects with a RegistryError that names the path: `not-found`, `storage`,
 * `cancelled`, or what the source of the bytes rejected with.
 */
export interface Files {
  /** Of what a link leads to; `undefined` where nothing is. */
  status(path: string): Promise<FileStatus | undefined>;
  /** Names in a folder, in no order. */
  list(folder: string): Promise<readonly string[]>;
  /** A file, or the part of it from `start` to before `end`. */
  read(path: string, options: ReadFileOptions): AsyncIterable<Uint8Array>;
  /** With those that it lies in. */
  makeFolder(path: string): Promise<void>;
  /**
   * Writes a file whole or not at all: under another name first, which it loses when `chunks` ended without an error. A
   * piece must stay as it is until the next but one is asked for: it is written while the next one comes.
   */
  write(path: string, chunks: AsyncIterable<Uint8Array>, options: WriteFileOptions): Promise<void>;
  /**
   * Writes a file as by {@link write}, but keeps what has come of it when the content breaks off: the next attempt goes on
   * there. Content that turns out to be wrong (`digest-mismatch`), and what a disk has no room for, is thrown away.
   */
  writeInParts(path: string, content: ContentInParts, options: WriteFileOptions): Promise<void>;
  /** Replaces a file, as by {@link write}, with what `change` makes of it. Changes of one file wait for each other. */
  change(
    path: string,
    change: (bytes: Uint8Array | undefined) => Uint8Array,
    options: WriteFileOptions & { readonly limit: number },
  ): Promise<void>;
  /** Removes what writes left in a folder that was their scratch and that were killed, once it is a day old. */
  clean(folder: string): Promise<void>;
  /** With everything in it; nothing where nothing is. */
  remove(path: string): Promise<void>;
  /** Gives a folder another name, also that of an empty one. */
  moveFolder(from: string, to: string): Promise<void>;
  /** For files of an image, in a folder that is there and empty. */
  openTree(folder: string): FileTree;
  /** Bytes that may still be written; `undefined` where that cannot be told. */
  freeSpace(folder: string): Promise<number | undefined>;
}

export interface ReadFileOptions {
  readonly signal: AbortSignal;
  readonly range?: { readonly start: number; readonly end: number } | undefined;
}

/**
 * A folder that gets files of an image. Paths are bytes, from the folder down, without `.` and `..`. Nothing that is there is
 * written over, and whoever writes makes symbolic links last. `false` where a name is taken already, or cannot be one here.
 * Rejects with `storage`.
 */
export interface FileTree {
  folder(path: Uint8Array): Promise<boolean>;
  file(path: Uint8Array, chunks: AsyncIterable<Uint8Array>, attributes: FileTreeAttributes): Promise<boolean>;
  /** Another name of a file that is there. */
  hardLink(path: Uint8Array, existing: Uint8Array): Promise<boolean>;
  symlink(path: Uint8Array, target: Uint8Array): Promise<boolean>;
  describeFolder(path: Uint8Array, attributes: FileTreeAttributes): Promise<void>;
}

export interface FileTreeAttributes {
  /** The low nine bits; the owner may always read and write. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** The content of a file, which is known by a name whatever of it is there. */
export interface ContentInParts {
  /** Letters, digits and `-`: the same for the same content. */
  readonly key: string;
  /** Told what an earlier attempt has kept, in order, before {@link rest} is called. */
  known(chunk: Uint8Array): void;
  /** The content from a byte on. Ends with an error when the whole is not what it should be. */
  rest(offset: number): AsyncIterable<Uint8Array>;
}

export interface WriteFileOptions {
  readonly signal: AbortSignal;
  /** Folder for what is not complete yet, on the same file system. */
  readonly scratch: string;
}

/**
 * Content that can be made or fetched again, kept on disk under a quota: what was not used for the longest time goes first.
 * Keys are of lower-case letters, digits and `-`.
 */
export interface ContentStore {
  /** `undefined` where it is not kept, or cannot be read. */
  read(key: string, signal: AbortSignal): Promise<StoredContent | undefined>;
  /**
   * Whole or not at all. Rejects with `storage` where the disk is full or cannot be written, `cancelled`, and what `chunks`
   * reject with.
   */
  write(key: string, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Bytes that it keeps at most: what is larger than a good part of it is not worth writing. */
  readonly quota: number;
}

export interface StoredContent {
  readonly size: number;
  /** Can be read once. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A container engine of this machine that speaks Docker's API. */
export interface Engine {
  /** Where it listens, for people. */
  readonly address: string;
  /** Takes paths of the API below {@link engineOrigin}. Rejects with a RegistryError that names the engine. */
  readonly send: Send;
}

/** Stands for the engine in addresses: it is reached by its socket, not by a name. */
export const engineOrigin = 'http://engine';

/**
 * Finds the engine that `docker` would use, else another that answers; `host` names one, as `DOCKER_HOST` does.
 * Rejects with a RegistryError: `unreachable`, `unsupported` for an engine of another machine.
 */
export type FindEngine = (options: { readonly signal: AbortSignal; readonly host?: string }) => Promise<Engine>;

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Waits. Rejects with `cancelled` as soon as the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** The adapters of other extensions. */
export interface ForeignAdapterSource {
  /** What can be said of them without running their extensions. */
  kinds(): readonly Pick<RegistryAdapter, 'id' | 'label' | 'hosts' | 'icon' | 'signIn'>[];
  /** `undefined` when nobody has it. Rejects with `unsupported` when its extension does not bring it. */
  load(id: string): Promise<RegistryAdapter | undefined>;
  /** Calls back with the id of an adapter that has come or gone. */
  onDidChange(listener: (id: string) => void): { dispose(): void };
}

export interface Ports {
  readonly openTransport: OpenTransport;
  readonly createHash: CreateHash;
  readonly secrets: SecretStore;
  readonly machineCredentials: MachineCredentials;
  readonly state: StateStore;
  readonly data: DataStore;
  readonly files: Files;
  readonly findEngine: FindEngine;
  readonly foreignAdapters: ForeignAdapterSource;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** GOARCH name of the machine, to prefer its platform: `amd64`, `arm64`. */
  readonly architecture: string;
  /** A folder of Gantry's own, for what is on its way; it need not be there yet. */
  readonly scratchFolder: string;
}
