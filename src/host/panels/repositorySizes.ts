import * as vscode from 'vscode';
import type { LayerSummary, TagSummary } from '../../api.ts';
import { isHopeless } from '../../core/finding/readFacts.ts';
import { formatReference, parseReference } from '../../core/oci/reference.ts';
import { runAtOnce } from '../../core/transfer/runAtOnce.ts';
import type { ImageSizeView, RepositorySizesView } from '../../messages.ts';
import type { Services } from '../services.ts';

export type RepositorySizes = RepositorySizesView;

/** Newest tags whose images are read where the registry's list does not tell their sizes. */
const mostRead = 25;
const readAtOnce = 6;
/** Images that are shown. */
const mostShown = 100;

interface Looked {
  readonly tag: TagSummary;
  readonly digest: string | undefined;
  readonly size: number;
  readonly date: string | undefined;
  readonly layers?: readonly LayerSummary[];
}

/** What the images of a repository take: as its list tells, else as the manifests of the newest do. */
export async function readSizes(
  services: Services,
  target: { readonly reference: string; readonly connectionId?: string; readonly tags: readonly TagSummary[] },
  options: { readonly signal: AbortSignal; readonly report: (progress: string) => void },
): Promise<RepositorySizes> {
  const told = target.tags.flatMap((tag): Looked[] => {
    const { digest, size, pushedAt, createdAt } = tag;
    return size === undefined ? [] : [{ tag, digest, size, date: pushedAt ?? createdAt }];
  });
  return told.length > 0 ? sizesView(told) : sizesView(await readNewest(services, target, options));
}

async function readNewest(
  { gantry }: Services,
  {
    reference,
    connectionId,
    tags,
  }: { readonly reference: string; readonly connectionId?: string; readonly tags: readonly TagSummary[] },
  { signal, report }: { readonly signal: AbortSignal; readonly report: (progress: string) => void },
): Promise<readonly Looked[]> {
  const { registry, repository } = parseReference(reference);
  const connection = connectionId === undefined ? {} : { connectionId };
  const newest = tags.slice(0, mostRead);
  const looked = new Map<TagSummary, Looked>();
  let done = 0;
  await runAtOnce(newest, { atOnce: readAtOnce, signal }, async (tag, stop) => {
    try {
      const name = formatReference({ registry, repository, tag: tag.name });
      const { digest, size, createdAt, layers } = await gantry.inspect(name, { ...connection, signal: stop });
      looked.set(tag, { tag, digest, size, date: tag.pushedAt ?? createdAt, layers });
    } catch (error) {
      // Images that cannot be read alone are left out.
      if (stop.aborted || isHopeless(error)) throw error;
    }
    report(vscode.l10n.t('{0} of {1}', ++done, newest.length));
  });
  return newest.flatMap((tag) => looked.get(tag) ?? []);
}

function sizesView(looked: readonly Looked[]): RepositorySizes {
  const images = new Map<string, ImageSizeView>();
  for (const { tag, digest, size, date } of looked) {
    const key = digest ?? tag.name;
    const tags = [...(images.get(key)?.tags ?? []), tag.name];
    images.set(key, { tags, size, ...(date !== undefined && { date }) });
  }
  const items = [...images.values()].sort((a, b) => b.size - a.size);
  const layers = new Map(looked.flatMap((one) => one.layers ?? []).map(({ digest, size }) => [digest, size]));
  return {
    kind: 'sizes',
    looked: looked.length,
    items: items.slice(0, mostShown),
    left: Math.max(0, items.length - mostShown),
    ...(layers.size > 0 && { together: [...layers.values()].reduce((sum, size) => sum + size, 0) }),
  };
}
