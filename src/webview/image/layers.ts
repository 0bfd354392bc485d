import type { ImageDetails } from '../../api.ts';
import { element } from '../ui/element.ts';
import { fill } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { isUnpacked } from './facts.ts';
import { layerBar } from './layerBar.ts';
import { type LayerModel, layerModels } from './layerModel.ts';
import { type LayerTable, type LayerTableOptions, layerTable } from './layerTable.ts';

/** Builders stop at 127; more of them is no image that anybody reads row by row. */
const mostLayers = 1000;

const headingId = 'layers-heading';

export interface LayersSection extends Pick<LayerTable, 'showFiles' | 'showShared'> {
  readonly node: HTMLElement;
}

/** The layers drawn to scale, and the same layers as a table. What is pointed at in one is marked in both. */
export function layersSection(
  image: ImageDetails,
  context: PanelContext,
  options: Pick<LayerTableOptions, 'expanded' | 'onToggle'>,
): LayersSection {
  const { strings, formats } = context;
  const subject = image.platforms.length > 0 ? 'command' : 'mediaType';
  const layers = layerModels(image.layers.slice(0, mostLayers), subject, strings, formats);
  const heading = element('h2', { id: headingId }, [strings.layers]);
  if (layers.length === 0) {
    const empty = element('p', { class: 'muted' }, [strings.noLayers]);
    const node = element('section', { 'aria-labelledby': headingId }, [heading, empty]);
    return { node, showFiles: () => {}, showShared: () => {} };
  }

  const total = image.layers.reduce((sum, layer) => sum + layer.size, 0);
  const words = isUnpacked(image) ? strings.plainLayersSummary : strings.layersSummary;
  const summary = fill(words, formats.count(image.layers.length), formats.size(total));
  const readout = element('p', { class: 'layer-readout' }, [summary]);
  const table = layerTable(layers, context, { ...options, subject, labelledBy: headingId });
  const bar = layerBar(layers, strings.layers, (index) => table.roving.focus(index));
  const left = image.layers.length - layers.length;
  const section = element('section', { 'aria-labelledby': headingId }, [
    heading,
    bar.node,
    readout,
    table.node,
    left > 0 ? element('p', { class: 'muted' }, [fill(strings.moreEntries, formats.count(left))]) : undefined,
  ]);

  followPointer(section, (index, isInBar) => {
    for (const node of section.querySelectorAll('.is-active')) node.classList.remove('is-active');
    bar.node.classList.toggle('has-active', index !== undefined);
    if (index !== undefined) {
      bar.segments[index]?.classList.add('is-active');
      table.rows[index]?.classList.add('is-active');
    }
    // In the table the row says it all; over the bar there is nothing else to say which layer it is.
    const layer: LayerModel | undefined = index !== undefined && isInBar ? layers[index] : undefined;
    readout.textContent = layer?.description ?? summary;
  });
  return { node: section, showFiles: table.showFiles, showShared: table.showShared };
}

/** Tells which layer is pointed at, else which has the focus. */
function followPointer(section: HTMLElement, show: (index: number | undefined, isInBar: boolean) => void): void {
  let focused: EventTarget | null = null;
  const showTarget = (target: EventTarget | null): void => {
    const node = target instanceof Element ? target.closest<HTMLElement>('[data-layer]') : null;
    const index = node?.dataset['layer'];
    if (node === null || index === undefined) show(undefined, false);
    else show(Number(index), node.classList.contains('layer-segment'));
  };
  const isLayer = (target: EventTarget | null): boolean =>
    target instanceof Element && target.closest('[data-layer]') !== null;
  section.addEventListener('pointerover', ({ target }) => showTarget(isLayer(target) ? target : focused));
  section.addEventListener('pointerleave', () => showTarget(focused));
  section.addEventListener('focusin', ({ target }) => {
    focused = target;
    showTarget(focused);
  });
  section.addEventListener('focusout', () => {
    focused = null;
    showTarget(focused);
  });
}
