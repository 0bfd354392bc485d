import type { LayerFilesView } from '../../messages.ts';
import { copyButton } from '../ui/copyButton.ts';
import { element, icon } from '../ui/element.ts';
import { type FocusStop, type RovingFocus, rovingFocus } from '../ui/rovingFocus.ts';
import { fill, shortDigest } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { commandNodes, type LayerDetails, layerDetails } from './layerDetails.ts';
import type { LayerModel, LayerSubject } from './layerModel.ts';

export interface LayerTable {
  readonly node: HTMLElement;
  readonly rows: readonly HTMLElement[];
  readonly roving: RovingFocus;
  readonly showFiles: (layer: number, files: LayerFilesView) => void;
  /** References by digest. */
  readonly showShared: (shared: Readonly<Record<string, readonly string[]>>) => void;
}

export interface LayerTableOptions {
  readonly labelledBy: string;
  readonly subject: LayerSubject;
  readonly expanded: ReadonlySet<number>;
  readonly onToggle: (index: number, isExpanded: boolean) => void;
}

interface Row {
  readonly node: HTMLElement;
  readonly stop: FocusStop;
  readonly details: LayerDetails;
  readonly mark: HTMLElement;
}

export function layerTable(
  layers: readonly LayerModel[],
  context: PanelContext,
  options: LayerTableOptions,
): LayerTable {
  const { strings } = context;
  const rows = layers.map((layer) => layerRow(layer, context, options));
  const heads = [
    ['layer-number', strings.layer],
    ['layer-command', options.subject === 'command' ? strings.createdBy : strings.mediaType],
    ['layer-size', strings.size],
    ['layer-share', strings.share],
    ['layer-digest', strings.digest],
  ] as const;
  const node = element('table', { class: 'layers', 'aria-labelledby': options.labelledBy }, [
    element('thead', {}, [
      element(
        'tr',
        {},
        heads.map(([name, text]) => element('th', { scope: 'col', class: name }, [text])),
      ),
    ]),
    ...rows.map((row) => row.node),
  ]);
  const stops = rows.map((row) => row.stop);
  return {
    node,
    rows: rows.map((row) => row.node),
    roving: rovingFocus(node, stops, 'vertical'),
    showFiles: (layer, files) => rows[layer]?.details.files?.show(files),
    showShared: (shared) => {
      for (const [place, { details, mark }] of rows.entries()) {
        const references = shared[layers[place]?.digest ?? ''] ?? [];
        details.showShared(references);
        mark.hidden = references.length === 0;
        mark.title = fill(strings.sharedWith, references.join(', '));
      }
    },
  };
}

function layerRow(layer: LayerModel, context: PanelContext, options: LayerTableOptions): Row {
  const { strings } = context;
  const detailsId = `layer-${layer.index}-details`;
  const toggle = element(
    'button',
    {
      type: 'button',
      class: 'layer-toggle',
      id: `layer-${layer.index}`,
      // A description, not the name: as the row's head it would be read with every cell.
      'aria-description': layer.description,
      'aria-controls': detailsId,
    },
    [icon('chevron-right'), element('span', {}, [layer.number])],
  );
  const copyDigest = copyButton({
    label: fill(strings.copyLayerDigest, layer.number),
    copied: strings.copied,
    announce: context.announce,
    copy: () => context.post({ type: 'copy', what: 'layerDigest', text: layer.digest }),
  });
  const details = layerDetails(layer, context, { id: detailsId, hasFiles: options.subject === 'command' });
  const mark = element('span', { class: 'layer-mark', hidden: true }, [strings.shared]);

  const row = element('tr', { class: 'layer-row' }, [
    element('th', { scope: 'row', class: 'layer-number' }, [toggle]),
    element('td', { class: 'layer-command' }, [mark, summaryLine(layer, options.subject, context)]),
    element('td', { class: 'layer-size', title: layer.exactSize }, [layer.size]),
    element('td', { class: 'layer-share' }, [shareBar(layer)]),
    element('td', { class: 'layer-digest' }, [
      element('code', { title: layer.digest }, [shortDigest(layer.digest)]),
      copyDigest,
    ]),
  ]);
  const node = element('tbody', { 'data-layer': layer.index }, [row, details.node]);

  const setExpanded = (open: boolean): void => {
    toggle.setAttribute('aria-expanded', String(open));
    details.node.hidden = !open;
    node.classList.toggle('is-expanded', open);
  };
  let isExpanded = options.expanded.has(layer.index);
  setExpanded(isExpanded);
  row.addEventListener('click', (event) => {
    const isOnToggle = event.composedPath().includes(toggle);
    if (!isOnToggle && !isPlainClick(event)) return;
    isExpanded = !isExpanded;
    setExpanded(isExpanded);
    options.onToggle(layer.index, isExpanded);
  });
  return { node, stop: [toggle, copyDigest, ...details.controls], details, mark };
}

/** Not on a control, and not the end of selecting text. */
function isPlainClick(event: MouseEvent): boolean {
  // The path, since a button that was clicked may have replaced the very icon that was hit.
  const path = event.composedPath();
  const isOnControl = path.some((node) => node instanceof Element && node.matches('button'));
  return !isOnControl && getSelection()?.isCollapsed !== false;
}

/** What made the layer, or what it is, on one line that is cut off where the column ends. */
function summaryLine(layer: LayerModel, subject: LayerSubject, { strings }: PanelContext): HTMLElement {
  if (subject === 'mediaType') return element('code', { class: 'layer-line' }, [layer.mediaType]);
  if (layer.command === undefined) return element('span', { class: 'layer-line muted' }, [strings.noCommand]);
  return element('code', { class: 'layer-line' }, commandNodes(layer.command));
}

function shareBar(layer: LayerModel): HTMLElement {
  const bar = element('span', { class: 'share-fill' });
  bar.style.setProperty('width', `${layer.share * 100}%`);
  return element('div', { class: 'share' }, [
    element('span', { class: 'share-track', 'aria-hidden': 'true' }, [bar]),
    element('span', { class: 'share-text' }, [layer.percent]),
  ]);
}
