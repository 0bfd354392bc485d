import type { AdapterHttp, CallOptions, GantryErrorCode } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';
import { notARegistry } from '../registry/body.ts';
import { readGraphReply } from './zotReplies.ts';

/** A question in the words of GraphQL: texts come as variables, never as a part of the query. */
export interface ZotQuestion {
  /** The first that this version of zot knows is asked: what a field is for came at one time or another. */
  readonly queries: readonly [string, ...string[]];
  readonly variables: Readonly<Record<string, unknown>>;
  /** For the error: `the tags of shop/web`. */
  readonly what: string;
  readonly scopes: readonly string[];
}

export interface ZotApi {
  readonly host: string;
  /** The `data` of the answer. Errors: `unsupported` where the extension is off, `server` for what GraphQL refuses. */
  ask(question: ZotQuestion, call: CallOptions): Promise<unknown>;
  /** Called when the registry has to answer in place of the extension; told once. */
  onFallBack(reason: RegistryError): void;
}

const path = '/v2/_zot/ext/search';

/** Failures with which the registry's own lists may still be there. */
const fallbackCodes: readonly GantryErrorCode[] = [
  'unauthorized',
  'denied',
  'not-found',
  'unsupported',
  'invalid',
  'server',
  'protocol',
];

export function mayFallBack(error: unknown): error is RegistryError {
  return isRegistryError(error, ...fallbackCodes);
}

/**
 * zot's extension `search`: GraphQL, of which every field is described in zot's own schema.
 * https://zotregistry.dev/latest/articles/graphql/
 */
export function createZotApi(http: AdapterHttp, host: string, tell: (reason: RegistryError) => void): ZotApi {
  /** How many of the queries of a question were refused, by the first of them. */
  const refused = new Map<string, number>();
  let isOff = false;
  let isTold = false;

  async function send(query: string, { variables, what, scopes }: ZotQuestion, { signal }: CallOptions) {
    // By GET, which may be sent again when a connection breaks.
    const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    const response = await http.send({ method: 'GET', path: `${path}?${parameters}`, scopes, signal });
    if ([404, 405, 501].includes(response.status)) {
      isOff = true;
      throw searchIsOff(host);
    }
    // A query that is refused for a field has an answer of its own form too.
    if (response.status !== 200 && response.status !== 422) throw await response.error(what);
    const reply = readGraphReply(await response.json());
    if (reply === undefined) throw notARegistry(host, 'JSON of another form');
    return reply;
  }

  return {
    host,
    onFallBack: (reason) => {
      if (!isTold) tell(reason);
      isTold = true;
    },
    ask: async (question, call) => {
      const { queries, what } = question;
      const [first] = queries;
      for (;;) {
        if (isOff) throw searchIsOff(host);
        const index = refused.get(first) ?? 0;
        const query = queries[index] ?? first;
        const { data, problem } = await send(query, question, call);
        if (problem === undefined) return data;
        const isUnknownField = /cannot query field|unknown argument|unknown field/i.test(problem);
        if (!isUnknownField || index + 1 >= queries.length) throw refusal(host, what, problem);
        refused.set(first, Math.max(index + 1, refused.get(first) ?? 0));
      }
    },
  };
}

function searchIsOff(host: string): RegistryError {
  return new RegistryError(
    'unsupported',
    `${host} has zot's extension "search" switched off, which would answer this. Its operator can switch it on.`,
    { host },
  );
}

function refusal(host: string, what: string, problem: string): RegistryError {
  return new RegistryError(
    'server',
    `${host} could not tell ${what}. It said: "${oneLine(problem)}". Try again later, or tell the registry's operator.`,
    { host },
  );
}
