import type { FindCredential } from '../credential.ts';
import type { Log, Middleware, Send, Sleep } from '../ports.ts';
import { authorize } from './authorize.ts';
import type { ChallengeMemory } from './challengeMemory.ts';
import { limit } from './limit.ts';
import { logging } from './logging.ts';
import { type HostNotice, notices } from './notices.ts';
import { redirect } from './redirect.ts';
import { patience, retry } from './retry.ts';

/** As browsers do: enough to fill a line, few enough that a small registry stays usable for others. */
const requestsAtOnce = 6;

export interface TransportOptions {
  readonly transport: Send;
  readonly log: Log;
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Gets what the hosts say to people, each time that they say it. */
  readonly report?: (notice: HostNotice) => void;
}

export interface LoginOptions {
  /** Of the connection that the credential belongs to. */
  readonly registry: URL;
  readonly findCredential: FindCredential;
  readonly trustedRealms?: readonly string[];
  readonly memory?: ChallengeMemory;
}

/**
 * The way of a request, from the outside in. The limit is inside of the authorization: with it outside, requests that
 * wait for a token would hold the places that the token request needs.
 */
export function createPipeline(options: TransportOptions & LoginOptions): Send {
  const repeating = retry(options);
  const login = authorize({ ...options, aroundTokens: repeating });
  return compose([repeating, redirect(), login, ...wire(options)], options.transport);
}

/** For the API of a vendor beside the registry, with its own way of logging in; without one, for those that need none. */
export function createApiPipeline(login: Middleware | undefined, options: TransportOptions): Send {
  const logins = login === undefined ? [] : [login];
  return compose([retry(options), redirect(), ...logins, ...wire(options)], options.transport);
}

function wire(options: TransportOptions): readonly Middleware[] {
  const { log, now, report = () => {} } = options;
  return [limit(requestsAtOnce), patience(options), logging(log, now), notices(report)];
}

function compose(middlewares: readonly Middleware[], transport: Send): Send {
  return middlewares.reduceRight<Send>((next, middleware) => middleware(next), transport);
}
