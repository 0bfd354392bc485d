import { sign, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TokenAuthority } from './realRegistry.ts';
import type { Access } from './sampleRegistry/access.ts';
import type { Users } from './sampleRegistry/auth.ts';
import { notFound, tokenPath } from './sampleRegistry/http.ts';
import { type LoggedRequest, listen, RequestLog } from './sampleRegistry/server.ts';
import { answerTokenRequest } from './sampleRegistry/tokenServer.ts';
import { type TokenIssuer, TokenStore } from './sampleRegistry/tokens.ts';
import { makeTestCertificates } from './testCertificates.ts';

/** A token server on an origin of its own, whose tokens real registries believe. */
export interface SigningTokenServer {
  /** What a registry has to know. */
  readonly authority: TokenAuthority;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Every request so far. */
  readonly requests: readonly LoggedRequest[];
  close(): Promise<void>;
}

const service = 'real-registry';
const issuer = 'Test token server';

/** Users may do everything; others may pull. */
export async function startSigningTokenServer(users: Users): Promise<SigningTokenServer> {
  const certificates = await makeTestCertificates();
  const tokens = createIssuer(certificates.certificate, await readFile(certificates.keyFile, 'utf8'));
  const log = new RequestLog();
  const server = await listen({
    port: 0,
    tls: undefined,
    latency: 0,
    log,
    fault: () => undefined,
    handle: (request) =>
      request.server === 'token'
        ? answerTokenRequest(request, tokens, {
            users,
            allow: (user, { actions }) =>
              user === undefined ? actions.filter((action) => action === 'pull') : actions,
            expiresIn: 300,
            takesPost: true,
          })
        : notFound(),
  });
  const { certificateFile, authorityFile } = certificates;
  return {
    authority: { realm: `${server.origin}${tokenPath}`, service, issuer, certificateFile, authorityFile },
    origin: server.origin,
    requests: log.requests,
    close: async () => {
      await server.close();
      await certificates.close();
    },
  };
}

/**
 * JSON Web Tokens that bring the certificate of their key along.
 * https://distribution.github.io/distribution/spec/auth/jwt/
 */
function createIssuer(certificate: string, key: string): TokenIssuer {
  const store = new TokenStore();
  const header = { typ: 'JWT', alg: 'ES256', x5c: [new X509Certificate(certificate).raw.toString('base64')] };

  function issue(access: readonly Access[], expiresIn: number): string {
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, nbf: now - 10, exp: now + expiresIn };
    const claims = {
      iss: issuer,
      sub: 'somebody',
      aud: service,
      ...times,
      jti: store.issue(access, expiresIn),
      access,
    };
    const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }

  return {
    issue,
    issueRefreshToken: (user) => store.issueRefreshToken(user),
    userOfRefreshToken: (token) => store.userOfRefreshToken(token),
  };
}
