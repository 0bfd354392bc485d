import assert from 'node:assert/strict';
import type { CallOptions, Page, PageCallOptions, RegistryAdapter, RegistrySession } from '../../../src/api.ts';
import type { Connection } from '../../../src/core/connections.ts';
import type { CloudCredential, Credential } from '../../../src/core/credential.ts';
import { cancelled, isRegistryError, type RegistryError } from '../../../src/core/errors.ts';
import { openSession } from '../../../src/core/openSession.ts';
import type { HttpRequest, HttpResponse, Send } from '../../../src/core/ports.ts';
import { fakePorts } from '../../support/fakePorts.ts';

/** A server, or an emulator of one, that holds the content of the contract. */
export interface ContractServer {
  readonly adapter: RegistryAdapter;
  readonly connection: Pick<Connection, 'url' | 'account'>;
  /** A login that may do everything; absent where everybody may. */
  readonly credential?: Extract<Credential, { readonly kind: 'password' }>;
  /** What the machine has for the vendor's API, where that takes another login than the registry. */
  readonly cloudLogin?: CloudCredential;
  /** Leads requests for the registry and its vendor's APIs to the server, and fails on any other. Absent: nothing is sent. */
  readonly send?: Send;
  /** What a repository of the content is called there, where that is another name. */
  readonly nameOf?: (name: string) => string;
  /** Whether it has the manifest without a tag, and the one that refers to the image. */
  readonly holdsUntagged?: boolean;
  readonly holdsReferrer?: boolean;
  close(): Promise<void>;
}

/** A request that went out, and what came of it. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  /** Absent while there is no answer. */
  status?: number;
}

/** Answers in place of the server, or changes what it answers. */
export interface Fault {
  readonly reply?: (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse> | undefined;
  readonly alter?: (response: HttpResponse, request: HttpRequest) => Promise<HttpResponse>;
}

export interface OpenedSession {
  readonly session: RegistrySession;
  readonly sent: readonly Sent[];
  readonly logLines: readonly string[];
}

export function open(
  server: ContractServer,
  { fault = {}, credential = server.credential }: { readonly fault?: Fault; readonly credential?: Credential } = {},
): OpenedSession {
  const sent: Sent[] = [];
  const send: Send = async (request, signal) => {
    if (signal.aborted) throw cancelled(signal);
    const entry: Sent = {
      method: request.method,
      url: request.url.href,
      authorization: request.headers['authorization'],
    };
    sent.push(entry);
    const response = await (fault.reply?.(request, signal) ?? server.send?.(request, signal) ?? assert.fail());
    entry.status = response.status;
    return fault.alter === undefined ? response : fault.alter(response, request);
  };
  const ports = fakePorts({ openTransport: () => send, now: Date.now });
  const session = openSession(ports, {
    adapter: server.adapter,
    connection: server.connection,
    findLogin: async (_signal, cloud) => (cloud === undefined ? credential : server.cloudLogin),
  });
  return { session, sent, logLines: ports.logLines };
}

export function anySignal(): CallOptions {
  return { signal: new AbortController().signal };
}

/** What a list of the adapter's may be called with, and gives. */
export type List<T> = ((options: PageCallOptions) => Promise<Page<T>>) | undefined;

/**
 * All items of a list. Each page is asked of a list of its own, with a cursor that has been text in between: it has to be
 * good in another session.
 */
export async function readPages<T>(
  list: () => List<T>,
  { limit, signal = anySignal().signal }: { readonly limit?: number | undefined; readonly signal?: AbortSignal } = {},
): Promise<readonly (readonly T[])[]> {
  const pages: (readonly T[])[] = [];
  let cursor: string | undefined;
  for (let number = 0; number < 50; number++) {
    const one = list() ?? assert.fail('The session does not offer this list.');
    const options = { signal, ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
    const page = await one(options);
    pages.push(page.items);
    if (page.cursor === undefined) return pages;
    assert.notEqual(page.cursor, cursor, 'The list goes on where it was.');
    cursor = JSON.parse(JSON.stringify(page.cursor)) as string;
  }
  return assert.fail('The list has no end.');
}

/** The typed error that a call has to reject with. */
export async function typedRejection(call: Promise<unknown> | undefined, what: string): Promise<RegistryError> {
  assert.ok(call !== undefined, `${what} is not offered`);
  const error = await call.then(
    (value) => assert.fail(`${what} succeeded with ${JSON.stringify(value)?.slice(0, 200)}`),
    (reason: unknown) => reason,
  );
  if (!isRegistryError(error)) throw error;
  return error;
}
