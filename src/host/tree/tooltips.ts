import { env, l10n } from 'vscode';
import type { NamespaceSummary, RepositorySummary, TagSummary } from '../../api.ts';
import type { UntaggedImage } from '../../core/untagged.ts';
import { formatDate, formatSize } from '../present.ts';

/** What lists told already, a fact a line. As text: all of it comes from registries. */

export function namespaceTooltip({ name, description, upstream }: NamespaceSummary): string {
  return lines([name, description, upstreamFact(upstream)]);
}

export function repositoryTooltip(repository: RepositorySummary): string {
  const { reference, description, pulls, updatedAt, upstream } = repository;
  return lines([
    reference,
    description,
    pulls === undefined ? undefined : l10n.t('{0} pulls', pulls.toLocaleString(env.language)),
    dated(l10n.t('Updated'), updatedAt),
    upstreamFact(upstream),
  ]);
}

export function tagTooltip(reference: string, tag: TagSummary): string {
  const { digest, size, createdAt, pushedAt, pulledAt, expiresAt, platforms, protectedFrom } = tag;
  return lines([
    reference,
    digest,
    size === undefined ? undefined : fact(l10n.t('Size'), formatSize(size)),
    platforms === undefined || platforms.length === 0 ? undefined : fact(l10n.t('Platforms'), platforms.join(', ')),
    dated(l10n.t('Created'), createdAt),
    dated(l10n.t('Pushed'), pushedAt),
    dated(l10n.t('Last pulled'), pulledAt),
    dated(l10n.t('Expires'), expiresAt),
    protectionFact(protectedFrom),
  ]);
}

export function untaggedTooltip(reference: string, image: UntaggedImage): string {
  const { size, pushedAt, mediaType } = image;
  return lines([
    reference,
    mediaType,
    size === undefined ? undefined : fact(l10n.t('Size'), formatSize(size)),
    dated(l10n.t('Pushed'), pushedAt),
    useFact(image),
  ]);
}

/** What a registry refuses to do with a tag, in a sentence. */
export function protectionFact(protectedFrom: TagSummary['protectedFrom']): string | undefined {
  const isImmutable = protectedFrom?.includes('move');
  const isKept = protectedFrom?.includes('delete');
  if (isImmutable && isKept) return l10n.t('Locked: it can be neither moved to another image nor deleted');
  if (isImmutable) return l10n.t('Immutable: it cannot be moved to another image');
  return isKept ? l10n.t('Locked: it cannot be deleted') : undefined;
}

function useFact({ use, usedBy = '' }: UntaggedImage): string | undefined {
  switch (use) {
    case 'part':
      return l10n.t('It is a part of the multi-platform image {0}, which would be broken without it.', usedBy);
    case 'refers':
      return l10n.t('It is a signature, an SBOM or another document about {0}.', usedBy);
    case 'unknown':
      return l10n.t('There are too many images here to know whether one of them needs it.');
    case 'none':
      return l10n.t('Nothing in this repository needs it.');
  }
}

function upstreamFact(upstream: string | undefined): string | undefined {
  return upstream === undefined ? undefined : l10n.t('Pull-through cache of {0}', upstream);
}

function dated(name: string, iso: string | undefined): string | undefined {
  return iso === undefined ? undefined : fact(name, formatDate(iso));
}

function fact(name: string, value: string): string {
  return l10n.t({ message: '{0}: {1}', args: [name, value], comment: ['{0} is the name of a fact, {1} is the fact'] });
}

function lines(facts: readonly (string | undefined)[]): string {
  return facts.filter((text) => text !== undefined && text !== '').join('\n');
}
