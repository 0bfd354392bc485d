/** A registry program of others that a test started. */
export interface RealRegistry {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `127.0.0.1:PORT`, as it stands in an image reference. */
  readonly host: string;
  /** Who may do everything; without it everybody may. */
  readonly login?: Login;
  /** Everything that the program has printed so far. */
  readonly output: () => string;
  /** Ends the program and removes its data. */
  close(): Promise<void>;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** PEM files. */
export interface ServerCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Only clients with a certificate of this authority are let in. */
  readonly clientAuthorityFile?: string;
}

/** Where a registry sends its clients for tokens, and how it knows that they come from there. */
export interface TokenAuthority {
  /** The address of the token server. */
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** PEM: whose key signs the tokens. */
  readonly certificateFile: string;
  /** PEM: who signed that certificate. */
  readonly authorityFile: string;
}

export interface RealRegistryOptions {
  /** Asks for this login by Basic; open to everybody without it. */
  readonly login?: Login;
  /** Asks for tokens of this server, in place of a login of its own. */
  readonly tokens?: TokenAuthority;
  /** Address of the registry whose images it passes on, in place of some of its own. */
  readonly proxyOf?: string;
  /** HTTPS with this certificate; plain HTTP without it. */
  readonly certificate?: ServerCertificate;
  /** Where Distribution keeps what it stores, in place of a folder of its own. */
  readonly dataFolder?: string;
}
