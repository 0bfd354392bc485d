import { element, icon } from './element.ts';
import type { Announce } from './liveRegion.ts';

export interface CopyButtonOptions {
  /** The button's name and tooltip. */
  readonly label: string;
  /** Said and shown for a moment after a click. */
  readonly copied: string;
  readonly id?: string;
  readonly announce: Announce;
  readonly copy: () => void;
}

/** How long the button says that it has copied. */
const feedbackTime = 1500;

export function copyButton(options: CopyButtonOptions): HTMLButtonElement {
  const { label, copied, id, announce, copy } = options;
  const attributes = { type: 'button', class: 'icon-button', 'aria-label': label, title: label, id };
  const button = element('button', attributes, [icon('copy')]);
  let reset: ReturnType<typeof setTimeout> | undefined;
  button.addEventListener('click', () => {
    copy();
    announce(copied);
    button.replaceChildren(icon('check'));
    button.classList.add('is-done');
    button.title = copied;
    clearTimeout(reset);
    reset = setTimeout(() => {
      button.replaceChildren(icon('copy'));
      button.classList.remove('is-done');
      button.title = label;
    }, feedbackTime);
  });
  return button;
}
