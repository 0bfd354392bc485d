import type { Credential } from './credential.ts';

/** What the core needs from outside. Everything here is implemented in src/node or src/host, and by fakes in tests. */

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Token scopes that the operation needs, as `repository:NAME:pull`. For the middleware; a transport ignores them. */
  readonly scopes?: readonly string[];
}

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
  discard(): void;
}

/** Sends one request. Rejects with a RegistryError: `unreachable`, `tls`, `timeout`, `protocol`, `cancelled`. */
export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

export type Middleware = (next: Send) => Send;

export interface Hash {
  update(chunk: Uint8Array): void;
  /** Lower-case hex. */
  hex(): string;
}

export type CreateHash = (algorithm: 'sha256' | 'sha512') => Hash;

/** Secrets by key; VS Code's SecretStorage in the extension. */
export interface SecretStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** The logins that `docker login`, `podman login` and credential helpers have left on this machine. */
export interface MachineCredentials {
  /**
   * The login for exactly this registry, as references name it. `path` is a path below it, for logins that are for a
   * part of a registry only.
   */
  find(
    target: { readonly registry: string; readonly path: string },
    signal: AbortSignal,
  ): Promise<Credential | undefined>;
}

/** Small state as JSON, kept between sessions. */
export interface StateStore {
  get(key: string): unknown;
  set(key: string, value: unknown): Promise<void>;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface Ports {
  readonly send: Send;
  readonly createHash: CreateHash;
  readonly secrets: SecretStore;
  readonly machineCredentials: MachineCredentials;
  readonly state: StateStore;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** GOARCH name of the machine, to prefer its platform: `amd64`, `arm64`. */
  readonly architecture: string;
}
