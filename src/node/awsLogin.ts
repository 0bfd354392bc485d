/** The bundle of AWS's chain of credentials, which is loaded when an Amazon registry asks for a login. */
import { Readable } from 'node:stream';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { RegistryError } from '../core/errors.ts';
import type { HttpRequest, OpenTransport } from '../core/ports.ts';
import type { CloudLogin } from './cloudCredentials.ts';
import type { ProvidedLogin } from './credentialProvider.ts';

/** Milliseconds before their end at which credentials of a session are looked up again. */
const expiryMargin = 5 * 60 * 1000;

/**
 * Environment, SSO, profiles, processes and roles, containers and instances, as AWS's own programs look for credentials.
 * Those of a session are kept until shortly before their end; others are read anew each time.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export function createAwsLogin(openTransport: OpenTransport): CloudLogin {
  const requestHandler = createRequestHandler(openTransport);
  let held: { readonly login: ProvidedLogin; readonly profile: string | undefined; readonly until: number } | undefined;

  return async () => {
    const profile = process.env['AWS_PROFILE'];
    if (held !== undefined && held.profile === profile && held.until > Date.now()) return held.login;
    held = undefined;
    const login = await load(defaultProvider({ ignoreCache: true, clientConfig: { requestHandler } }));
    const { expiresAt } = login?.credential ?? {};
    if (login !== undefined && expiresAt !== undefined) held = { login, profile, until: expiresAt - expiryMargin };
    return login;
  };
}

async function load(provide: ReturnType<typeof defaultProvider>): Promise<ProvidedLogin | undefined> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = await provide();
    return {
      credential: {
        kind: 'aws',
        accessKeyId,
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
        ...(expiration !== undefined && { expiresAt: expiration.getTime() }),
      },
      ...(accountId !== undefined && { account: accountId }),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/from any providers/i.test(message)) return undefined;
    // What else it says is not repeated: it may hold what a program of the user printed.
    const nextStep = /\bsso\b|token.*(?:expired|invalid)/i.test(message)
      ? 'The session of AWS has ended: run "aws sso login"'
      : 'Run "aws sts get-caller-identity" to see more';
    throw new RegistryError('storage', `The AWS credentials of this machine cannot be used. ${nextStep}.`);
  }
}

interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The way of Gantry's own requests, with the proxy and the certificates that VS Code knows of. */
function createRequestHandler(openTransport: OpenTransport) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: SdkRequest) => {
      const url = urlOf(request);
      const { host: _host, 'content-length': _length, ...headers } = lowerCase(request.headers);
      const body = bytesOf(request.body);
      const send = openTransport({ registry: new URL(url.origin) });
      const response = await send(
        { method: request.method as HttpRequest['method'], url, headers, ...(body !== undefined && { body }) },
        AbortSignal.timeout(15_000),
      );
      return {
        response: {
          statusCode: response.status,
          headers: Object.fromEntries(
            ['content-type', 'x-amzn-requestid', 'x-amzn-errortype', 'date'].flatMap((name) => {
              const value = response.headers.get(name);
              return value === undefined ? [] : [[name, value]];
            }),
          ),
          body: Readable.from(response.body),
        },
      };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  };
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): URL {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
  for (const [name, value] of Object.entries(query)) {
    for (const item of value === null ? [''] : [value].flat()) url.searchParams.append(name, item);
  }
  return url;
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  return body instanceof Uint8Array ? body : undefined;
}
