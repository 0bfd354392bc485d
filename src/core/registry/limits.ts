/**
 * Bounds of what a server drives, in bytes unless said otherwise. Without them a hostile or broken registry decides how
 * much memory the extension host takes.
 */
export const limits = {
  /** OCI distribution-spec asks registries to take manifests of at least 4 MiB; ACR and zot take no larger ones. */
  manifest: 4 * 1024 * 1024,
  /** Configs hold the history and labels; the largest seen are below 1 MiB. */
  config: 8 * 1024 * 1024,
  /** Files of artifacts that are shown as they are: documents about images have some MiB. */
  document: 16 * 1024 * 1024,
  /** A page of names: 1,000 names of the greatest length are below 1 MiB, but some registries send all names at once. */
  listPage: 16 * 1024 * 1024,
  /** Tokens and error bodies are for us to read, not to keep. */
  smallBody: 1024 * 1024,
  /** Items asked for at once: ECR and Distribution refuse more. */
  pageSize: 1000,
  /** Names kept of one repository or registry. */
  names: 200_000,
  /** Requests that one listing may take. */
  pages: 1000,
  redirects: 5,
  /**
   * Bytes of one request of an upload: what is smaller goes whole. Registries may ask for larger chunks. So much of each blob
   * that is copied is kept, to be sent again.
   */
  chunk: 8 * 1024 * 1024,
  /**
   * Breaks of one blob's connection without {@link resumeProgress} bytes in between. A reset throws away what is on its way, so
   * that of a connection that has carried much, little more may come than what a client reads at once.
   */
  resumes: 3,
  resumeProgress: 32 * 1024,
  /** Times that an upload is begun anew that a broken connection has spoilt. */
  uploadRestarts: 12,
  /** Times that a registry is asked how far an upload is, until it says the same again. */
  statusRequests: 20,
  /** Times that one request is sent, in all. */
  attempts: 4,
  /** Seconds that a registry can make one request wait, in all; whoever is told a longer time gives up and says so. */
  retryAfter: 60,
  /** Challenges of one header line; registries send three at most. */
  challenges: 20,
  /** Scopes of one token, which challenges add to: a header line holds about 16 KiB. */
  scopes: 20,
  /** Tokens kept of one connection: some KiB each, one a repository and kind of access. */
  tokens: 1000,
  /** Origins that a registry may send us to and that want tokens of their own. */
  foreignLogins: 8,
  /** Seconds that one call of another extension's adapter may take. */
  foreignCall: 60,
  /** Items of a page of such an adapter that are looked at. */
  foreignItems: 10_000,
  /** Characters of a cursor of such an adapter. */
  foreignCursor: 4096,
} as const;
