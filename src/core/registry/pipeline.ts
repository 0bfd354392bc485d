import type { Log, Send } from '../ports.ts';
import { authorize } from './authorize.ts';
import type { FindCredential } from './credential.ts';
import { limit } from './limit.ts';
import { logging } from './logging.ts';
import { redirect } from './redirect.ts';

/** As browsers do: enough to fill a line, few enough that a small registry stays usable for others. */
const requestsAtOnce = 6;

/**
 * The way of a request, from the outside in. The limit is inside of the authorization: with it outside, requests that
 * wait for a token would hold the places that the token request needs.
 */
export function createPipeline(options: {
  readonly registry: URL;
  readonly findCredential: FindCredential;
  readonly transport: Send;
  readonly log: Log;
  readonly now: () => number;
}): Send {
  const middlewares = [redirect(), authorize(options), limit(requestsAtOnce), logging(options.log, options.now)];
  return middlewares.reduceRight<Send>((next, middleware) => middleware(next), options.transport);
}
