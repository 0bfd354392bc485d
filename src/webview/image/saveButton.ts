import { element, icon } from '../ui/element.ts';
import { fill, visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';

/** At the end of the row of a file or folder. */
export function saveButton(name: string, { strings }: PanelContext, save: () => void): HTMLElement {
  const label = fill(strings.saveFile, visibleText(name));
  const attributes = { type: 'button', class: 'icon-button', title: label, 'aria-label': label };
  const button = element('button', attributes, [icon('save')]);
  button.addEventListener('click', save);
  return button;
}
