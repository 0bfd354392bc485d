import type { ImageDetails } from '../../api.ts';
import { isPlainTar } from '../../core/oci/mediaType.ts';
import { type Child, element } from '../ui/element.ts';
import { readImageDate } from '../ui/format.ts';
import type { PanelContext } from './context.ts';

/** A name and what stands under it in the header. */
export function fact(name: string, value: readonly Child[]): HTMLElement {
  return element('div', { class: 'fact' }, [element('dt', {}, [name]), element('dd', {}, value)]);
}

/** Whether the sizes are those of unpacked layers. */
export function isUnpacked({ layers }: ImageDetails): boolean {
  return layers.length > 0 && layers.every(({ mediaType }) => isPlainTar(mediaType));
}

/** By its distance, with the date in the tooltip. */
export function dateValue(iso: string | undefined, { strings, formats }: PanelContext): HTMLElement {
  const date = readImageDate(iso);
  if (date === undefined) return element('span', { class: 'muted' }, [strings.unknownDate]);
  const attributes = { datetime: date.toISOString(), title: formats.dateTime(date) };
  return element('time', attributes, [formats.relativeTime(date, new Date())]);
}
