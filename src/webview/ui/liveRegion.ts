import { element } from './element.ts';

export type Announce = (text: string) => void;

/** A place from which screen readers read what is announced. It has to outlive what the panel shows. */
export function createLiveRegion(parent: HTMLElement): Announce {
  const region = element('div', { class: 'visually-hidden', role: 'status' });
  parent.append(region);
  return (text) => {
    // The same text again is no change and would not be read.
    region.textContent = region.textContent === text ? `${text}\u00a0` : text;
  };
}
