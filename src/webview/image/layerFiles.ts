import type { LayerFilesPage, LayerFilesView, LayerFileView } from '../../messages.ts';
import { element, icon } from '../ui/element.ts';
import { foreignText } from '../ui/foreignText.ts';
import { lazyContent } from '../ui/lazySection.ts';
import { rowTable } from '../ui/rowTable.ts';
import { fill } from '../ui/text.ts';
import type { PanelContext } from './context.ts';

/** What one layer changes, below its details. Nothing is read before somebody asks for it. */
export interface LayerFilesPart {
  readonly node: HTMLElement;
  readonly toggle: HTMLElement;
  readonly show: (files: LayerFilesView) => void;
}

const icons = { added: 'diff-added', changed: 'diff-modified', removed: 'diff-removed' } as const;

export function layerFilesPart(layer: number, number: string, context: PanelContext): LayerFilesPart {
  const { strings, post } = context;
  const id = `layer-${layer}-files`;
  const headingId = `${id}-heading`;
  const content = element('div', { id: `${id}-content` });
  const toggle = element('button', { type: 'button', class: 'button is-secondary', id: `${id}-toggle` }, [
    strings.showLayerFiles,
  ]);
  let view: LayerFilesView = { kind: 'closed' };
  const open = (): void => post({ type: 'openLayer', layer, from: 0 });
  const close = (): void => post({ type: 'closeLayer', layer });
  toggle.addEventListener('click', () => (view.kind === 'closed' ? open() : close()));
  let rows: HTMLElement | undefined;

  function show(next: LayerFilesView): void {
    if (next.kind === 'files' && next.from > 0) {
      if (view.kind === 'files') append(next);
      return;
    }
    const isFresh = next.kind === 'files' && view.kind === 'files';
    if (isFresh) return;
    view = next;
    toggle.textContent = next.kind === 'closed' ? strings.showLayerFiles : strings.hideLayerFiles;
    toggle.setAttribute('aria-expanded', String(next.kind !== 'closed'));
    const options = { id, loading: strings.layerFilesLoading, strings, open, close, content: firstPage };
    content.replaceChildren(...lazyContent(next, options).filter((child) => child !== undefined));
  }

  function firstPage(page: LayerFilesPage): readonly HTMLElement[] {
    const { counts, total, items, left } = page;
    if (total === 0) return [element('p', {}, [strings.noLayerFiles])];
    const count = context.formats.count;
    const words = [counts.added, counts.changed, counts.removed].map(count);
    const table = rowTable(headingId, [strings.change, strings.path, strings.size], rowsOf(items), [2]);
    rows = table.querySelector('tbody') ?? undefined;
    const more = element('button', { type: 'button', class: 'button is-secondary', id: `${id}-more` });
    more.addEventListener('click', () => post({ type: 'openLayer', layer, from: rows?.childElementCount ?? 0 }));
    showMore(more, total - items.length);
    return [
      element('p', { class: 'muted' }, [fill(strings.layerFilesSummary, ...words)]),
      element('div', { class: 'file-table' }, [table]),
      element('div', { class: 'buttons' }, [more]),
      ...(left === 0 ? [] : [element('p', { class: 'muted' }, [fill(strings.notListed, count(left))])]),
    ];
  }

  function append({ from, items, total }: LayerFilesPage): void {
    if (rows === undefined || rows.childElementCount !== from) return;
    const added = rowsOf(items);
    rows.append(...added);
    const more = content.querySelector<HTMLElement>(`#${id}-more`);
    // The button moves down, or goes; whoever pressed it goes on at the first new row.
    added[0]?.querySelector('button')?.focus();
    if (more !== null) showMore(more, total - rows.childElementCount);
  }

  function showMore(more: HTMLElement, left: number): void {
    more.hidden = left <= 0;
    more.textContent = fill(strings.showMore, context.formats.count(Math.min(left, 200)));
  }

  function rowsOf(items: readonly LayerFileView[]): readonly HTMLElement[] {
    return items.map((item) => fileRow(item, context, () => post({ type: 'openLayerFile', layer, file: item })));
  }

  toggle.setAttribute('aria-expanded', 'false');
  toggle.setAttribute('aria-controls', content.id);
  const heading = element('h3', { id: headingId, class: 'visually-hidden' }, [fill(strings.layerFiles, number)]);
  return { node: element('div', { class: 'layer-files' }, [heading, toggle, content]), toggle, show };
}

function fileRow(item: LayerFileView, { strings, formats }: PanelContext, open: () => void): HTMLElement {
  const { kind, path, type, size } = item;
  const button = element('button', { type: 'button', class: 'link-button' }, [element('span', {}, foreignText(path))]);
  button.addEventListener('click', open);
  return element('tr', {}, [
    element('td', { class: `change is-${kind}` }, [icon(icons[kind]), strings.changes[kind]]),
    element('th', { scope: 'row' }, type === 'file' ? [button] : foreignText(type === 'folder' ? `${path}/` : path)),
    element('td', { class: 'number', title: formats.exactSize(size) }, [type === 'file' ? formats.size(size) : '']),
  ]);
}
