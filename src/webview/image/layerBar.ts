import { element } from '../ui/element.ts';
import { type RovingFocus, rovingFocus } from '../ui/rovingFocus.ts';
import type { LayerModel } from './layerModel.ts';
import { layoutBar } from './layerScale.ts';

export interface LayerBar {
  readonly node: HTMLElement;
  readonly segments: readonly HTMLElement[];
  readonly roving: RovingFocus;
}

const gap = 1;
const minimum = 2;

/** All layers in one bar, each as wide as its share. Its segments lead to the rows of the table. */
export function layerBar(layers: readonly LayerModel[], label: string, open: (index: number) => void): LayerBar {
  const segments = layers.map((layer) => {
    const attributes = {
      type: 'button',
      class: 'layer-segment',
      id: `segment-${layer.index}`,
      'aria-label': layer.description,
      'data-layer': layer.index,
    };
    const segment = element('button', attributes);
    segment.addEventListener('click', () => open(layer.index));
    return segment;
  });
  const node = element('div', { class: 'layer-bar', role: 'toolbar', 'aria-label': label }, segments);
  const sizes = layers.map((layer) => layer.bytes);
  new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    const layout = layoutBar(sizes, { width: entry.contentRect.width, gap, minimum });
    node.style.setProperty('gap', `${layout.gap}px`);
    segments.forEach((segment, index) => {
      segment.style.setProperty('width', `${layout.widths[index] ?? 0}px`);
    });
  }).observe(node);
  const stops = segments.map((segment) => [segment] as const);
  return { node, segments, roving: rovingFocus(node, stops, 'horizontal') };
}
