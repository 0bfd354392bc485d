import type { ConnectionOption, ImageDetails, TagSummary } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { undescribed } from './arrangeTags.ts';
import { described, factsOf, isDescribed, type TagFacts } from './tagFacts.ts';
import { WantedWork } from './wantedWork.ts';

/** Images that are asked about at once. */
export const imagesAtOnce = 6;

export type Inspect = (reference: string, options: ConnectionOption) => Promise<ImageDetails>;

/** A repository, and the connection that it was found by. */
export interface FactSource {
  readonly inspect: Inspect;
  readonly repository: string;
  readonly connectionId?: string;
  /** Finds the signatures that refer to an image; present where it is to be known whether there are any. */
  readonly signatures?: (reference: string, options: ConnectionOption) => Promise<readonly unknown[]>;
}

/** After such an error the next image would only fail as well. */
export function isHopeless(error: unknown): boolean {
  const login = ['unauthorized', 'denied', 'untrusted-realm', 'rate-limited'] as const;
  return isRegistryError(error, ...login, 'unreachable', 'tls', 'proxy');
}

/** What the image of a tag tells. One whose digest is known is asked for by that, and so only once; of one that the list has described only whether it is signed. */
export async function readFacts(
  { inspect, repository, connectionId, signatures }: FactSource,
  tag: TagSummary,
  signal: AbortSignal,
): Promise<TagFacts> {
  const options = { signal, ...(connectionId !== undefined && { connectionId }) };
  const reference = tag.digest === undefined ? `${repository}:${tag.name}` : `${repository}@${tag.digest}`;
  const facts = isDescribed(tag) ? described(tag) : factsOf(await inspect(reference, options));
  if (signatures === undefined) return facts;
  const found = await signatures(`${repository}@${facts.digest}`, options);
  return { ...facts, isSigned: found.length > 0 };
}

/**
 * Looks at every tag of which something is not known, and adds it to `facts`. What was learnt stays when it is cancelled,
 * which ends it without an error.
 *
 * Errors: the first one that all others would have too; images that cannot be read alone are left out.
 */
export async function readAllFacts(
  source: FactSource,
  { tags, facts }: { readonly tags: Iterable<TagSummary>; readonly facts: Map<string, TagFacts> },
  { signal, report }: { readonly signal: AbortSignal; readonly report?: (done: number, all: number) => void },
): Promise<void> {
  const missing = new Map(undescribed(tags, facts, source.signatures !== undefined).map((tag) => [tag.name, tag]));
  let done = 0;
  let failure: unknown;
  const work = new WantedWork(imagesAtOnce, async (name, stop) => {
    const tag = missing.get(name);
    if (tag === undefined) return;
    try {
      facts.set(name, await readFacts(source, tag, stop));
    } catch (error) {
      if (!isHopeless(error)) return;
      failure ??= error;
      work.want([]);
    }
    report?.(++done, missing.size);
  });
  const stop = (): void => work.want([]);
  signal.addEventListener('abort', stop);
  if (!signal.aborted) work.want([...missing.keys()]);
  await work.idle();
  signal.removeEventListener('abort', stop);
  if (failure !== undefined) throw failure;
}
