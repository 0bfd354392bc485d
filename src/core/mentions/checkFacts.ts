import type { ImageMention, ImageReference } from '../../api.ts';
import { isLocalRegistry } from '../oci/localReference.ts';
import { dockerHub, formatReference } from '../oci/reference.ts';
import type { Answer, CheckName, KnownFacts } from './checks.ts';

/** A reference to ask a registry about, by tag or by digest, and whether its manifest is wanted or only what it names. */
export interface Question {
  readonly registry: string;
  /** With its host. */
  readonly reference: string;
  readonly wantsManifest: boolean;
}

/** Answers a question; `undefined` when it cannot be answered now. */
export type Ask = (question: Question) => Promise<Answer | undefined>;

const checksThatAsk: readonly CheckName[] = ['notFound', 'platform', 'digestMismatch', 'behind', 'deprecated'];

/** Whether the registry of a mention is asked at all for some checks. */
export function isAsked({ reference, isOutput }: ImageMention, checks: ReadonlySet<CheckName>): boolean {
  const isOnRegistry = reference !== undefined && !isLocalRegistry(reference.registry);
  return isOnRegistry && isOutput !== true && checksThatAsk.some((check) => checks.has(check));
}

/**
 * Asks what the checks of a mention need, with as few questions as tell it: one, and another for a digest that is not the tag's.
 * Docker Hub counts every manifest that is read as a pull, so it is asked for one only where the platform matters.
 */
export async function gatherFacts(
  { reference, platform }: ImageMention & { readonly reference: ImageReference },
  checks: ReadonlySet<CheckName>,
  ask: Ask,
): Promise<KnownFacts> {
  const { registry, repository, tag, digest } = reference;
  const isCounted = registry === dockerHub;
  const wantsManifest = !isCounted || (platform !== undefined && checks.has('platform'));
  const question = (version: { readonly tag?: string; readonly digest?: string }): Question => ({
    registry,
    reference: formatReference({ registry, repository, ...version }),
    wantsManifest,
  });
  const isByDigest = digest !== undefined && tag === undefined;
  const named = await ask(question(isByDigest ? { digest } : { tag: tag ?? 'latest' }));
  const isSame = typeof named === 'object' && named.digest === digest;
  if (named === undefined || named === 'hidden' || digest === undefined || isByDigest || isSame)
    return named === undefined ? {} : { named };
  const pinned = await ask(question({ digest }));
  return { named, ...(pinned !== undefined && { pinned }) };
}
