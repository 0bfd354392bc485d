import type { Artifact } from './oci.ts';
import { type Access, neededAccess } from './sampleRegistry/access.ts';
import { checkBasic, checkBearer, type Users } from './sampleRegistry/auth.ts';
import { dispatch, type RegistryFeatures } from './sampleRegistry/dispatch.ts';
import type { FaultPlan } from './sampleRegistry/faults.ts';
import { type RegistryRequest, type Reply, tokenPath } from './sampleRegistry/http.ts';
import { type LoggedRequest, listen, RequestLog, type TlsOptions } from './sampleRegistry/server.ts';
import { createStorage, pushArtifact, type Storage } from './sampleRegistry/storage.ts';
import type { TokenQuirks } from './sampleRegistry/tokenQuirks.ts';
import { answerTokenRequest } from './sampleRegistry/tokenServer.ts';
import { TokenStore } from './sampleRegistry/tokens.ts';

/** Without options: plain HTTP on a free port, open to everybody, with everything that OCI Distribution 1.1 knows. */
export interface SampleRegistryOptions {
  /** A free one unless told. */
  readonly port?: number;
  /** HTTPS, also for the token server. */
  readonly tls?: TlsOptions;
  readonly auth?: BasicAuth | BearerAuth;
  /** The page size of lists when the client names none, and the largest that it may ask for; 1,000 unless told. */
  readonly maximumPageSize?: number;
  readonly catalog?: boolean;
  readonly referrers?: boolean;
  /** What DELETE takes: tags and digests, digests only, or nothing. */
  readonly deletes?: 'all' | 'digests' | 'none';
  /** Whether a whole blob may come with the first POST of an upload. */
  readonly singlePost?: boolean;
  /** Whether a blob of another repository can be had without sending it. */
  readonly mounts?: boolean;
  /** Bytes; announced with `OCI-Chunk-Min-Length`. */
  readonly minimumChunk?: number;
  /** Milliseconds that every answer waits. */
  readonly latency?: number;
  readonly fault?: FaultPlan;
  /** Answers to those who may ask, before the registry does: what a vendor has beside the protocol. */
  readonly extension?: (request: RegistryRequest) => Reply | undefined;
}

interface BasicAuth {
  readonly scheme: 'basic';
  readonly users: Users;
}

export interface BearerAuth {
  readonly scheme: 'bearer';
  readonly users?: Users;
  /** What a user, or nobody, may do of what was asked for. Unless told, users may do everything and others nothing. */
  readonly allow?: (user: string | undefined, asked: Access) => readonly string[];
  /** What a request needs, where that is not what Distribution asks for. */
  readonly needs?: (request: RegistryRequest) => readonly Access[] | undefined;
  /** Seconds; 300 unless told. */
  readonly expiresIn?: number;
  /** Puts the token server on an origin of its own. */
  readonly isOtherOrigin?: boolean;
  /** Whether the token server knows the OAuth2 form too; `true` unless told. */
  readonly takesPost?: boolean;
  readonly quirks?: TokenQuirks;
}

/** An OCI registry in this process, on a real socket of the loopback interface. */
export interface SampleRegistry {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `127.0.0.1:PORT`, as it stands in an image reference. */
  readonly host: string;
  /** Where tokens come from, with {@link BearerAuth}. */
  readonly realm: string;
  /** Every request so far, those to the token server included, in the order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** For tests that look inside, or store what no client could push. */
  readonly storage: Storage;
  /** May be changed at any time. */
  fault: FaultPlan | undefined;
  /** Stores an artifact with all that it refers to, and returns its digest. */
  push(repository: string, artifact: Artifact, ...tags: string[]): string;
  /** The next request that matches and has not come yet: for tests that act while it is under way. */
  nextRequest(matches: (request: LoggedRequest) => boolean): Promise<LoggedRequest>;
  /** Makes every token invalid, as if its time were over. */
  revokeTokens(): void;
  /** An identity token, as `docker login` keeps it. */
  issueIdentityToken(user: string): string;
  /** Ends every connection, also those in use. */
  close(): Promise<void>;
}

export async function startSampleRegistry(options: SampleRegistryOptions = {}): Promise<SampleRegistry> {
  const { auth } = options;
  const storage = createStorage();
  const tokens = new TokenStore();
  const log = new RequestLog();
  const features = featuresOf(options);

  function handle(request: RegistryRequest): Reply | Promise<Reply> {
    if (request.server === 'token' && auth?.scheme === 'bearer' && !auth.isOtherOrigin)
      return issueToken(request, auth);
    return refuse(request) ?? options.extension?.(request) ?? dispatch(request, storage, features);
  }

  function refuse(request: RegistryRequest): Reply | undefined {
    switch (auth?.scheme) {
      case undefined:
        return undefined;
      case 'basic':
        return checkBasic(auth.users, request);
      case 'bearer':
        return checkBearer(
          tokens,
          {
            realm: registry.realm,
            service: 'sample-registry',
            needed: auth.needs?.(request) ?? neededAccess(request),
            challenge: auth.quirks?.challenge,
          },
          request,
        );
    }
  }

  function issueToken(
    request: RegistryRequest,
    { users = {}, allow, expiresIn, takesPost, quirks = {} }: BearerAuth,
  ): Reply | Promise<Reply> {
    return answerTokenRequest(request, tokens, {
      users,
      allow: allow ?? ((user, { actions }) => (user === undefined ? [] : actions)),
      expiresIn: expiresIn ?? 300,
      takesPost: takesPost ?? true,
      quirks,
    });
  }

  const common = {
    tls: options.tls,
    latency: options.latency ?? 0,
    log,
    fault: (request: RegistryRequest) => registry.fault?.(request),
  };
  const server = await listen({ ...common, port: options.port ?? 0, handle });
  const tokenServer =
    auth?.scheme === 'bearer' && auth.isOtherOrigin
      ? await listen({ ...common, port: 0, handle: (request) => issueToken(request, auth) })
      : undefined;

  const registry: SampleRegistry = {
    url: server.origin,
    host: server.host,
    realm: `${(tokenServer ?? server).origin}${tokenPath}`,
    requests: log.requests,
    storage,
    fault: options.fault,
    push: (repository, artifact, ...tags) => pushArtifact(storage, repository, artifact, tags),
    nextRequest: (matches) => log.next(matches),
    revokeTokens: () => tokens.revoke(),
    issueIdentityToken: (user) => tokens.issueRefreshToken(user),
    close: async () => {
      await Promise.all([server.close(), tokenServer?.close()]);
    },
  };
  return registry;
}

function featuresOf(options: SampleRegistryOptions): RegistryFeatures {
  return {
    paging: { maximum: options.maximumPageSize ?? 1000 },
    catalog: options.catalog ?? true,
    referrers: options.referrers ?? true,
    deletes: options.deletes ?? 'all',
    uploads: {
      singlePost: options.singlePost ?? true,
      mounts: options.mounts ?? true,
      minimumChunk: options.minimumChunk ?? 0,
    },
  };
}
